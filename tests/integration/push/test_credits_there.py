"""Credit notes, refunds, money that is left over: each is in the books once, and settles there what it settles here."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from kz_admin.domain.payments import Method
from kz_admin.models import CreditNote, Invoice
from kz_admin.services.documents import credit_notes, invoice_steps, payments, refunds
from kz_admin.services.documents.sales import Line
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.connections.test_accounts import ACCOUNTS
from tests.integration.documents.agency import Agency
from tests.integration.push.conftest import Books, connect_books
from tests.integration.push.test_documents import choose
from tests.integration.push.test_removals import database_url as database_url
from tests.integration.push.test_removals import desk as desk
from tests.integration.push.test_removals import go_over, removals, states, void
from tests.page import InspectingClient
from tests.simulator.machine import Machine

LINE = Line("Design", Decimal(1), Decimal(100))


@pytest.fixture
def numbered(app: Flask, machine: Machine, cast: Cast, bridge: Bridge) -> Books:
    """A company that takes our numbers."""
    return connect_books(app, machine, cast, bridge, "MC")


def do(books: Books, what: str, *args: Any, **more: Any) -> Any:
    with books.app.app_context():
        return getattr(Agency(books.cast.tenant_id), what)(*args, **more)


def invoiced(books: Books, number: str = "2026-0001", client: Any = None) -> Invoice:
    if client is None:
        client = do(books, "client", "Nordlicht Studio", email="books@nordlicht.example")
    found: Invoice = do(books, "invoice", client, LINE, number=number)
    return found


def credited(books: Books) -> tuple[Invoice, CreditNote]:
    """An invoice over 100, of which a credit note takes 30 and a payment the rest."""
    invoice = invoiced(books)
    credit: CreditNote = do(books, "credit", invoice, number="CN-1")
    do(books, "pay", invoice)
    return invoice, credit


def memo(books: Books) -> dict[str, Any]:
    (found,) = books.ours("CreditMemo")
    return found


def applied(books: Books) -> list[dict[str, Any]]:
    return [row for row in books.ours("Payment") if "/applied" in row["PrivateNote"]]


def page(credit: CreditNote) -> str:
    return f"/kz-admin/credit-notes/{credit.id}"


DONE = {"client", "service", "invoice", "payment", "credit_note", "credit_note/applied"}


def test_a_credit_note_goes_over_and_settles_its_invoice_there(numbered: Books, desk: InspectingClient) -> None:
    books = numbered
    _, credit = credited(books)
    go_over(books)
    assert states(books) == dict.fromkeys(DONE, "done")
    made = memo(books)
    assert (made["DocNumber"], Decimal(str(made["TotalAmt"])), made["Balance"]) == ("CN-1", 30, 0)
    assert made["CustomerRef"]["value"] == books.invoice_there()["CustomerRef"]["value"]
    (settling,) = applied(books)
    said = {(link["TxnType"], link["TxnId"]) for line in settling["Line"] for link in line["LinkedTxn"]}
    assert said == {("Invoice", books.invoice_there()["Id"]), ("CreditMemo", made["Id"])}
    assert (books.invoice_there()["Balance"], settling["TotalAmt"], settling["UnappliedAmt"]) == (0, 0, 0)
    shown = desk.page(page(credit)).text
    assert "Success" in shown
    assert "Totals equal" in shown
    assert f"creditmemo%3FtxnId%3D{made['Id']}" in desk.get(f"{page(credit)}/open").location
    since = books.now_there()
    books.push()
    assert books.calls_there(since) == []


@pytest.mark.promise("I1")
@pytest.mark.parametrize(
    ("entity", "action"),
    [("creditmemo", "commit_then_drop"), ("payment", "commit_then_drop"), ("payment", "drop_before_commit")],
)
def test_whatever_becomes_of_an_answer_the_credit_is_there_once(books: Books, entity: str, action: str) -> None:
    since = books.now_there()
    books.machine.fault(action, None, path=f"*/{entity}", method="POST", body="applied" if entity == "payment" else "")
    credited(books)
    go_over(books, rounds=8)
    assert states(books) == dict.fromkeys(DONE, "done")
    assert sorted(books.made(since)) == ["CreditMemo", "Customer", "Invoice", "Item", "Payment", "Payment"]
    assert (books.invoice_there()["Balance"], memo(books)["Balance"]) == (0, 0)


@pytest.mark.parametrize("fault", ["payment", "creditmemo"])
def test_a_voided_credit_note_is_gone_and_its_invoice_open_again(
    books: Books, desk: InspectingClient, fault: str
) -> None:
    _, credit = credited(books)
    go_over(books)
    since = books.now_there()
    books.machine.fault("commit_then_drop", path=f"*/{fault}", method="POST")
    void(books, desk, "credit_note")
    go_over(books)
    assert removals(books, since) == [("Payment", "delete"), ("CreditMemo", "delete")]
    assert (books.ours("CreditMemo"), applied(books)) == ([], [])
    assert Decimal(str(books.invoice_there()["Balance"])) == 30
    assert set(states(books).values()) == {"done"}
    shown = desk.page(page(credit)).text
    assert "Voided here, and taken back in QuickBooks" in shown
    assert "Open in QuickBooks" not in shown


def test_a_credit_of_a_paid_invoice_stays_open_and_settles_the_next(books: Books, desk: InspectingClient) -> None:
    client = do(books, "client", "Nordlicht Studio", email="books@nordlicht.example")
    invoice = invoiced(books, client=client)
    do(books, "pay", invoice)
    credit = do(books, "credit", invoice)
    go_over(books)
    assert Decimal(str(memo(books)["Balance"])) == 30
    assert applied(books) == []
    second = invoiced(books, "2026-0002", client)
    with books.app.app_context():
        Agency(books.cast.tenant_id).do(credit_notes.apply, credit.id, {second.id: None}, None)
    go_over(books)
    assert applied(books) == []  # its invoice goes over when it is paid
    do(books, "pay", second)
    go_over(books)
    assert [Decimal(str(row["Balance"])) for row in books.ours("Invoice")] == [0, 0]
    assert memo(books)["Balance"] == 0


# -- refunds ------------------------------------------------------------------------------------------------------


def refunded(books: Books, amount: int = 40_00, **of: Any) -> Any:
    of = of or {"payment_id": books.record("payment").local_id}
    with books.app.app_context():
        details = refunds.Details(amount, "2026-11-25", Method.CARD, "re_8812", **of)
        return Agency(books.cast.tenant_id).do(refunds.create, details)


@pytest.mark.parametrize("action", ["commit_then_drop", "drop_before_commit"])
def test_a_refund_leaves_the_account_once_and_comes_back_when_voided(books: Books, action: str) -> None:
    bank = next(row["Id"] for row in books.there("Account") if row["AccountType"] == "Bank")
    choose(books, "deposit", bank)
    books.pay()
    go_over(books)
    refund = refunded(books)
    since = books.now_there()
    books.machine.fault(action, path="*/refundreceipt", method="POST")
    go_over(books)
    (made,) = books.ours("RefundReceipt")
    assert (Decimal(str(made["TotalAmt"])), made["DepositToAccountRef"]["value"]) == (40, bank)
    assert made["PaymentRefNum"] == "re_8812"
    assert books.made(since) == ["RefundReceipt"]
    assert Decimal(str(books.invoice_there()["Balance"])) == 0
    with books.app.app_context():
        Agency(books.cast.tenant_id).do(refunds.void, refund.id, None)
        Agency(books.cast.tenant_id).do(payments.void, books.record("payment").local_id, None)
    books.machine.fault(action, path="*/refundreceipt", method="POST")
    go_over(books)
    assert removals(books, since) == [("RefundReceipt", "delete"), ("Payment", "void")]
    assert set(states(books).values()) == {"done"}


def test_without_an_account_a_refund_says_so_and_goes_once_one_is_chosen(books: Books, admin: InspectingClient) -> None:
    books.pay()
    go_over(books)
    refunded(books)
    go_over(books)
    assert books.record("refund").cause == "account_missing:deposit"
    assert "Ensure your default deposit account is configured" in admin.page("/kz-admin/refunds").text
    bank = next(row["Id"] for row in books.there("Account") if row["AccountType"] == "Bank")
    answer = admin.submit(ACCOUNTS, chosen(admin, bank))
    assert answer.status_code == 303, answer.text
    go_over(books)
    assert books.record("refund").state == "done"


def chosen(admin: InspectingClient, bank: str) -> dict[str, str]:
    """The form of the default accounts as the page shows it, with a deposit account."""
    shown = admin.get(ACCOUNTS).text
    versions = dict(re.findall(r'name="(version-[^"]+)"[^>]*value="([^"]*)"', shown))
    return {**versions, "deposit": bank}


def test_money_back_on_a_credit_note_is_said_to_be_booked_by_hand(books: Books, admin: InspectingClient) -> None:
    invoice = invoiced(books)
    do(books, "pay", invoice)
    credit = do(books, "credit", invoice)
    go_over(books)
    refunded(books, 30_00, credit_note_id=credit.id)
    since = books.now_there()
    go_over(books)
    record = books.record("refund")
    assert (record.state, record.reason) == ("idle", "by_hand")
    assert books.writes(since) == []
    assert "booked there by hand" in admin.page("/kz-admin/refunds").text
    steps = admin.page(f"/kz-admin/refunds/{record.local_id}").text
    assert "One line of 30.00 USD" in steps
    assert f"credit memo {credit.number}" in steps


# -- money that is left over, and money for several ----------------------------------------------------------------


def test_one_payment_over_two_invoices_settles_both_and_keeps_what_is_left(books: Books) -> None:
    client = do(books, "client", "Nordlicht Studio", email="books@nordlicht.example")
    first, second = invoiced(books, "N-1", client), invoiced(books, "N-2", client)
    with books.app.app_context():
        parts = {first.id: None, second.id: None}
        details = payments.Details(client.id, 250_00, "USD", "2026-11-20", Method.CARD, parts=parts)
        Agency(books.cast.tenant_id).do(payments.record, details)
    go_over(books)
    (made,) = books.ours("Payment")
    assert (Decimal(str(made["TotalAmt"])), Decimal(str(made["UnappliedAmt"]))) == (250, 50)
    assert [Decimal(str(row["Balance"])) for row in books.ours("Invoice")] == [0, 0]
    third = invoiced(books, "N-3", client)
    since = books.now_there()
    with books.app.app_context():
        agency = Agency(books.cast.tenant_id)
        agency.do(payments.apply, books.record("payment").local_id, {third.id: None}, None)
        agency.pay(third)
    go_over(books)
    (changed, rest) = sorted(books.ours("Payment"), key=lambda row: int(row["Id"]))
    assert [one["op"] for one in books.writes(since, "Payment")].count("create") == 1
    assert Decimal(str(changed["UnappliedAmt"])) == 0
    assert Decimal(str(rest["TotalAmt"])) == 50
    assert {Decimal(str(row["Balance"])) for row in books.ours("Invoice")} == {Decimal(0)}
    assert set(states(books).values()) == {"done"}


def test_what_is_written_off_here_is_said_to_be_open_there(books: Books, admin: InspectingClient) -> None:
    invoice = invoiced(books)
    assert admin.submit(f"/kz-admin/invoices/{invoice.id}/copy").status_code == 303
    go_over(books)
    since = books.now_there()
    with books.app.app_context():
        Agency(books.cast.tenant_id).do(invoice_steps.write_off, invoice.id)
    go_over(books)
    assert books.writes(since) == []
    assert "Written off here, still open in QuickBooks." in admin.page(f"/kz-admin/invoices/{invoice.id}").text
