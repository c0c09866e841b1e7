"""Q1 to Q4 and Q6: nobody waits behind somebody else's backlog, and no limit of theirs is ever met."""

from __future__ import annotations

import statistics
import time

import pytest

from kz_admin import clock
from kz_admin.domain.status import Lane
from tests.chaos.books import Books
from tests.chaos.judge import flight
from tests.fixtures.processes import wait_until

pytestmark = pytest.mark.chaos

STARTS_WITHIN_S = 2
# Two backlogs of ten thousand are booked before anything is measured.
TAKES_LONG = (pytest.mark.slow, pytest.mark.timeout(600))


# -- Q1 -----------------------------------------------------------------------------------------------------


def wait_for_bulk(books: Books, since: int, calls: int) -> None:
    def moved() -> bool:
        return sum("/batch" in entry.path for entry in books.machine.world.journal.since(since)) >= calls

    wait_until(moved, "the backlog to move", 60)


def seconds_until_it_leaves(books: Books, number: str) -> tuple[float, int]:
    """From the hook's answer to the first byte over there, in real time, as the other workers' waits move the clock.

    And how many batches of its own company went before it."""
    journal, words = books.machine.world.journal, f"invoice {number}, kz:"
    since = journal.last
    books.pay(number)
    began = time.monotonic()

    def arrived() -> bool:
        return any(words in entry.body for entry in journal.since(since))

    wait_until(arrived, f"{number} to leave", 30, every=0.005)
    took = time.monotonic() - began
    before = flight.batches_before(map(vars, journal.since(since)), books.api_company(), words)
    assert before is not None
    return took, before


@pytest.mark.promise("Q1", "I15", "I16", "KZ-37")
@pytest.mark.parametrize(
    ("books", "waiting", "singles"),
    [
        ("sqlite", 150, 2),
        pytest.param("postgresql", 10_000, 20, marks=[pytest.mark.postgres, pytest.mark.chaos_long, *TAKES_LONG]),
    ],
    indirect=["books"],
)
def test_a_single_payment_waits_neither_for_its_own_backlog_nor_for_anybody_elses(
    books: Books, waiting: int, singles: int
) -> None:
    other = books.beside("CA")
    books.known()
    other.known()
    lanes = [books.start("serve", lane) for lane in ("interactive", "bulk", "bulk")]
    books.go(*lanes)
    idle = [seconds_until_it_leaves(books, f"idle-{number}")[0] for number in range(singles)]
    since = books.machine.world.journal.last
    for one in (other, books):
        one.backlog(waiting, ring=False)
    for one in (other, books):
        one.ring_bulk()
    wait_for_bulk(books, since, 3)
    mine: list[float] = []
    for number in range(singles):
        took, before = seconds_until_it_leaves(books, f"click-{number}")
        assert before <= 2, "it starts within two batches of its own tenant's backfill"
        mine.append(took)
    left = [{row.state for row in books.records_on(one.connection_id)} for one in (books, other)]
    for lane in lanes:
        lane.kill()
    assert max(mine) < STARTS_WITHIN_S
    if singles > 10:
        assert all({"due", "sent"} & states for states in left), "both backlogs outlast the clicks"
        assert statistics.quantiles(mine, n=20, method="inclusive")[-1] <= max(3 * statistics.median(idle), 0.5)
    assert not books.violations(at_rest=False)


# -- Q2 -----------------------------------------------------------------------------------------------------


@pytest.mark.promise("Q2", "I12", "L1")
@pytest.mark.parametrize("clients", [15, pytest.param(150, marks=[pytest.mark.chaos_long, *TAKES_LONG])])
def test_at_full_speed_no_window_of_theirs_overflows(books: Books, clients: int) -> None:
    """New customers are looked for, made and invoiced one by one, beside batches and clicks; two workers at once."""
    books.known()
    books.backlog(4 * clients, clients)
    for number in range(clients):
        books.pay(client=f"new-{number}")
    workers = [books.start("push", books.connection_id, lane.value) for lane in Lane]
    books.go(*workers)
    for worker in workers:
        worker.exit_code(500)
    books.rest(within_s=3600)
    assert not [one for one in books.api_calls() if one["status"] == 429]
    books.check()


# -- Q3 -----------------------------------------------------------------------------------------------------


@pytest.mark.promise("Q3", "I13", "I14", "L1")
@pytest.mark.parametrize("retry_after", [None, pytest.param(30, marks=pytest.mark.chaos_long)])
def test_a_429_silences_that_company_alone(books: Books, retry_after: int | None) -> None:
    other = books.beside("CA")
    for one in (books, other):
        one.known()
    for one in (books, other):
        one.backlog(60, clients=3)
    arg = {"scope": "company", "seconds": 30, "retry_after": retry_after}
    books.machine.fault("throttle", arg, 1, path="/batch", company=books.company, body='"operation"')
    workers = [books.start("push", one.connection_id, "bulk") for one in (books, other)]
    books.go(*workers)
    for worker in workers:
        books.ended(worker)
    mine, theirs = (books.records_on(one.connection_id) for one in (books, other))
    assert {"throttled"} == {one.reason for one in mine if one.state == "held"}
    assert {one.state for one in theirs} == {"done"}, "the other company keeps its rate"
    books.silence_s = retry_after or books.silence_s
    books.rest()
    books.check()
    refused = [one for one in books.api_calls() if one["status"] == 429]
    assert {one["company"] for one in refused} == {books.api_company()}


# -- Q4 -----------------------------------------------------------------------------------------------------


@pytest.mark.promise("Q4", "I14", "I18", "L1")
@pytest.mark.parametrize("left_s", [1800])
def test_a_day_that_bulk_has_used_up_ends_and_nothing_was_given_up(books: Books, left_s: int) -> None:
    books.known()
    day = clock.DAY - books.now() % clock.DAY
    books.let_time_pass((day / 1000 - left_s) % 86_400)
    books.backlog(60, clients=2)
    books.machine.fault("day_limit", 5, None)
    books.push(Lane.BULK)
    books.pay("click")
    books.push()
    assert any(one["status"] == 429 for one in books.api_calls())
    passed = books.rest(within_s=left_s + 300)
    assert passed >= left_s - 60
    books.machine.sim("DELETE", "faults")
    books.check()


# -- Q6 -----------------------------------------------------------------------------------------------------


@pytest.mark.promise("Q6", "I6", "I11", "I12", "L1")
@pytest.mark.parametrize("redis", ["kept", "flushed"])
def test_slots_of_a_killed_holder_come_back(books: Books, redis: str) -> None:
    """Eight calls are under way when it dies; nothing of them is counted twice, and nothing waits for ever."""
    books.known()
    for number in range(10):
        books.pay(client=f"new-{number}")
    books.put_off("payment")
    books.machine.fault("delay", 1.5, 8, path="/customer")
    worker = books.worker()
    busy = books.machine.world.limits._running
    worker.after(lambda: sum(busy.values()) >= 8)
    worker.kill()
    if redis == "flushed":
        books.redis.flushall()
    books.bring_back()
    books.rest()
    books.check()


@pytest.mark.promise("I6", "I12", "L1")
def test_a_redis_emptied_in_mid_push_loses_nothing_and_no_limit_is_met(books: Books) -> None:
    books.known()
    for number in range(30):
        books.pay(client=f"new-{number}")
    worker = books.worker()
    before = books.arrived()
    for calls in range(10, 60, 10):
        worker.after(lambda calls=calls: books.arrived() >= before + calls)
        books.redis.flushall()
    worker.exit_code(60)
    assert books.rest() <= 600
    assert not [one for one in books.api_calls() if one["status"] == 429]
    books.check()
