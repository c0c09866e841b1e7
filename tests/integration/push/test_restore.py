"""The database comes back from a copy: what happened since has happened over there, and is found instead of made."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from kz_admin import clock
from kz_admin.domain.failures import Wrong
from kz_admin.models import Attempt, Call, SyncRecord
from kz_admin.models.session import writing
from kz_admin.services import restore
from kz_admin.services.audit import COMMAND_LINE
from tests.integration.push.conftest import Books
from tests.integration.push.test_credits_there import refunded
from tests.integration.push.test_documents import choose

NEVER_SENT = {
    "state": "due",
    "remote_id": None,
    "remote_type": None,
    "remote_version": None,
    "remote_number": None,
    "remote_customer": None,
    "linked_by": None,
    "pushed_revision": 0,
    "pushed_hash": None,
    "generation": 0,
}


def forget_what_was_sent(books: Books) -> None:
    """As in a copy that was taken between the hook and the push."""
    with books.app.app_context(), writing() as session:
        session.execute(delete(Attempt))
        session.execute(delete(Call))
        session.execute(update(SyncRecord).values(due_at=clock.now_ms(), **NEVER_SENT))


def doubt(books: Books) -> int:
    with books.app.app_context():
        return restore.doubt_since(clock.iso(clock.now_ms() - clock.HOUR), COMMAND_LINE)


@pytest.mark.promise("K14")
def test_after_a_restore_nothing_is_made_a_second_time(books: Books) -> None:
    books.pay("2026-0001")
    books.push()
    forget_what_was_sent(books)
    assert doubt(books) == 1
    since = books.now_there()
    books.later(2)
    for _ in range(3):
        books.push()
        books.later(2)
    assert {record.state for record in books.records()} == {"done"}
    assert books.made(since) == []
    assert len(books.ours("Invoice")) == len(books.ours("Payment")) == 1


def test_a_refund_never_takes_the_receipt_of_another_one_of_the_same_amount(books: Books) -> None:
    """The first was sent before the copy was used, the second was waiting: both are in the books, each once."""
    bank = next(row["Id"] for row in books.there("Account") if row["AccountType"] == "Bank")
    choose(books, "deposit", bank)
    books.pay()
    books.push()
    first = refunded(books, 10_00)
    books.push()
    second = refunded(books, 10_00)
    forget_what_was_sent(books)
    doubt(books)
    since = books.now_there()
    for _ in range(3):
        books.push()
        books.later(2)
    assert {record.state for record in books.records()} == {"done"}
    assert books.made(since) == ["RefundReceipt"]
    made = {row["PrivateNote"].rpartition("kz:")[2]: row["Id"] for row in books.ours("RefundReceipt")}
    assert made == {str(one.id): books.record_of(one.id).remote_id for one in (first, second)}
    assert settled_by(books, second.id, made[str(first.id)]) == "several_matches"


def settled_by(books: Books, refund_id: UUID, remote_id: str) -> str | None:
    """What becomes of a refund when somebody says that a receipt with another one's marker is its own."""
    books.change(books.record_of(refund_id), choices=json.dumps({"link": remote_id}), **NEVER_SENT)
    with books.app.app_context(), writing() as session:
        session.execute(update(SyncRecord).where(SyncRecord.local_id == refund_id).values(due_at=clock.now_ms()))
        session.execute(  # and the other one's own tie was forgotten too
            update(SyncRecord)
            .where(SyncRecord.remote_id == remote_id, SyncRecord.local_id != refund_id)
            .values(remote_id=None, state="idle")
        )
    books.push()
    return books.record_of(refund_id).problem


def test_new_documents_go_over_all_the_same(books: Books) -> None:
    doubt(books)
    books.pay("2026-0002")
    books.push()
    assert {record.state for record in books.records()} == {"done"}
    with books.app.app_context():
        assert restore.trust_again(COMMAND_LINE) == 1
    assert books.connection.doubt_since is None


@pytest.mark.parametrize("moment", ["yesterday", "2999-01-01"])
def test_a_moment_that_cannot_be_is_named(books: Books, moment: str) -> None:
    with books.app.app_context(), pytest.raises(Wrong, match=r"Write the moment|from the future"):
        restore.doubt_since(moment, COMMAND_LINE)
