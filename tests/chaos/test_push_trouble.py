"""P1 to P3: a payload that kills its worker, a provider that is down for hours, a dyno that is cycled every minute."""

from __future__ import annotations

import random

import pytest

from kz_admin import clock
from kz_admin.domain.status import Lane
from tests.chaos.books import Books
from tests.chaos.desk import Desk
from tests.chaos.opening import on_both
from tests.fixtures.processes import died_by_kill

pytestmark = pytest.mark.chaos

LEASE_S = 61
PROBE_S = 30


# -- P1 -----------------------------------------------------------------------------------------------------


@pytest.mark.promise("P1", "I17", "I26")
@pytest.mark.parametrize("place", ["build", "send"])
def test_a_payload_that_kills_its_worker_is_set_aside_and_its_neighbours_go(books: Books, place: str) -> None:
    """Three workers die of it, at the builder or with its call on the way; it goes alone from the second time on."""
    books.known()
    books.pay_many(5)
    books.pay("KILLER")
    deaths = 0
    for _ in range(12):
        books.let_time_pass(LEASE_S if place == "build" else LEASE_S + 130)
        worker = books.worker(without=f"survival_at_{place}")
        if not died_by_kill(worker.exit_code(30)):
            break
        deaths += 1
    books.let_time_pass(LEASE_S)
    ended = books.worker(without=f"survival_at_{place}")
    books.ended(ended)  # nothing kills any more
    assert deaths == 3
    killer = books.record_of("KILLER")
    assert (killer.state, killer.problem) == ("parked", "killed_workers")
    books.rest()
    books.check(done=False)
    others = [one for one in books.records("invoice") if one.id != killer.id]
    assert {one.state for one in others} == {"done"}


# -- P2 -----------------------------------------------------------------------------------------------------


LONG, ON_POSTGRES = [pytest.mark.chaos_long, pytest.mark.slow], pytest.mark.postgres
OUTAGES = (
    pytest.param("sqlite", 0.3, "status"),
    pytest.param("postgresql", 0.3, "drop_before_commit", marks=[pytest.mark.chaos_long, ON_POSTGRES]),
    pytest.param("sqlite", 6, "drop_before_commit", marks=LONG),
    pytest.param("postgresql", 6, "status", marks=[*LONG, ON_POSTGRES]),
)


@pytest.mark.promise("P2", "I14", "I18", "L1")
@pytest.mark.parametrize(("books", "hours", "how"), OUTAGES, indirect=["books"])
def test_a_provider_that_is_down_is_asked_twice_a_minute_and_nothing_is_given_up(
    books: Books, hours: float, how: str
) -> None:
    books.known()
    books.pay_many(12)
    books.pay_many(3, client="cus-2")
    down = books.machine.fault(how, 503 if how == "status" else None, None, path="/v3/company/")
    start = books.now()
    while books.now() - start < hours * clock.HOUR:
        books.look()
        books.let_time_pass(PROBE_S)
    books.machine.sim("DELETE", f"faults/{down}")
    known = books.row.silent_since
    assert known is not None
    assert known - start < 15 * clock.MINUTE
    books.outages.append((known, books.now() - 1))
    assert not set(books.states()) & {"failed", "parked"}
    asked = sum(start <= one["at"] for one in books.api_calls())
    books.rest()
    books.check()
    assert asked <= 25 + hours * 120


# -- P3 -----------------------------------------------------------------------------------------------------


@pytest.mark.promise("P3", "I1", "I26", "L1")
@on_both
@pytest.mark.parametrize("rounds", [3, pytest.param(25, marks=[pytest.mark.chaos_long, pytest.mark.slow])])
def test_workers_that_are_killed_again_and_again_get_everything_over_once(books: Books, rounds: int) -> None:
    """SIGTERM, then SIGKILL at a random moment, a minute later the next one."""
    dice = random.Random(rounds)
    books.machine.fault("ignore_request_ids", count=None)
    books.machine.fault("delay", {"seconds": 0.05, "when": "after"}, None, path="/v3/company/")
    for number in range(rounds):
        books.pay_many(6, client=f"cus-{number % 4}")
        worker = books.worker(dice.choice(list(Lane)))
        enough = books.arrived() + dice.randrange(4)
        worker.after(lambda enough=enough: books.arrived() >= enough)
        worker.terminate()
        worker.kill()
        books.let_time_pass(60)
    books.machine.sim("DELETE", "faults")
    books.machine.fault("ignore_request_ids", count=None)
    books.rest()
    while Desk(books).retry_parked():  # three deaths with it in hand, by chance: a person says that it may go again
        books.rest()
    books.check()
    assert books.created("Invoice", "Payment") == {"Invoice": 6 * rounds, "Payment": 6 * rounds}
