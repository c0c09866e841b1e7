"""The database comes back from a copy: what happened since has happened over there, and is found instead of made."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from kz_admin import clock
from kz_admin.domain.failures import Wrong
from kz_admin.models import Attempt, Call, SyncRecord
from kz_admin.models.session import writing
from kz_admin.services import restore
from kz_admin.services.audit import COMMAND_LINE
from tests.integration.push.conftest import Books

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
