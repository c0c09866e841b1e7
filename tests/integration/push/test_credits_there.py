"""Credit notes, refunds, money that is left over: each is in the books once, and settles there what it settles here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from kz_admin.models import CreditNote, Invoice
from kz_admin.services.documents import credit_notes
from kz_admin.services.documents.sales import Line
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.push.conftest import Books, connect_books
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


@pytest.mark.parametrize("fault", ["", "payment", "creditmemo"])
def test_a_voided_credit_note_is_gone_and_its_invoice_open_again(
    books: Books, desk: InspectingClient, fault: str
) -> None:
    _, credit = credited(books)
    go_over(books)
    since = books.now_there()
    if fault:
        books.machine.fault("commit_then_drop", path=f"*/{fault}", method="POST")
    void(books, desk, "credit_note")
    go_over(books)
    assert removals(books, since) == [("Payment", "delete"), ("CreditMemo", "delete")]
    assert (books.ours("CreditMemo"), applied(books)) == ([], [])
    assert Decimal(str(books.invoice_there()["Balance"])) == 30
    assert set(states(books).values()) == {"done"}
    assert "Success" in desk.page(page(credit)).text


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
