"""A client library nobody here wrote, python-quickbooks, works with the lists of the simulator over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException, ValidationException
from quickbooks.objects.account import Account
from quickbooks.objects.attachable import Attachable
from quickbooks.objects.base import Address, AttachableRef, EmailAddress, Ref
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.customer import Customer
from quickbooks.objects.department import Department
from quickbooks.objects.employee import Employee
from quickbooks.objects.exchangerate import ExchangeRate
from quickbooks.objects.item import Item
from quickbooks.objects.paymentmethod import PaymentMethod
from quickbooks.objects.preferences import Preferences
from quickbooks.objects.taxagency import TaxAgency
from quickbooks.objects.taxcode import TaxCode
from quickbooks.objects.taxrate import TaxRate
from quickbooks.objects.term import Term
from quickbooks.objects.trackingclass import Class
from quickbooks.objects.vendor import Vendor

from tests.simulator.machine import Machine, running


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with running() as made, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the library otherwise insists on https
        made.sim("POST", "limits", {"on": False})
        yield made


def client(machine: Machine, company: str) -> QuickBooks:
    access = machine.grant(company)
    auth = SimpleNamespace(
        environment="production",
        client_id=access.client_id,
        access_token=access.access_token,
        refresh_token=access.refresh_token,
    )
    made = QuickBooks(auth_client=auth, company_id=access.company_id, minorversion=75, use_decimal=True)
    made.api_url_v3 = f"{machine.base}/quickbooks/v3"
    return made


@pytest.fixture(scope="module")
def us(machine: Machine) -> Iterator[QuickBooks]:
    made = client(machine, "US")
    yield made
    made.session.close()


@pytest.fixture(scope="module")
def multi(machine: Machine) -> Iterator[QuickBooks]:
    made = client(machine, "MC")
    yield made
    made.session.close()


def income(qb: QuickBooks) -> Ref:
    found: Ref = Account.filter(AccountType="Income", qb=qb)[0].to_ref()
    return found


def made(qb: QuickBooks, kind: type[Any], **fields: Any) -> Any:
    row = kind()
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(qb=qb)
    return kind.get(row.Id, qb=qb)


LISTS: list[tuple[type[Any], dict[str, Any], dict[str, Any]]] = [
    (Customer, {"DisplayName": "Stranger Ltd", "GivenName": "Str"}, {"Notes": "changed"}),
    (Vendor, {"DisplayName": "Stranger Lumber"}, {"CompanyName": "changed"}),
    (Employee, {"GivenName": "Strange", "FamilyName": "Person"}, {"FamilyName": "Changed"}),
    (Item, {"Name": "Strange work", "Type": "Service"}, {"Description": "changed"}),
    (Account, {"Name": "Strange bank", "AccountSubType": "Checking"}, {"Description": "changed"}),
    (Class, {"Name": "Strange class"}, {"Name": "Changed class"}),
    (Department, {"Name": "Strange place"}, {"Name": "Changed place"}),
    (Term, {"Name": "Net 77", "DueDays": 77}, {"DueDays": 78}),
    (PaymentMethod, {"Name": "Barter"}, {"Name": "Shells"}),
]


@pytest.mark.parametrize(("kind", "fields", "change"), LISTS, ids=[kind.__name__ for kind, _, _ in LISTS])
def test_a_list_entry_is_made_read_changed_found_and_deactivated(
    us: QuickBooks, kind: type[Any], fields: dict[str, Any], change: dict[str, Any]
) -> None:
    extra = {"IncomeAccountRef": income(us)} if kind is Item else {}
    row = made(us, kind, **fields, **extra)
    assert row.SyncToken == "0"
    for name, value in change.items():
        setattr(row, name, value)
    row.save(qb=us)
    again = kind.get(row.Id, qb=us)
    assert again.SyncToken == "1"
    assert {name: getattr(again, name) for name in change} == change
    assert [each.Id for each in kind.where(f"Id = '{row.Id}'", qb=us)] == [row.Id]
    again.Active = False
    again.save(qb=us)
    assert kind.where(f"Id = '{row.Id}'", qb=us) == []
    gone = kind.where(f"Id = '{row.Id}' AND Active = false", qb=us)[0]
    assert (getattr(gone, "DisplayName", None) or gone.Name).endswith(" (deleted)")


def test_address_mail_and_currency_come_back_as_objects(multi: QuickBooks) -> None:
    address, mail = Address(), EmailAddress()
    address.Line1, address.Country, mail.Address = "1 Pier", "United States", "ada@lund.example"
    row = made(multi, Customer, DisplayName="Ada EUR", BillAddr=address, PrimaryEmailAddr=mail, CurrencyRef=_ref("EUR"))
    assert (row.BillAddr.Country, row.PrimaryEmailAddr.Address) == ("USA", "ada@lund.example")
    assert (row.CurrencyRef.value, row.CurrencyRef.name) == ("EUR", "Euro")


def _ref(value: str) -> Ref:
    made_ref = Ref()
    made_ref.value = value
    return made_ref


def test_a_refusal_is_raised_with_its_code_and_detail(us: QuickBooks) -> None:
    made(us, Customer, DisplayName="Twice Ltd")
    with pytest.raises(QuickbooksException) as refused:
        made(us, Vendor, DisplayName="Twice Ltd")
    assert refused.value.error_code == 6240
    assert "already using this name" in refused.value.detail
    with pytest.raises(ObjectNotFoundException) as missing:
        Customer.get("999999", qb=us)
    assert missing.value.error_code == 610


def test_a_field_that_is_too_long_is_a_validation_error_to_it(us: QuickBooks) -> None:
    with pytest.raises(ValidationException) as refused:
        made(us, Term, Name="N" * 32, DueDays=1)
    assert refused.value.error_code == 2050


def test_a_stale_object_is_refused(us: QuickBooks) -> None:
    row = made(us, Customer, DisplayName="Stale Ltd")
    other = Customer.get(row.Id, qb=us)
    row.Notes = "first"
    row.save(qb=us)
    other.Notes = "second"
    with pytest.raises(QuickbooksException) as refused:
        other.save(qb=us)
    assert refused.value.error_code == 5010


def test_queries_count_page_and_escape(us: QuickBooks) -> None:
    made(us, Customer, DisplayName="Bo O'Hara")
    assert Customer.filter(DisplayName="Bo O'Hara", qb=us)[0].DisplayName == "Bo O'Hara"
    assert Customer.count("Active IN (true, false)", qb=us) >= Customer.count(qb=us)
    pages = Customer.all(order_by="Id", start_position=2, max_results=3, qb=us)
    assert len(pages) == 3
    assert [int(each.Id) for each in pages] == sorted(int(each.Id) for each in pages)
    assert len(Item.choose(["Service", "NonInventory"], field="Type", qb=us)) > 0


def test_batches_and_changes(us: QuickBooks) -> None:
    rows = [Customer.from_json({"DisplayName": f"Batched {number}"}) for number in range(3)]
    done = batch_create(rows, qb=us)
    assert len(done.successes) == 3
    for row in done.successes:
        row.Notes = "again"
    assert len(batch_update(done.successes, qb=us).successes) == 3
    refused = batch_create([Customer.from_json({"DisplayName": "Batched 0"})], qb=us)
    assert [fault.Error[0].code for fault in refused.faults] == ["6240"]
    changed = change_data_capture([Customer, Vendor], _before_the_newest(us), qb=us)
    assert {"Batched 0", "Batched 1", "Batched 2"} <= {each.DisplayName for each in changed.Customer}


def _before_the_newest(us: QuickBooks) -> str:
    newest = Customer.query("select * from Customer orderby MetaData.LastUpdatedTime desc maxresults 10", qb=us)
    oldest: str = newest[-1].MetaData["LastUpdatedTime"]
    return oldest


def test_the_company_and_its_switches(us: QuickBooks) -> None:
    assert CompanyInfo.get(us.company_id, qb=us).CompanyName
    assert CompanyInfo.all(qb=us)[0].Country == "US"
    held = Preferences.get(qb=us)
    assert held.CurrencyPrefs.HomeCurrency.value == "USD"
    held.save(qb=us)


def test_taxes_are_listed(us: QuickBooks) -> None:
    assert {"TAX", "NON"} <= {code.Id for code in TaxCode.all(qb=us)}
    assert TaxRate.all(qb=us)
    assert TaxAgency.all(qb=us)


def test_currencies_and_rates(multi: QuickBooks) -> None:
    row = made(multi, CompanyCurrency, Code="SEK")
    assert row.Name == "Swedish Krona"
    rate = ExchangeRate()
    rate.SourceCurrencyCode, rate.TargetCurrencyCode, rate.Rate, rate.AsOfDate = "SEK", "USD", 0.1, "2026-01-05"
    rate.save(qb=multi)
    where = "SourceCurrencyCode in ('SEK') and AsOfDate = '2026-01-05'"
    assert float(ExchangeRate.where(where, qb=multi)[0].Rate) == 0.1


def test_a_file_is_uploaded_and_found_by_what_it_hangs_on(us: QuickBooks, tmp_path: Path) -> None:
    customer = made(us, Customer, DisplayName="Filed Ltd")
    path = tmp_path / "receipt.txt"
    path.write_bytes(b"paid")
    file, link = Attachable(), AttachableRef()
    link.EntityRef = customer.to_ref()
    link.EntityRef.type = "Customer"
    file.AttachableRef.append(link)
    file.FileName, file._FilePath, file.ContentType = "receipt.txt", str(path), "text/plain"
    file.save(qb=us)
    us.session.close()  # the library uploads with `Connection: close`
    where = f"AttachableRef.EntityRef.Type = 'customer' and AttachableRef.EntityRef.value = '{customer.Id}'"
    found = Attachable.where(where, qb=us)
    assert [(each.FileName, each.Size) for each in found] == [("receipt.txt", 4)]
