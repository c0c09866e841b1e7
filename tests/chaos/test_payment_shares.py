"""A payment that is three over there: a worker killed between them, an answer lost for one of them, and the payment
taken back while only some of them are there. Each share is there once, or gone once, and together they are the money.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.chaos.opening import opened
from tests.chaos.shares import SHARES, Shares, paid
from tests.chaos.test_push_answers import OUR_TIMEOUT_S

pytestmark = pytest.mark.chaos

# The payment itself is the first call, its two other shares are the second and the third one.
KILLED_AT = (
    "push.counted@2",
    "push.committed",
    "push.answered",
    "push.recorded",
    "push.committed@2",
    "push.recorded@2",
)
LOST = {
    "drop_before_commit": None,
    "commit_then_drop": None,
    "commit_then_status": 500,
    "slow_commit": OUR_TIMEOUT_S + 100,
}


def trouble(*cases: object, short: tuple[object, ...]) -> list[object]:
    """Database and whether request ids are honoured take turns."""
    found = []
    for place, case in enumerate(cases):
        database, ignored = ("sqlite", "postgresql")[place % 2], place % 4 in (1, 2)
        marks = [] if case in short else [pytest.mark.chaos_long]
        marks += [pytest.mark.postgres] if database == "postgresql" else []
        found.append(pytest.param(database, case, ignored, marks=marks, id=f"{database}-{case}"))
    return found


def finish(shares: Shares) -> None:
    shares.books.bring_back()
    shares.books.rest()
    shares.books.let_time_pass(300)  # whatever was still under way over there has come through
    assert shares.there() == SHARES
    assert shares.open_there() == 0
    assert shares.books.created("Payment") == {"Payment": len(SHARES)}
    shares.books.check()


@pytest.mark.promise("K5", "K6", "K9", "K10", "I1", "I10", "I24", "L1")
@pytest.mark.parametrize(("database", "failpoint", "ignored"), trouble(*KILLED_AT, short=("push.answered",)))
def test_a_worker_killed_between_the_shares_makes_each_once(
    request: pytest.FixtureRequest, database: str, failpoint: str, ignored: bool
) -> None:
    with opened(request, database) as books:
        shares = paid(books)
        if ignored:
            books.machine.fault("ignore_request_ids", count=None)
        books.killed_at(failpoint)
        finish(shares)


@pytest.mark.promise("K7", "K8", "K8c", "I1", "I24", "L1")
@pytest.mark.parametrize(("database", "action", "ignored"), trouble(*LOST, short=()))
def test_an_answer_lost_for_one_share_leaves_the_others_alone(
    request: pytest.FixtureRequest, database: str, action: str, ignored: bool
) -> None:
    with opened(request, database) as books:
        shares = paid(books)
        if ignored and action != "slow_commit":  # a create that comes so late is told from none by its id alone
            books.machine.fault("ignore_request_ids", count=None)
        ends = '"' if action in ("drop_before_commit", "slow_commit") else "/"  # the payment itself, or another share
        books.machine.fault(action, LOST[action], 1, path="/payment", body=f"kz:{shares.payment_id}{ends}")
        books.ended(books.worker())
        assert sorted(shares.states()) == ["done", "done", "unknown"], "the others wait for nobody"
        finish(shares)


def before_anything(shares: Shares) -> None:
    """Nothing has left."""


def after_one(shares: Shares) -> None:
    shares.books.killed_at("push.recorded")
    assert len(shares.there()) in (1, 2), "all of them are there already"  # the next one may have left meanwhile


def while_one_is_under_way(shares: Shares) -> None:
    """The third share is there, and nobody here knows."""
    shares.books.killed_at("push.answered@2")
    assert len(shares.there()) in (2, 3)


def after_all(shares: Shares) -> None:
    shares.books.rest()
    assert shares.there() == SHARES


MOMENTS: dict[str, Callable[[Shares], None]] = {
    "after one": after_one,
    "while one is under way": while_one_is_under_way,
    "after all": after_all,
    "before anything": before_anything,
}


@pytest.mark.promise("I1", "I10", "I24", "L1")
@pytest.mark.parametrize(("database", "moment", "ignored"), trouble(*MOMENTS, short=("after one",)))
def test_taken_back_after_some_of_the_shares_nothing_of_it_stays(
    request: pytest.FixtureRequest, database: str, moment: str, ignored: bool
) -> None:
    """And the worker that takes it back is killed as well."""
    with opened(request, database) as books:
        shares = paid(books)
        if ignored:
            books.machine.fault("ignore_request_ids", count=None)
        MOMENTS[moment](shares)
        shares.unpay()
        books.bring_back()
        if moment in ("while one is under way", "after all"):
            books.let_time_pass(200)  # the lease of the one before
            books.killed_at("push.answered")
        books.rest()
        books.let_time_pass(300)
        books.rest()
        assert shares.there() == []
        assert shares.open_there() == 300
        made, gone = books.created("Payment")["Payment"], books.written("void", "Payment")["Payment"]
        assert made == gone
        books.check(done=False)
        assert set(shares.states()) <= {"done", "idle"}, books.states()
