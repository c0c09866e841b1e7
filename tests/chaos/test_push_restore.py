"""K14: the database came back from a copy, and an operator said so before the processes started again."""

from __future__ import annotations

import pytest

from kz_admin import clock
from tests.chaos.books import Books
from tests.chaos.copies import copied
from tests.chaos.opening import opened

pytestmark = pytest.mark.chaos


def after_restore(books: Books, *arguments: str) -> None:
    answer = books.app.test_cli_runner().invoke(args=["kz", "after-restore", *arguments])
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("1 connections")


def live_invoices(books: Books) -> list[str]:
    """By the number in their note: companies may number by themselves."""
    notes = [str(one.get("PrivateNote", "")) for one in books.objects("Invoice")]
    return sorted(note.partition("invoice ")[2].partition(",")[0] for note in notes if "kz:" in note)


@pytest.mark.promise("K14", "I1", "I7", "L1")
@pytest.mark.parametrize(
    ("database", "company"),
    [
        ("sqlite", "US"),
        ("sqlite", "CA"),
        pytest.param("postgresql", "US", marks=pytest.mark.postgres),
        pytest.param("postgresql", "CA", marks=[pytest.mark.postgres, pytest.mark.chaos_long]),
    ],
)
def test_what_happened_since_the_copy_is_found_again_and_nothing_is_made_twice(
    request: pytest.FixtureRequest, database: str, company: str
) -> None:
    with opened(request, database, company, own=True) as books:
        books.machine.fault("ignore_request_ids", count=None)
        books.known()
        books.pay("under-way")
        books.put_off("payment")
        books.killed_at("push.answered")  # over there, and in the copy not known to be
        books.pay("due", client="cus-2")
        books.pay("failing")
        with copied(books) as restore:
            books.bring_back()
            books.pay("later", client="cus-3")
            books.rest()
            made = live_invoices(books)
            assert made == ["N-1", "due", "failing", "later", "under-way"]
            restore()
            after_restore(books, "--since", clock.iso(books.lost[0][0]))
            books.bring_back()
            books.pay("later", client="cus-3")  # the platform sends what it has no answer to
            books.pay("new", client="cus-2")
            books.rest()

            assert live_invoices(books) == sorted([*made, "new"])
            after_restore(books, "--done")
            books.pay("newer")
            books.rest()
            assert len(live_invoices(books)) == len(made) + 2
            books.check(done=False)
            assert books.record_of("due").state == books.record_of("under-way").state == "done"
