"""python-quickbooks queries, batches, captures changes, uploads, makes tax codes; reports it is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest
import requests
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import QuickbooksException, UnsupportedException
from quickbooks.objects import Attachable, Customer, Invoice, Payment, TaxAgency, TaxCode
from quickbooks.objects.base import AttachableRef
from quickbooks.objects.taxservice import TaxRateDetails, TaxService

from .papers import payment, sale
from .test_lists import customer, fresh


def test_a_batch_makes_changes_and_deletes(us: QuickBooks) -> None:
    made = batch_create([sale(Invoice)(us) for _ in range(4)], qb=us)
    assert (len(made.successes), len(made.faults)) == (4, 0)
    for row in made.successes:
        row.PrivateNote = "in a batch"
    changed = batch_update(made.successes, qb=us)
    assert [row.PrivateNote for row in changed.successes] == ["in a batch"] * 4
    gone = batch_delete(changed.successes, qb=us)
    assert len(gone.successes) == 4
    assert {row.status for row in gone.successes} == {"Deleted"}


def test_in_a_batch_each_item_succeeds_or_fails_for_itself(us: QuickBooks) -> None:
    good, taken = customer(us), customer(us)
    taken.DisplayName = "Lantern Theatre"
    result = batch_create([good, taken], qb=us)
    assert [row.DisplayName for row in result.successes] == [good.DisplayName]
    assert result.faults[0].Error[0].code == "6240"
    assert result.faults[0].original_object is taken


def test_more_than_thirty_go_in_several_batches(us: QuickBooks) -> None:
    result = batch_create([customer(us) for _ in range(34)], qb=us)
    assert len(result.successes) == 34


def test_changes_are_captured_deleted_ones_too(us: QuickBooks) -> None:
    began = us.get(f"{us.api_url}/company/{us.company_id}/companyinfo/{us.company_id}")["time"]
    made, paid = sale(Invoice)(us).save(qb=us), payment(us).save(qb=us)
    made.delete(qb=us)
    changes = change_data_capture([Invoice, Payment], began, qb=us)
    assert paid.Id in [row.Id for row in changes.Payment]
    states = {row.Id: getattr(row, "status", "") for row in changes.Invoice}
    assert states[made.Id] == "Deleted"
    assert states[paid.Line[0].LinkedTxn[0].TxnId] != "Deleted"


def test_changes_of_lists_that_have_none_are_refused(us: QuickBooks) -> None:
    with pytest.raises(QuickbooksException):
        change_data_capture([TaxCode], "2026-11-01", qb=us)


def attached(us: QuickBooks, invoice: Invoice) -> Attachable:
    made = Attachable()
    link = AttachableRef()
    link.EntityRef = invoice.to_ref()
    made.AttachableRef.append(link)
    return made


def test_a_file_is_uploaded_and_comes_back_as_it_was(us: QuickBooks, tmp_path: Any) -> None:
    content = bytes(range(256)) * 3
    file = tmp_path / "receipt.png"
    file.write_bytes(content)
    made = attached(us, sale(Invoice)(us).save(qb=us))
    made.FileName, made._FilePath, made.ContentType = "receipt.png", str(file), "image/png"
    saved = made.save(qb=us)
    assert saved.Size == len(content)
    read = Attachable.get(saved.Id, qb=us)
    assert requests.get(read.TempDownloadUri, timeout=10).content == content
    assert read.delete(qb=us)["Attachable"]["status"] == "Deleted"


def test_a_file_is_uploaded_from_memory(us: QuickBooks) -> None:
    made = attached(us, sale(Invoice)(us).save(qb=us))
    made.FileName, made._FileBytes, made.ContentType = "note.txt", b"kept in memory", "text/plain"
    saved = made.save(qb=us)
    assert requests.get(saved.TempDownloadUri, timeout=10).content == b"kept in memory"


def test_a_note_is_attached(us: QuickBooks) -> None:
    made = attached(us, sale(Invoice)(us).save(qb=us))
    made.Note = "read me"
    saved = made.save(qb=us)
    assert Attachable.get(saved.Id, qb=us).Note == "read me"


def test_a_tax_code_is_made_through_the_tax_service(canada: QuickBooks) -> None:
    rate = TaxRateDetails()
    rate.TaxRateName, rate.RateValue = fresh("KZ"), 24
    rate.TaxAgencyId = TaxAgency.all(qb=canada)[0].Id
    service = TaxService()
    service.TaxCode = fresh("KZ 24%")
    service.TaxRateDetails.append(rate)
    body = service.to_json()
    made = canada.create_object("TaxService/Taxcode", body)
    assert made["TaxCode"] == service.TaxCode
    assert TaxCode.get(made["TaxCodeId"], qb=canada).Name == service.TaxCode


def test_reports_are_refused_as_not_modelled(us: QuickBooks) -> None:
    with pytest.raises(UnsupportedException) as refused:
        us.get_report("ProfitAndLoss")
    assert "reports" in refused.value.detail


def test_a_query_with_a_mistake_is_refused(us: QuickBooks) -> None:
    with pytest.raises(QuickbooksException) as refused:
        Customer.where("Nothing = 'x'", qb=us)
    assert refused.value.error_code == 4001
    with pytest.raises(QuickbooksException) as refused:
        Customer.query("select everything", qb=us)
    assert refused.value.error_code == 4000


def test_the_query_takes_quotes_in_names(us: QuickBooks) -> None:
    assert Customer.filter(DisplayName="O'Hanlon Roofing", qb=us)[0].GivenName == "Declan"


def test_figures_come_as_exact_decimals_when_asked_for(us: QuickBooks) -> None:
    us.use_decimal = True
    try:
        made = sale(Invoice)(us).save(qb=us)
        assert str(Invoice.get(made.Id, qb=us).TotalAmt) == "100.00"
    finally:
        us.use_decimal = False


def test_the_webhook_signature_is_the_one_the_library_checks(us: QuickBooks) -> None:
    from simulator.quickbooks.events import WEBHOOKS

    body = '{"eventNotifications":[]}'
    name, value = next(
        (name, value)
        for name, value in WEBHOOKS.headers("verifier", body.encode(), WEBHOOKS.default_format).items()
        if name.lower() == "intuit-signature"
    )
    assert us.validate_webhook_signature(body, value, "verifier"), name
    expected = base64.b64encode(hmac.new(b"verifier", body.encode(), hashlib.sha256).digest()).decode()
    assert value == expected
    assert not us.validate_webhook_signature(body + " ", value, "verifier")
