"""python-quickbooks makes, reads, changes, sends, prints, voids and deletes every kind of document."""

from __future__ import annotations

from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException
from quickbooks.objects import BillPayment, Estimate, Invoice, Payment, Purchase, PurchaseOrder, SalesReceipt

from .papers import MAKERS, client, payment, sale, sold

EVERY = pytest.mark.parametrize("kind", MAKERS, ids=lambda kind: kind.__name__)


@EVERY
def test_a_document_is_made_read_changed_and_deleted(us: QuickBooks, kind: Any) -> None:
    made = MAKERS[kind](us).save(qb=us)
    assert made.Id
    read = kind.get(made.Id, qb=us)
    assert read.TxnDate == made.TxnDate
    key = "Description" if kind.__name__ == "TimeActivity" else "PrivateNote"
    setattr(read, key, "changed by the library")
    if hasattr(read, "PurchaseEx"):
        read.PurchaseEx = None  # what the server adds for itself it does not take back
    changed = read.save(qb=us)
    assert getattr(changed, key) == "changed by the library"
    assert changed.SyncToken == "1"
    answer = changed.delete(qb=us)
    assert answer[kind.qbo_object_name]["status"] == "Deleted"
    with pytest.raises(ObjectNotFoundException):
        kind.get(made.Id, qb=us)


@EVERY
def test_documents_are_counted_and_paged(us: QuickBooks, kind: Any) -> None:
    count = kind.count(qb=us)
    assert count >= 1
    seen: list[str] = []
    while True:
        rows = kind.all(order_by="Id", start_position=len(seen) + 1, max_results=10, qb=us)
        seen += [row.Id for row in rows]
        if len(rows) < 10:
            break
    assert len(seen) == len(set(seen)) == count


@pytest.mark.parametrize("kind", [Invoice, Payment, SalesReceipt, BillPayment], ids=lambda kind: kind.__name__)
def test_a_document_is_voided(us: QuickBooks, kind: Any) -> None:
    made = MAKERS[kind](us).save(qb=us)
    made.void(qb=us)
    after = kind.get(made.Id, qb=us)
    assert after.TotalAmt == 0
    assert after.PrivateNote.startswith("Voided")


@pytest.mark.parametrize("kind", [Invoice, Estimate, PurchaseOrder], ids=lambda kind: kind.__name__)
def test_a_document_is_sent(us: QuickBooks, kind: Any) -> None:
    made = MAKERS[kind](us).save(qb=us)
    answer = made.send(qb=us, send_to="someone@client.example")
    assert answer[kind.qbo_object_name]["EmailStatus"] == "EmailSent"


@pytest.mark.parametrize("kind", [Invoice, Estimate, SalesReceipt], ids=lambda kind: kind.__name__)
def test_a_document_comes_as_pdf(us: QuickBooks, kind: Any) -> None:
    made = MAKERS[kind](us).save(qb=us)
    content = made.download_pdf(qb=us)
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")


def test_what_the_server_adds_to_a_purchase_is_not_taken_back(us: QuickBooks) -> None:
    made = MAKERS[Purchase](us).save(qb=us)
    read = Purchase.get(made.Id, qb=us)
    read.PrivateNote = "echoed"
    with pytest.raises(QuickbooksException) as refused:
        read.save(qb=us)
    assert refused.value.error_code == 2010
    assert "PurchaseEx" in refused.value.detail


def test_a_payment_pays_its_invoice(us: QuickBooks) -> None:
    paid = payment(us).save(qb=us)
    invoice = Invoice.get(paid.Line[0].LinkedTxn[0].TxnId, qb=us)
    assert invoice.Balance == 0
    assert (invoice.LinkedTxn[0].TxnId, invoice.LinkedTxn[0].TxnType) == (paid.Id, "Payment")


def test_invoices_are_found_by_number_customer_and_balance(us: QuickBooks) -> None:
    made = sale(Invoice)(us).save(qb=us)
    assert [row.Id for row in Invoice.filter(DocNumber=made.DocNumber, qb=us)] == [made.Id]
    theirs = Invoice.where(f"CustomerRef = '{client(us).Id}' AND Balance > '0'", qb=us)
    assert made.Id in [row.Id for row in theirs]
    assert [row.Id for row in Invoice.choose([made.Id], qb=us)] == [made.Id]


def test_an_invoice_with_several_lines_adds_up(us: QuickBooks) -> None:
    made = sale(Invoice)(us)
    made.Line += [sold(us, 33.33), sold(us, 0.67)]
    assert made.save(qb=us).TotalAmt == 134


def test_an_amount_that_is_not_price_times_quantity_is_refused(us: QuickBooks) -> None:
    made = sale(Invoice)(us)
    made.Line[0].Amount = 99
    with pytest.raises(QuickbooksException) as refused:
        made.save(qb=us)
    assert refused.value.error_code == 6070


def test_a_request_id_makes_one_document_only(us: QuickBooks) -> None:
    first = sale(Invoice)(us).save(qb=us, request_id="library-1")
    second = sale(Invoice)(us).save(qb=us, request_id="library-1")
    assert second.Id == first.Id


def test_a_document_of_another_currency_is_made(multi: QuickBooks) -> None:
    from quickbooks.objects import Customer

    made = Invoice()
    made.CustomerRef = Customer.filter(DisplayName="Fjordline Import", qb=multi)[0].to_ref()
    made.CurrencyRef = made.CustomerRef.__class__()
    made.CurrencyRef.value = "EUR"
    made.ExchangeRate = None
    made.Line.append(sold(multi))
    saved = made.save(qb=multi)
    assert saved.ExchangeRate > 1
    assert saved.HomeTotalAmt > saved.TotalAmt


def test_outside_the_us_every_line_needs_a_tax_code(canada: QuickBooks) -> None:
    from quickbooks.objects import Customer, TaxCode

    made = Invoice()
    made.CustomerRef = Customer.filter(DisplayName="Driftwood Books", qb=canada)[0].to_ref()
    made.Line.append(sold(canada))
    with pytest.raises(QuickbooksException) as refused:
        made.save(qb=canada)
    assert refused.value.error_code == 6000
    assert "GST/HST" in refused.value.detail
    made.Line[0].SalesItemLineDetail.TaxCodeRef = TaxCode.filter(Name="HST ON", qb=canada)[0].to_ref()
    assert made.save(qb=canada).TotalAmt == 113
