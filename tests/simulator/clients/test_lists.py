"""python-quickbooks reads, makes, changes and deactivates the rows of every list."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException, ValidationException
from quickbooks.objects import (
    Account,
    Customer,
    Department,
    Employee,
    Item,
    PaymentMethod,
    Preferences,
    TaxAgency,
    TaxCode,
    TaxRate,
    Term,
    Vendor,
)
from quickbooks.objects.base import EmailAddress, PhoneNumber, Ref
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.exchangerate import ExchangeRate
from quickbooks.objects.trackingclass import Class

_numbers = itertools.count(1)


def fresh(word: str) -> str:
    return f"{word} {next(_numbers)}"


def customer(_qb: QuickBooks) -> Customer:
    made = Customer()
    made.DisplayName = fresh("Client")
    made.PrimaryEmailAddr = EmailAddress()
    made.PrimaryEmailAddr.Address = "client@library.example"
    made.PrimaryPhone = PhoneNumber()
    made.PrimaryPhone.FreeFormNumber = "555 0199"
    return made


def vendor(_qb: QuickBooks) -> Vendor:
    made = Vendor()
    made.DisplayName = fresh("Vendor")
    return made


def employee(_qb: QuickBooks) -> Employee:
    made = Employee()
    made.GivenName, made.FamilyName = "Lib", fresh("Rary")
    made.DisplayName = f"{made.GivenName} {made.FamilyName}"
    return made


def item(qb: QuickBooks) -> Item:
    made = Item()
    made.Name, made.Type, made.UnitPrice = fresh("Service"), "Service", 12.5
    made.IncomeAccountRef = income(qb).to_ref()
    return made


def income(qb: QuickBooks) -> Account:
    found: Account = Account.filter(AccountType="Income", qb=qb)[0]
    return found


def account(_qb: QuickBooks) -> Account:
    made = Account()
    made.Name, made.AccountType, made.AccountSubType = fresh("Account"), "Expense", "Travel"
    return made


def named(kind: type) -> Callable[[QuickBooks], Any]:
    def make(_qb: QuickBooks) -> Any:
        made = kind()
        made.Name = fresh(kind.__name__)
        return made

    return make


def term(_qb: QuickBooks) -> Term:
    made = Term()
    made.Name, made.DueDays = fresh("Library net"), 12
    return made


def payment_method(_qb: QuickBooks) -> PaymentMethod:
    made = PaymentMethod()
    made.Name, made.Type = fresh("Giro"), "NON_CREDIT_CARD"
    return made


MAKERS = {
    Customer: customer,
    Vendor: vendor,
    Employee: employee,
    Item: item,
    Account: account,
    Class: named(Class),
    Department: named(Department),
    Term: term,
    PaymentMethod: payment_method,
}
EVERY = pytest.mark.parametrize("kind", MAKERS, ids=lambda kind: kind.__name__)


def name_key(kind: type) -> str:
    return "DisplayName" if kind in (Customer, Vendor, Employee) else "Name"


@EVERY
def test_a_row_is_made_read_queried_changed_and_deactivated(us: QuickBooks, kind: Any) -> None:
    made = MAKERS[kind](us).save(qb=us)
    key = name_key(kind)
    assert made.Id
    assert made.SyncToken == "0"
    assert getattr(kind.get(made.Id, qb=us), key) == getattr(made, key)
    assert [row.Id for row in kind.filter(**{key: getattr(made, key)}, qb=us)] == [made.Id]
    made.Active = False
    gone = made.save(qb=us)
    assert gone.SyncToken == "1"
    assert getattr(gone, key).endswith(" (deleted)")
    assert kind.filter(**{key: getattr(gone, key)}, qb=us) == []
    assert [row.Id for row in kind.where(f"Active IN (true,false) AND {key} = '{getattr(gone, key)}'", qb=us)] == [
        made.Id
    ]


@EVERY
def test_a_full_update_with_the_librarys_own_objects_keeps_what_it_read(us: QuickBooks, kind: Any) -> None:
    """The library sends everything it has, read-only fields included."""
    made = MAKERS[kind](us).save(qb=us)
    key = name_key(kind)
    setattr(made, key, fresh("Renamed"))
    assert getattr(made.save(qb=us), key).startswith("Renamed")


@EVERY
def test_a_list_is_counted_and_paged(us: QuickBooks, kind: Any) -> None:
    count = kind.count(qb=us)
    assert count >= 1
    pages: list[str] = []
    for start in itertools.count(1, 7):
        rows = kind.all(order_by="Id", start_position=start, max_results=7, qb=us)
        pages += [row.Id for row in rows]
        if len(rows) < 7:
            break
    assert len(pages) == len(set(pages)) == count


def test_a_taken_name_is_refused_with_6240(us: QuickBooks) -> None:
    made = customer(us).save(qb=us)
    again = vendor(us)
    again.DisplayName = made.DisplayName
    with pytest.raises(QuickbooksException) as refused:
        again.save(qb=us)
    assert refused.value.error_code == 6240


def test_a_stale_row_is_refused_with_5010(us: QuickBooks) -> None:
    made = customer(us).save(qb=us)
    first = Customer.get(made.Id, qb=us)
    second = Customer.get(made.Id, qb=us)
    first.Notes = "first"
    first.save(qb=us)
    second.Notes = "second"
    with pytest.raises(QuickbooksException) as refused:
        second.save(qb=us)
    assert refused.value.error_code == 5010


def test_an_unknown_id_is_not_found(us: QuickBooks) -> None:
    with pytest.raises(ObjectNotFoundException):
        Customer.get("987654", qb=us)


def test_a_sparse_update_changes_what_was_sent_and_nothing_else(us: QuickBooks) -> None:
    made = customer(us).save(qb=us)
    change = Customer()
    change.Id, change.SyncToken, change.sparse, change.Notes = made.Id, made.SyncToken, True, "only this"
    for name in ("BillWithParent", "Job", "Active", "Taxable", "Balance", "BalanceWithJobs", "IsProject"):
        if hasattr(change, name):
            setattr(change, name, None)
    for name, value in list(vars(change).items()):
        if value in ("", [], None):
            setattr(change, name, None)
    change.save(qb=us)
    after = Customer.get(made.Id, qb=us)
    assert after.Notes == "only this"
    assert after.PrimaryEmailAddr.Address == "client@library.example"


def test_a_sub_customer_is_made_under_its_parent(us: QuickBooks) -> None:
    parent = customer(us).save(qb=us)
    job = customer(us)
    job.Job, job.ParentRef = True, Ref()
    job.ParentRef.value = parent.Id
    made = job.save(qb=us)
    assert made.FullyQualifiedName == f"{parent.DisplayName}:{made.DisplayName}"


def test_items_show_their_sku_when_it_is_asked_for(us: QuickBooks) -> None:
    rows = Item.all(max_results=1000, qb=us)
    assert any(getattr(row, "Sku", None) for row in rows)


def test_preferences_and_company_info_are_read(us: QuickBooks) -> None:
    assert Preferences.get(qb=us).SalesFormsPrefs
    info = CompanyInfo.get(us.company_id, qb=us)
    assert info.CompanyName == "Nordlicht Studio"
    assert info.Country == "US"


def test_preferences_are_changed(us: QuickBooks) -> None:
    held = Preferences.get(qb=us)
    held.SalesFormsPrefs.DefaultDiscountAccount = None
    held.TimeTrackingPrefs.WorkWeekStartDate = "Sunday"
    assert held.save(qb=us).TimeTrackingPrefs.WorkWeekStartDate == "Sunday"


def test_tax_codes_rates_and_agencies_are_read(canada: QuickBooks) -> None:
    exempt = TaxCode.filter(Name="Exempt", qb=canada)[0]
    assert exempt.Taxable is False
    assert TaxRate.get(TaxRate.all(qb=canada)[0].Id, qb=canada).RateValue is not None
    assert TaxAgency.all(qb=canada)[0].DisplayName


def test_a_tax_agency_is_made(us: QuickBooks) -> None:
    agency = TaxAgency()
    agency.DisplayName = fresh("City of")
    assert agency.save(qb=us).Id


def test_company_currencies_are_read_made_and_changed(multi: QuickBooks) -> None:
    assert {row.Code for row in CompanyCurrency.all(qb=multi)} >= {"EUR", "GBP"}
    made = CompanyCurrency()
    made.Code = "CHF"
    made = made.save(qb=multi)
    made.Name = "Franken"
    assert made.save(qb=multi).Name == "Franken"


def test_exchange_rates_are_set(multi: QuickBooks) -> None:
    rate = ExchangeRate()
    rate.SourceCurrencyCode, rate.Rate, rate.AsOfDate = "EUR", 1.25, "2026-01-02"
    made = rate.save(qb=multi)
    assert made.Rate == 1.25


def test_currencies_are_refused_where_multicurrency_is_off(us: QuickBooks) -> None:
    made = CompanyCurrency()
    made.Code = "EUR"
    with pytest.raises(QuickbooksException) as refused:
        made.save(qb=us)
    assert refused.value.error_code == 5030


def test_an_unknown_field_is_refused_with_2010(us: QuickBooks) -> None:
    made = customer(us)
    made.FavouriteColour = "green"
    with pytest.raises(ValidationException) as refused:
        made.save(qb=us)
    assert refused.value.error_code == 2010


def test_both_worlds_answer_to_their_own_key_pair(connect: Callable[..., QuickBooks]) -> None:
    sandbox = connect("US", "sandbox")
    assert CompanyInfo.get(sandbox.company_id, qb=sandbox).CompanyName == "Nordlicht Studio"
    sandbox.sandbox = False
    with pytest.raises(QuickbooksException, match="errorCode=003100"):
        CompanyInfo.get(sandbox.company_id, qb=sandbox)
