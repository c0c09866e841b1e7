"""What is taken back here is taken back there: once, backwards, whatever becomes of an answer."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from tests import cast as people
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.push.conftest import Books
from tests.page import InspectingClient

QUIET_S = 131
FAULTS = [("payment", "commit_then_drop"), ("payment", "drop_before_commit"), ("invoice", "commit_then_drop")]
Deed = tuple[str, str]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is shown here does not hang on the database; the engine's own tests run on both."""
    return sqlite_url


@pytest.fixture
def desk(app: Flask, cast: Cast) -> InspectingClient:
    return people.sign_in(app, cast.bookkeeper, cast.tenant_id)


def paid(books: Books, number: str = "2026-0001") -> None:
    books.pay(number)
    go_over(books)
    assert set(states(books).values()) == {"done"}


def go_over(books: Books, rounds: int = 6) -> None:
    """Until nothing moves any more, whatever was lost on the way."""
    for _ in range(rounds):
        books.push()
        if not {"due", "sent", "unknown", "held"} & {record.state for record in books.records()}:
            return
        books.later(QUIET_S)


def states(books: Books) -> dict[str, str]:
    return {
        one.kind + (f"/{one.part}" if one.kind == "credit_note" and one.part else ""): one.state
        for one in books.records()
    }


def void(books: Books, desk: InspectingClient, kind: str) -> None:
    """As a bookkeeper does on the page of the document."""
    (record,) = [one for one in books.records(kind) if not one.part]
    page = f"/kz-admin/{kind.replace('_', '-')}s/{record.local_id}"
    version = re.search(r'name="version"[^>]*value="([^"]+)"', desk.get(f"{page}/void").text)
    assert version
    answer = desk.submit(f"{page}/void", {"version": version[1]})
    assert answer.status_code == 303, answer.text


def removals(books: Books, since: int) -> list[Deed]:
    """What was voided or deleted over there, in order."""
    return [(one["type"], one["op"]) for one in books.writes(since) if one["op"] in ("void", "delete")]


def versions(row: dict[str, Any]) -> dict[str, Any]:
    return {"Id": row["Id"], "SyncToken": row["SyncToken"]}


def is_void(row: dict[str, Any]) -> bool:
    return not Decimal(str(row["TotalAmt"])) and str(row["PrivateNote"]).startswith("Voided")


# -- payments and invoices ----------------------------------------------------------------------------------------


def test_a_payment_voided_here_goes_there_and_its_invoice_can_be_paid_again(
    books: Books, desk: InspectingClient, cast: Cast
) -> None:
    paid(books)
    since = books.now_there()
    void(books, desk, "payment")
    go_over(books)
    assert removals(books, since) == [("Payment", "void")]
    assert Decimal(str(books.invoice_there()["Balance"])) == 100
    assert (books.record("payment").state, books.record("invoice").state) == ("done", "done")
    books.push()
    assert len(books.writes(since, "Payment")) == 1
    with books.app.app_context():
        Agency(cast.tenant_id).pay(books.invoice())
    since = books.now_there()
    go_over(books)
    assert Decimal(str(books.invoice_there()["Balance"])) == 0
    assert books.made(since) == ["Payment"]
    assert len(books.calls_there(since)) == 1


def test_new_money_waits_until_the_old_is_gone(books: Books, desk: InspectingClient, cast: Cast) -> None:
    """The answer to the removal is lost: as far as anybody knows nothing is open there yet."""
    paid(books)
    books.machine.fault("drop_before_commit", path="*/payment", method="POST")
    void(books, desk, "payment")
    books.push()
    with books.app.app_context():
        Agency(cast.tenant_id).pay(books.invoice())
    books.push()
    removal, new = books.records("payment")
    assert (removal.state, new.state, new.waits_for_id) == ("unknown", "due", removal.id)
    go_over(books)
    assert set(states(books).values()) == {"done"}
    assert Decimal(str(books.invoice_there()["Balance"])) == 0


def test_money_goes_before_what_it_paid(books: Books, desk: InspectingClient) -> None:
    paid(books)
    since = books.now_there()
    void(books, desk, "payment")
    void(books, desk, "invoice")
    go_over(books)
    assert removals(books, since) == [("Payment", "void"), ("Invoice", "void")]
    assert is_void(books.invoice_there())
    shown = desk.page(f"/kz-admin/invoices/{books.invoice().id}").text
    assert "Voided here, and taken back in QuickBooks" in shown
    assert "Open in QuickBooks" in shown
    go_over(books)
    assert len(removals(books, since)) == 2


@pytest.mark.promise("I1")
@pytest.mark.parametrize(("entity", "action"), FAULTS)
def test_whatever_becomes_of_the_answer_it_is_gone_once(
    books: Books, desk: InspectingClient, entity: str, action: str
) -> None:
    paid(books)
    since = books.now_there()
    books.machine.fault(action, path=f"*/{entity}", method="POST")
    void(books, desk, "payment")
    void(books, desk, "invoice")
    go_over(books)
    assert removals(books, since) == [("Payment", "void"), ("Invoice", "void")]
    assert (books.record("payment").state, books.record("invoice").state) == ("done", "done")
    assert all(attempt.closed_at for attempt in books.attempts())


def test_what_was_never_sent_is_not_removed(books: Books, desk: InspectingClient) -> None:
    since = books.now_there()
    books.pay()
    void(books, desk, "payment")
    void(books, desk, "invoice")
    go_over(books)
    assert {books.record(kind).reason for kind in ("payment", "invoice")} == {"voided_unsent"}
    assert not {"Invoice", "Payment"} & set(books.made(since))


def test_what_was_voided_on_its_way_is_removed_once_it_arrived(books: Books, desk: InspectingClient) -> None:
    """Nobody knows whether the create arrived; the void waits for that, and follows."""
    since = books.now_there()
    books.machine.fault("commit_then_drop", path="*/payment", method="POST")
    books.pay()
    books.push()
    assert books.record("payment").state == "unknown"
    void(books, desk, "payment")
    void(books, desk, "invoice")
    go_over(books)
    assert removals(books, since) == [("Payment", "void"), ("Invoice", "void")]
    assert sorted(books.made(since)).count("Payment") == 1


@pytest.mark.parametrize(("entity", "operation"), [("Payment", "delete"), ("Invoice", "void")])
def test_what_was_removed_over_there_already_needs_nothing(
    books: Books, desk: InspectingClient, entity: str, operation: str
) -> None:
    paid(books)
    void(books, desk, "payment")
    if entity == "Invoice":
        go_over(books)
    (theirs,) = books.ours(entity)
    books.write_there(entity, versions(theirs), operation=operation)
    since = books.now_there()
    if entity == "Invoice":
        void(books, desk, "invoice")
    go_over(books)
    assert removals(books, since) == []
    assert books.record(entity.lower()).state == "done"


def test_a_newer_version_over_there_is_read_again_and_removed(books: Books, desk: InspectingClient) -> None:
    paid(books)
    (theirs,) = books.ours("Payment")
    books.write_there("Payment", {**versions(theirs), "sparse": True, "PaymentRefNum": "by hand"})
    since = books.now_there()
    void(books, desk, "payment")
    go_over(books)
    assert removals(books, since) == [("Payment", "void")]


def test_a_payment_in_a_deposit_says_so_and_its_invoice_waits_for_it(books: Books, desk: InspectingClient) -> None:
    paid(books)
    (theirs,) = books.ours("Payment")
    deposit(books, theirs)
    since = books.now_there()
    void(books, desk, "payment")
    void(books, desk, "invoice")
    go_over(books)
    assert [books.record(kind).problem for kind in ("payment", "invoice")] == ["deposited", "deposited"]
    assert removals(books, since) == []


def deposit(books: Books, payment: dict[str, Any]) -> None:
    bank = next(row["Id"] for row in books.there("Account") if row["AccountType"] == "Bank")
    lines = [
        {"Amount": payment["TotalAmt"], "LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    ]
    books.write_there("Deposit", {"DepositToAccountRef": {"value": bank}, "Line": lines})
