"""K7, K8 and K11: the answer is lost, late, cached or only half there, and each document is made once all the same."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import pytest

from tests.chaos.books import Books
from tests.chaos.opening import opened
from tests.chaos.wishes import WISHES, hurt

pytestmark = pytest.mark.chaos

OUR_TIMEOUT_S = 130


@dataclass(frozen=True)
class Trouble:
    """What happens over there to the one call, and how many requests may carry it in the end."""

    action: str
    arg: Any = None
    commits: bool = True  # in the end, by the first request alone
    unsafe: bool = False  # without request ids nobody could tell

    def strike(self, books: Books, kind: str) -> None:
        hurt(books, WISHES[kind], self.action, self.arg)


TROUBLES = {
    "K7 cut in the body": Trouble("drop_before_commit", commits=False),
    "K8 answer lost": Trouble("commit_then_drop"),
    "K8 500 after the commit": Trouble("commit_then_status", 500),
    "K8 answer broken off": Trouble("truncate"),
    "K8 proxy page": Trouble("html", 502, commits=False),
    "K8c commit while we wait": Trouble("slow_commit", 100),
    "K8c commit 100 s after our timeout": Trouble("slow_commit", OUR_TIMEOUT_S + 100, commits=False, unsafe=True),
}
SHORT = {
    ("sqlite", "US", "K7 cut in the body", "invoice"),
    ("sqlite", "US", "K8 answer lost", "customer"),
    ("sqlite", "US", "K8 answer lost", "invoice"),
    ("sqlite", "CA", "K8 answer lost", "invoice"),
    ("sqlite", "US", "K8 answer lost", "customer and item"),
    ("sqlite", "CA", "K8 answer lost", "batch of invoices"),
    ("sqlite", "US", "K8 answer lost", "batch of payments"),
    ("sqlite", "US", "K8 500 after the commit", "payment"),
    ("sqlite", "CA", "K8 answer broken off", "batch of invoices"),
    ("sqlite", "CA", "K8c commit while we wait", "invoice"),
    ("sqlite", "US", "K8c commit 100 s after our timeout", "invoice"),
    ("postgresql", "US", "K8 answer lost", "batch of invoices"),
    ("postgresql", "CA", "K8 answer lost", "payment"),
    ("postgresql", "US", "K8c commit while we wait", "invoice"),
}


# US numbers by itself, so nothing is found there by our number; CA takes ours. With request ids ignored or not.
WAYS = (
    ("sqlite", "US", True),
    ("sqlite", "CA", False),
    ("postgresql", "US", True),
    ("sqlite", "US", False),
    ("sqlite", "CA", True),
    ("postgresql", "US", False),
)


def ways(turn: int, trouble: str, kind: str) -> list[tuple[str, str, bool]]:
    """Each trouble meets each kind in two of them, each way every trouble and every kind; and the short form's own."""
    found = [WAYS[turn % len(WAYS)], WAYS[(turn + 1) % len(WAYS)]]
    found += [(one[0], one[1], True) for one in sorted(SHORT) if one[2:] == (trouble, kind)]
    # A commit later than anybody waits cannot be told from none where ids are ignored.
    return list(dict.fromkeys((one[0], one[1], one[2] and not TROUBLES[trouble].unsafe) for one in found))


def experiments() -> list[object]:
    found = []
    for (row, trouble), (column, kind) in itertools.product(enumerate(TROUBLES), enumerate(WISHES)):
        for database, company, ignored in ways(row + column, trouble, kind):
            listed = (database, company, trouble, kind) in SHORT
            marks = [] if listed and (ignored or TROUBLES[trouble].unsafe) else [pytest.mark.chaos_long]
            marks += [pytest.mark.postgres] if database == "postgresql" else []
            name = f"{database}-{company}-{trouble}-{kind}{'-ids ignored' if ignored else ''}"
            found.append(pytest.param(database, company, trouble, kind, ignored, marks=marks, id=name))
    return found


def cached_errors() -> list[object]:
    found = []
    for place, (database, kind) in enumerate(itertools.product(("sqlite", "postgresql"), WISHES)):
        marks = [] if place % 4 == 1 else [pytest.mark.chaos_long]
        marks += [pytest.mark.postgres] if database == "postgresql" else []
        found.append(pytest.param(database, kind, marks=marks, id=f"{database}-{kind}"))
    return found


@pytest.mark.promise("K7", "K8", "K8b", "K8c", "I1", "I3", "I5", "L1")
@pytest.mark.parametrize(("database", "company", "trouble", "kind", "ignored"), experiments())
def test_an_answer_that_does_not_come_makes_nothing_twice(
    request: pytest.FixtureRequest, database: str, company: str, trouble: str, kind: str, ignored: bool
) -> None:
    wish = WISHES[kind]
    with opened(request, database, company) as books:
        wish.prepare(books)
        before = books.created(wish.entity)[wish.entity]
        if ignored:
            books.machine.fault("ignore_request_ids", count=None)
        TROUBLES[trouble].strike(books, kind)
        process = books.worker()
        books.ended(process)
        books.bring_back()
        books.rest()
        books.let_time_pass(300)  # whatever was still under way over there has come through
        assert books.created(wish.entity)[wish.entity] == before + wish.makes
        books.check()
        # What was there was found; what was not was sent again, as it was.
        assert requests_for(books) == (1 if TROUBLES[trouble].commits else 2)


@pytest.mark.promise("K8d", "I1", "I5", "L1")
@pytest.mark.parametrize(("database", "kind"), cached_errors())
def test_an_error_that_is_cached_under_its_id_is_left_behind(
    request: pytest.FixtureRequest, database: str, kind: str
) -> None:
    """The same call brings the same 500 for ever; once it is known that nothing is there, a new one goes."""
    wish = WISHES[kind]
    with opened(request, database) as books:
        wish.prepare(books)
        before = books.created(wish.entity)[wish.entity]
        books.machine.fault("replay_errors", count=None)
        hurt(books, wish, "status", 500)
        books.ended(books.worker())
        books.let_time_pass(7 * 60)
        books.bring_back()
        books.rest()
        assert books.created(wish.entity)[wish.entity] == before + wish.makes
        books.check()
        assert any(one["replayed"] and one["status"] == 500 for one in books.api_calls())


def requests_for(books: Books) -> int:
    """How often the call that met the trouble was sent."""
    (struck,) = [one for one in books.api_calls() if one["fault"]]
    return sum(one["request_id"] == struck["request_id"] for one in books.api_calls())
