"""K4, K12 and K13: a job lost from its queue, a worker that slept through its lease, two workers who want the same."""

from __future__ import annotations

from collections import Counter

import pytest

from kz_admin.domain.status import Lane
from kz_admin.services import bell
from tests.chaos.books import Books
from tests.chaos.forked import Forked
from tests.chaos.opening import in_turn, on_both
from tests.chaos.wishes import WISHES

pytestmark = pytest.mark.chaos

SLEEPS_S = 200


@pytest.mark.promise("K4", "I6", "L1")
@pytest.mark.parametrize("lane", [Lane.INTERACTIVE, Lane.BULK])
def test_a_job_that_died_with_its_worker_right_after_the_pop_is_found_by_the_clock(books: Books, lane: Lane) -> None:
    books.pay()
    if lane is Lane.BULK:
        books.make_bulk()
        with books.app.app_context():
            bell.queue("interactive").empty()
            assert bell.ring("push_bulk", str(books.connection_id), lane="bulk")
    process = books.start("pop", lane.value)
    books.go(process)
    books.await_death(process)
    assert "popped" in process.output()
    with books.app.app_context():
        assert len(bell.queue(lane.value)) == 0
    assert books.rest() < 30
    books.check()


def overtaken(books: Books, failpoint: str, without: str = "") -> Forked:
    """A worker stops there for 200 s; another one takes over and finishes."""
    sleeper = books.stopped_at(failpoint, without=without)
    books.let_time_pass(SLEEPS_S)
    books.bring_back()
    books.rest()
    return sleeper


def rows(books: Books) -> list[tuple[object, ...]]:
    """All that a late writer could change."""
    evidence = books.evidence().rows
    records = [(one.id, one.state, one.remote_id, one.remote_version, one.tries) for one in evidence.records]
    attempts = [(one.id, one.closed_at, one.outcome, one.fence) for one in evidence.attempts]
    return sorted(records, key=str) + sorted(attempts, key=str)


@pytest.mark.promise("K12", "I1", "I4", "I11")
@pytest.mark.parametrize("failpoint", ["push.leased", "push.counted", "push.answered", "push.recorded"])
@pytest.mark.parametrize(("books", "kind"), in_turn(*WISHES, short=("invoice",)), indirect=["books"])
def test_a_worker_that_slept_changes_no_row_when_it_goes_on(books: Books, failpoint: str, kind: str) -> None:
    wish = WISHES[kind]
    wish.prepare(books)
    books.machine.fault("ignore_request_ids", count=None)
    sleeper = overtaken(books, failpoint)
    before = rows(books)
    sleeper.go_on()
    books.ended(sleeper)
    assert rows(books) == before
    books.check()


@pytest.mark.promise("K12", "I1", "I4")
@on_both
@pytest.mark.parametrize("kind", ["batch of invoices", pytest.param("payment", marks=pytest.mark.chaos_long)])
def test_a_call_that_did_not_leave_in_time_does_not_leave_any_more(books: Books, kind: str) -> None:
    """It stopped between its commit and its first byte; over there nobody could tell its twin by an id."""
    WISHES[kind].prepare(books)
    books.machine.fault("ignore_request_ids", count=None)
    sleeper = overtaken(books, "push.committed", without="patience")
    before = rows(books)
    sleeper.go_on()
    books.ended(sleeper)
    assert rows(books) == before
    books.check()


@pytest.mark.promise("K13", "I11")
@on_both
@pytest.mark.parametrize("rounds", [60, pytest.param(1000, marks=pytest.mark.chaos_long)])
def test_of_two_workers_at_a_barrier_one_wins_each_round(books: Books, rounds: int) -> None:
    racers = [books.start("race", books.connection_id, rounds, name, 2) for name in ("ann", "bob")]
    books.go(*racers)
    for racer in racers:
        assert racer.exit_code(110) == 0, racer.output()
    won = [line.split() for racer in racers for line in racer.output().splitlines() if line.startswith("won ")]
    assert Counter(int(number) for _, number, _, _ in won) == dict.fromkeys(range(rounds), 1)
    fences = [int(fence) for _, _, fence, _ in sorted(won, key=lambda one: int(one[1]))]
    assert fences == sorted(set(fences)), "every lease has a higher fence than the one before"
