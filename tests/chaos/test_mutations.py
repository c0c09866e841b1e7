"""The mutation check: without one of its guards the engine breaks an invariant, and the judge sees it.

Each experiment is run by a process that lacks the guard, and once more by one that has it: then nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from kz_admin.domain.status import Lane
from kz_admin.models.session import engine
from kz_admin.services.push.lease import QUIET
from tests.chaos.books import Books
from tests.chaos.line import TOKEN_PATH
from tests.chaos.opening import MOSTLY_SQLITE, opened
from tests.chaos.wishes import WISHES, hurt

pytestmark = pytest.mark.chaos


@pytest.fixture(params=MOSTLY_SQLITE)
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    """One of these takes an index away."""
    with opened(request, request.param, own=True) as made:
        yield made


QUIET_S = QUIET / 1000


def run(books: Books, without: str, lane: Lane = Lane.INTERACTIVE) -> None:
    books.ended(books.worker(lane, without=without))


def lost_answer(books: Books, without: str) -> None:
    """The invoice is there, its answer is lost, and request ids count for nothing."""
    WISHES["invoice"].prepare(books)
    books.machine.fault("ignore_request_ids", count=None)
    hurt(books, WISHES["invoice"], "commit_then_drop")
    run(books, without)
    books.let_time_pass(QUIET_S + 1)
    run(books, without)


def late_commit(books: Books, without: str) -> None:
    """The connection is cut, and a hundred seconds later the invoice is there."""
    WISHES["invoice"].prepare(books)
    books.machine.fault("ignore_request_ids", count=None)
    hurt(books, WISHES["invoice"], "slow_commit", 100)
    run(books, without)
    books.let_time_pass(10)
    run(books, without)
    books.let_time_pass(QUIET_S)


def late_writer(books: Books, without: str) -> None:
    """It comes back with a refusal while its successor's second try has just been taken."""
    WISHES["invoice"].prepare(books)
    hurt(books, WISHES["invoice"], "status", 401)
    sleeper = books.stopped_at("push.answered", without=without)
    books.let_time_pass(200)
    successor = books.stopped_at("push.answered")
    sleeper.go_on()
    books.ended(sleeper)
    successor.go_on()
    books.ended(successor)


def two_who_believe(books: Books, without: str) -> None:
    """Two workers hold the same document; only the index stands between them."""
    WISHES["invoice"].prepare(books)
    sleeper = books.stopped_at("push.counted", without="lease_and_state")
    books.let_time_pass(200)
    successor = books.stopped_at("push.answered")
    if without:
        with books.app.app_context(), engine().begin() as connection:
            connection.execute(text("DROP INDEX uq_attempt_open"))
    sleeper.go_on()
    assert (sleeper.exit_code() == 0) == bool(without), sleeper.output()
    successor.go_on()
    books.ended(successor)


def many_who_refresh(books: Books, without: str) -> None:
    """Their access is two hours old, and the token endpoint takes its time."""
    books.let_time_pass(2 * 3600)
    books.machine.fault("delay", {"seconds": 0.4, "when": "after"}, None, path=TOKEN_PATH)
    users = [books.start("use-at-once", books.connection_id, 3, without=without) for _ in range(2)]
    books.go(*users)
    for user in users:
        user.exit_code(60)
    books.machine.sim("DELETE", "faults")


def a_click_after_a_429(books: Books, without: str) -> None:
    """Ten seconds after the company asked for silence somebody pays."""
    books.known()
    books.backlog(6)
    books.machine.fault("throttle", {"scope": "company", "seconds": 5}, 1, path="/batch", body='"operation"')
    run(books, without, Lane.BULK)
    books.let_time_pass(10)
    books.pay(client="cus-2")
    run(books, without)


EXPERIMENTS: dict[str, tuple[Callable[[Books, str], None], str]] = {
    "look_up": (lost_answer, "I1"),
    "quiet_wait": (late_commit, "I1"),
    "fence": (late_writer, "I1"),
    "unique_index": (two_who_believe, "I11"),
    "single_refresh": (many_who_refresh, "I8"),
    "company_pause": (a_click_after_a_429, "I13"),
}


@pytest.mark.promise("I1", "I8", "I11", "I13")
@pytest.mark.parametrize("guard", EXPERIMENTS)
def test_without_the_guard_the_judge_sees_what_breaks(books: Books, guard: str) -> None:
    experiment, rule = EXPERIMENTS[guard]
    experiment(books, guard)
    books.bring_back()
    for _ in range(3):
        books.look()
        books.let_time_pass(QUIET_S + 1)
    found = books.violations(at_rest=False)
    assert rule in {violation.rule for violation in found}, found


# The other four are experiments of their own elsewhere.
NOWHERE_ELSE = ("fence", "unique_index")


@pytest.mark.parametrize(
    "guard",
    [pytest.param(one, marks=[] if one in NOWHERE_ELSE else pytest.mark.chaos_long) for one in EXPERIMENTS],
)
def test_with_the_guard_the_same_experiment_breaks_nothing(books: Books, guard: str) -> None:
    experiment, _ = EXPERIMENTS[guard]
    experiment(books, "")
    books.bring_back()
    books.rest()
    assert books.violations() == []
