"""A refund has a page like a payment: where it stands, what is in the way, and what a person books themselves."""

from __future__ import annotations

from decimal import Decimal

from kz_admin.domain.payments import Method
from kz_admin.services.documents import payments
from kz_admin.services.documents.sales import Line
from tests.integration.documents.agency import Agency
from tests.integration.push.conftest import Books
from tests.integration.push.test_credits_there import do, invoiced, refunded
from tests.integration.push.test_documents import choose
from tests.integration.push.test_removals import database_url as database_url
from tests.integration.push.test_removals import desk as desk
from tests.integration.push.test_removals import go_over, void
from tests.page import InspectingClient


def bank_chosen(books: Books) -> str:
    bank: str = next(row["Id"] for row in books.there("Account") if row["AccountType"] == "Bank")
    choose(books, "deposit", bank)
    return bank


def test_a_refund_takes_back_service_and_tax_and_its_page_shows_both_sides(
    books: Books, desk: InspectingClient
) -> None:
    bank_chosen(books)
    service, rate = do(books, "service"), do(books, "tax_rate")
    client = do(books, "client", "Nordlicht Studio", email="books@nordlicht.example")
    line = Line("Design", Decimal(1), Decimal(100), service_id=service.id, tax_rate_id=rate.id)
    do(books, "pay", do(books, "invoice", client, line, number="2026-0001"))
    go_over(books)
    refund = refunded(books, 55_00)
    page = f"/kz-admin/refunds/{refund.id}"
    assert "Pending" in desk.page(page).text
    go_over(books)
    (made,) = books.ours("RefundReceipt")
    (sold,) = (line for line in made["Line"] if line["DetailType"] == "SalesItemLineDetail")
    there = books.invoice_there()["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"]
    assert (Decimal(str(made["TotalAmt"])), Decimal(str(made["TxnTaxDetail"]["TotalTax"]))) == (55, 5)
    assert (Decimal(str(sold["Amount"])), sold["SalesItemLineDetail"]["ItemRef"]["value"]) == (50, there)
    shown = desk.page(page).text
    assert "Totals equal" in shown
    assert "by hand" not in shown
    assert f"refundreceipt%3FtxnId%3D{made['Id']}" in desk.get(f"{page}/open").location
    void(books, desk, "refund")
    go_over(books)
    assert books.ours("RefundReceipt") == []
    assert "Voided here, and taken back in QuickBooks" in desk.page(page).text


def test_what_failed_is_told_on_its_page_and_can_be_left_out(books: Books, desk: InspectingClient) -> None:
    books.pay()
    go_over(books)
    page = f"/kz-admin/refunds/{refunded(books).id}"
    go_over(books)
    assert "Ensure your default deposit account is configured" in desk.page(page).text
    assert desk.submit(f"{page}/ignore", {"reason": "booked with the bank feed"}).status_code == 303
    assert books.record("refund").reason == "ignored"
    bank_chosen(books)
    assert desk.submit(f"{page}/take-back").status_code == 303
    go_over(books)
    assert books.record("refund").state == "done"


def test_money_that_paid_no_invoice_is_the_customers_credit_and_never_goes_as_a_receipt(
    books: Books, desk: InspectingClient
) -> None:
    bank_chosen(books)
    client = do(books, "client", "Nordlicht Studio", email="books@nordlicht.example")
    invoice = invoiced(books, client=client)
    with books.app.app_context():
        details = payments.Details(client.id, 130_00, "USD", "2026-11-20", Method.CARD, parts={invoice.id: None})
        paid = Agency(books.cast.tenant_id).do(payments.record, details)
    go_over(books)
    refund = refunded(books, 50_00, payment_id=paid.id)
    since = books.now_there()
    go_over(books)
    assert books.writes(since) == []
    shown = desk.page(f"/kz-admin/refunds/{refund.id}").text
    assert "One line of 30.00 USD" in shown
    assert "For the other 20.00 USD" in shown
    assert "booked there by hand" in shown
    page = desk.page(f"/kz-admin/payments/{paid.id}").text
    assert "Partly unused" not in page  # what was given back cannot be used any more
    void(books, desk, "refund")
    assert "Partly unused" in desk.page(f"/kz-admin/payments/{paid.id}").text
