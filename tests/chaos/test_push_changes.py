"""K4 to K10 for what comes after the create: changes, removals, credit notes and their use, refunds.

Each kind meets each kill and each lost answer once. Database, company and whether request ids are honoured take turns,
so that each of them meets each kind and each trouble.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.chaos.books import Books
from tests.chaos.changes import CHANGES
from tests.chaos.opening import opened
from tests.chaos.test_push_answers import OUR_TIMEOUT_S
from tests.chaos.test_push_kills import KILLED_AT
from tests.chaos.wishes import Wish, hurt

pytestmark = pytest.mark.chaos

Trouble = Callable[[Books, Wish], None]
LATE = "K8c commit 100 s after our timeout"


def killed(failpoint: str) -> Trouble:
    return lambda books, _wish: books.killed_at(failpoint)


def lost(action: str, arg: object = None) -> Trouble:
    def strike(books: Books, wish: Wish) -> None:
        hurt(books, wish, action, arg)
        books.ended(books.worker())

    return strike


TROUBLES: dict[str, Trouble] = {
    **{words: killed(failpoint) for failpoint, words in KILLED_AT.items()},
    "K7 cut in the body": lost("drop_before_commit"),
    "K8 answer lost": lost("commit_then_drop"),
    "K8 500 after the commit": lost("commit_then_status", 500),
    "K8 answer broken off": lost("truncate"),
    LATE: lost("slow_commit", OUR_TIMEOUT_S + 100),
}
# Any two of database, company and ids meet in all their ways.
PLACES = (
    ("sqlite", "US", True),
    ("sqlite", "CA", False),
    ("postgresql", "US", False),
    ("postgresql", "CA", True),
)
SHORT = {
    ("change of an invoice", "K9 after the answer, before recording"),
    ("batch of changes", "K8 answer broken off"),
    ("removal of a payment", "K8 answer lost"),
    ("void of an invoice", "K6 after sent, before bytes"),
    ("credit note", "K8 answer lost"),
    ("use of a credit note", "K9 after the answer, before recording"),
    ("use taken back", "K8 500 after the commit"),
    ("decision to credit", "K6 after sent, before bytes"),
    ("credit instead of a void", "K8 answer lost"),
    ("use of that credit", "K9 after the answer, before recording"),
    ("refund", "K10 after recording"),
}


def experiments() -> Iterator[object]:
    for row, kind in enumerate(CHANGES):
        for column, trouble in enumerate(TROUBLES):
            database, company, ignored = PLACES[(row + column) % len(PLACES)]
            if trouble == LATE:  # a create that comes later than anybody waits is told from none by its id alone
                ignored = CHANGES[kind].op != "create"
            marks = [] if (kind, trouble) in SHORT else [pytest.mark.chaos_long]
            marks += [pytest.mark.postgres] if database == "postgresql" else []
            name = f"{database}-{company}-{trouble}-{kind}{'-ids ignored' if ignored else ''}"
            yield pytest.param(database, company, trouble, kind, ignored, marks=marks, id=name)


@pytest.mark.promise(
    "K5", "K6", "K7", "K8", "K8b", "K8c", "K9", "K10", "I1", "I3", "I4", "I5", "I7", "I10", "I24", "L1"
)
@pytest.mark.parametrize(("database", "company", "trouble", "kind", "ignored"), list(experiments()))
def test_whatever_is_done_later_is_done_once(
    request: pytest.FixtureRequest, database: str, company: str, trouble: str, kind: str, ignored: bool
) -> None:
    wish = CHANGES[kind]
    with opened(request, database, company) as books:
        wish.prepare(books)
        before = wish.done(books)
        if ignored:
            books.machine.fault("ignore_request_ids", count=None)
        TROUBLES[trouble](books, wish)
        books.bring_back()
        books.rest()
        books.let_time_pass(300)  # whatever was still under way over there has come through
        assert wish.done(books) == before + wish.makes
        books.check()
