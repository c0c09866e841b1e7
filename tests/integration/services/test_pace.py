"""One company's pace, shared by all that call it: processes, tenants, and whoever comes after Redis was emptied."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import update

from kz_admin import ids
from kz_admin.domain.pushing import Limits
from kz_admin.domain.status import Lane
from kz_admin.models import Call, Connection, Tenant
from kz_admin.models.session import engine, reading, writing
from kz_admin.services import bell, pace
from kz_admin.services.pace import NoPace, Slot, Wait, Why
from tests import cast as people
from tests.conftest import environment, make_app
from tests.fixtures.at_once import at_once
from tests.fixtures.processes import Running, bare_environment, wait_until
from tests.fixtures.redis import RealRedis
from tests.integration.hooks.conftest import connect
from tests.integration.services import hammer

SECOND, MINUTE, DAY = 1_000, 60_000, 86_400_000
NOW = 1_800_000_000_000
LIMITS = Limits(per_minute=20, per_second=5, at_once=3, bulk_items=30, bulk_per_minute=6, per_day=None, throttled_s=60)
# Of the provider's table, which says what may be remembered of our rows: 500 and 40 a minute.
THEIRS = Limits(500, None, 8, 30, 40, None, 60)


@pytest.fixture(autouse=True)
def _bell_is_heard() -> Iterator[None]:
    bell._silence.until = 0.0
    yield
    bell._silence.until = 0.0


@dataclass
class Caller:
    """Somebody who calls one company."""

    connection: Connection
    limits: Limits = LIMITS
    holder: str = "a"

    def take(self, now: int = NOW, lane: Lane = Lane.INTERACTIVE, *, bulk: bool = False) -> Slot | Wait:
        return pace.take(
            self.connection, self.limits, now, lane, bulk=bulk, holder=self.holder, until=now + 130 * SECOND
        )

    def slot(self, now: int = NOW, **how: bool) -> Slot:
        got = self.take(now, **how)
        assert isinstance(got, Slot), got
        return got

    def wait(self, now: int = NOW, **how: bool) -> Wait:
        got = self.take(now, **how)
        assert isinstance(got, Wait), got
        return got

    def calls(self, now: int = NOW, *, bulk: bool = False) -> int:
        """How many short calls fit at this moment."""
        count = 0
        while isinstance(got := self.take(now, bulk=bulk), Slot):
            pace.give_back(self.connection, got, now)
            count += 1
        return count


def company(name: str = "one") -> Connection:
    return Connection(provider="quickbooks", environment="production", company_key=name)


@pytest.fixture
def shared(sqlite_url: str, real_redis: RealRedis) -> Iterator[Flask]:
    app = make_app(sqlite_url, REDIS_URL=real_redis.url)
    app.extensions["kz_redis"] = real_redis.client()
    with app.app_context():
        yield app
        engine().dispose()


@pytest.fixture
def stored(in_app: Flask) -> Connection:
    """A connection with rows, on either database."""
    with writing() as session:
        tenant: Tenant = people.tenant()
        session.add(tenant)
    return row(connect(tenant.id))


def row(connection_id: object) -> Connection:
    with reading() as session:
        return session.get_one(Connection, connection_id)


def sent(connection: Connection, at: int, *, closed_at: int | None = None, items: int = 1, times: int = 1) -> None:
    with writing() as session:
        for _ in range(times):
            session.add(
                Call(
                    tenant_id=connection.tenant_id,
                    connection_id=connection.id,
                    request_id=str(ids.uuid7()),
                    method="POST",
                    path="invoice",
                    body_hash="",
                    items=items,
                    first_sent_at=at,
                    last_sent_at=at,
                    closed_at=closed_at,
                )
            )


def empty_redis() -> None:
    bell.client().flushall()


def another_process(app: Flask) -> None:
    """Which has not seen this company yet."""
    app.extensions.pop("kz_pace_memory", None)


# -- several at once ------------------------------------------------------------------------------------------


def hammering(redis: RealRedis, url: str, holder: str) -> Running:
    settings = bare_environment(**environment(DATABASE_URL=url, REDIS_URL=redis.url))
    return Running([sys.executable, "-m", hammer.__name__, holder], settings)


def stop(redis: RealRedis, processes: list[Running]) -> None:
    with redis.client() as client:
        client.set("stop", 1)
    for process in processes:
        assert process.exit_code() == 0, process.output()[-3000:]


def calls_of(processes: list[Running]) -> list[tuple[int, ...]]:
    lines = [line.split() for process in processes for line in process.output().splitlines()]
    return [tuple(int(part) for part in line[1:]) for line in lines if line[:1] == ["call"]]


def most_within(moments: list[int], length: int) -> int:
    moments, most, first = sorted(moments), 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - length:
            first += 1
        most = max(most, last - first + 1)
    return most


def most_at_once(calls: list[tuple[int, ...]]) -> int:
    steps = sorted([(began, 1) for began, *_ in calls] + [(ended, -1) for _, _, ended, _ in calls])
    most = under_way = 0
    for _, step in steps:
        under_way += step
        most = max(most, under_way)
    return most


@pytest.mark.slow
@pytest.mark.promise("I12", "Q6")
def test_four_processes_never_exceed_a_limit_and_the_slots_of_a_killed_one_return(
    real_redis: RealRedis, sqlite_url: str
) -> None:
    with ExitStack() as stack:
        processes = [hammering(real_redis, sqlite_url, holder) for holder in ("a", "b", "c", "d", "dead")]
        for process in processes:
            stack.callback(process.clean_up)
        *alive, dead = processes
        dead.wait_for_output("holding")
        dead.kill()
        held_since, first_until, last_until = (int(word) for word in dead.output().split("holding ")[1].split()[:3])
        wait_until(lambda: hammer.now() > last_until + 2 * MINUTE, "two of their minutes")
        stop(real_redis, alive)
        calls = calls_of(alive)
        assert all(calls_of([process]) for process in alive)  # they had their turns, all of them
    reached = [call[1] for call in calls]
    assert most_within(reached, MINUTE) <= hammer.LIMITS.per_minute
    assert most_within(reached, SECOND) <= 6
    assert most_within([call[1] for call in calls if call[3]], MINUTE) <= 20
    assert most_at_once(calls) <= 4
    # what the dead one held was kept for it until then, and came back
    assert most_at_once([call for call in calls if held_since < call[0] and call[2] < first_until]) == 1
    assert most_at_once([call for call in calls if call[0] > last_until]) > 1


@pytest.mark.promise("I12")
def test_threads_of_one_process_share_it_too(shared: Flask) -> None:
    taken = at_once(shared, *[lambda: Caller(company(), THEIRS).calls()] * 4)
    assert sum(taken) == 500


@pytest.mark.promise("I13")
def test_two_companies_do_not_slow_each_other(in_app: Flask) -> None:
    one, other = Caller(company("one")), Caller(company("other"))
    one.slot()
    pace.throttled(one.connection, NOW, NOW + MINUTE)
    for _ in range(30):
        pace.outcome(one.connection, NOW, False, 100)
    went = sum(other.calls(NOW + second * SECOND) for second in range(60))
    assert went == LIMITS.per_minute
    assert one.wait(NOW + 59 * SECOND).why is Why.THROTTLED


def test_two_tenants_connected_to_one_company_one_after_the_other_share_its_pace(in_app: Flask) -> None:
    Caller(company()).calls()
    assert Caller(company(), holder="b").calls() == 0


# -- slots ----------------------------------------------------------------------------------------------------


@pytest.mark.promise("Q6")
def test_the_slots_of_a_dead_holder_come_back_by_themselves(in_app: Flask) -> None:
    dead, alive = Caller(company(), holder="dead"), Caller(company(), holder="alive")
    for _ in range(LIMITS.at_once):
        dead.slot()
    assert alive.wait(NOW + 129 * SECOND).why is Why.BUSY
    assert alive.calls(NOW + 132 * SECOND) == 5


def test_a_holder_that_is_known_to_be_gone_gives_all_back_at_once(in_app: Flask) -> None:
    dead, alive = Caller(company(), holder="dead"), Caller(company(), holder="alive")
    for _ in range(LIMITS.at_once):
        dead.slot()
    pace.give_back_all(dead.connection, "dead", NOW)
    assert alive.calls() == 2  # the three count as calls of this second


def test_a_slot_given_back_counts_by_our_own_clock_unless_told(in_app: Flask, at: Callable[[int], None]) -> None:
    caller = Caller(company())
    pace.give_back(caller.connection, caller.slot(), used=False)
    pace.give_back(caller.connection, caller.slot())
    assert bell.client().get(pace.key(caller.connection)) is not None


# -- silence --------------------------------------------------------------------------------------------------


@pytest.mark.promise("I13")
def test_after_a_throttle_the_company_is_silent_a_little_longer_than_they_asked(in_app: Flask) -> None:
    caller = Caller(company())
    until = pace.throttled(caller.connection, NOW, NOW + MINUTE)
    assert NOW + MINUTE <= until <= NOW + MINUTE + MINUTE // pace.JITTER_PARTS
    assert caller.wait(until - 1) == Wait(until, Why.THROTTLED)
    assert caller.calls(until) == 2  # half of five


def test_the_caller_hears_when_the_breaker_opens_and_closes(in_app: Flask) -> None:
    connection = company()
    changes = [pace.outcome(connection, NOW, False, 100) for _ in range(25)]
    (opened,) = filter(None, changes)
    assert opened.opened
    assert opened.probe_at == NOW + 30 * SECOND
    closed = pace.outcome(connection, NOW + 31 * SECOND, True, 100)
    assert closed is not None
    assert closed.closed


def test_bulk_calls_shrink_after_a_slow_one(in_app: Flask) -> None:
    connection = company()
    assert pace.bulk_size(connection, LIMITS, NOW) == 30
    pace.outcome(connection, NOW, True, 61 * SECOND)
    assert pace.bulk_size(connection, LIMITS, NOW) == 15


def test_what_they_say_is_left_holds(in_app: Flask) -> None:
    caller = Caller(company(), THEIRS)
    pace.lower(caller.connection, THEIRS, NOW, 3)
    assert caller.calls() == 3


# -- Redis emptied, Q5 ----------------------------------------------------------------------------------------


@pytest.mark.promise("I12", "Q5")
def test_who_called_before_redis_was_emptied_goes_on_as_if_it_had_not_been(in_app: Flask) -> None:
    caller = Caller(company(), THEIRS)
    under_way = caller.slot()
    assert caller.calls() == 499
    pace.throttled(caller.connection, NOW + 1, NOW + SECOND)
    empty_redis()
    assert caller.wait(NOW + 2).why is Why.THROTTLED
    empty_redis()
    assert caller.wait(NOW + 59 * SECOND).why is Why.RATE
    pace.give_back(caller.connection, under_way, NOW + 59 * SECOND)


@pytest.mark.promise("I12", "Q5")
def test_another_process_counts_what_our_rows_tell_was_sent(in_app: Flask, stored: Connection) -> None:
    sent(stored, NOW - 61 * SECOND, closed_at=NOW - 60 * SECOND, times=9)  # out of every window
    sent(stored, NOW - 50 * SECOND, closed_at=NOW - 49 * SECOND, times=200)
    sent(stored, NOW - 63 * SECOND, closed_at=NOW - 9 * SECOND, times=10)  # slow: it may have counted at its end
    sent(stored, NOW - 40 * SECOND, closed_at=NOW - 39 * SECOND, items=30, times=15)
    caller = Caller(stored, THEIRS)
    assert caller.calls(bulk=True) == 40 - 2 * 15  # each with its look-up
    assert caller.calls() == 500 - 2 * (200 + 10 + 15) - 10


@pytest.mark.promise("I12", "Q5")
def test_a_process_that_was_away_adds_what_others_sent_meanwhile(in_app: Flask, stored: Connection) -> None:
    caller = Caller(stored, THEIRS)
    sent(stored, NOW - 5 * SECOND, closed_at=NOW - 4 * SECOND)
    assert caller.calls(NOW) == 498
    empty_redis()
    sent(stored, NOW + SECOND, closed_at=NOW + 2 * SECOND, times=3)
    assert caller.wait(NOW + 3 * SECOND).why is Why.RATE
    assert caller.calls(NOW + MINUTE) == 500 - 3  # their look-ups had no room beside what is known


def test_a_full_limit_that_was_lost_is_not_doubled(in_app: Flask, stored: Connection) -> None:
    for number in range(40):
        at = NOW - MINUTE + 1 + number * 1_500
        sent(stored, at, closed_at=at, items=30)
    caller = Caller(stored, THEIRS)
    assert caller.wait(bulk=True) == Wait(NOW + 1, Why.RATE)  # I6: bulk work goes on at once


def test_silence_that_our_rows_know_of_outlives_redis(in_app: Flask, stored: Connection) -> None:
    with writing() as session:
        session.execute(update(Connection).values(throttled_until=NOW + 5_000))
    assert Caller(stored).wait() == Wait(NOW + 5_000, Why.THROTTLED)
    empty_redis()
    another_process(in_app)
    with writing() as session:
        session.execute(update(Connection).values(throttled_until=None, silent_since=NOW - 9, probe_at=NOW + 7_000))
    assert Caller(stored).wait() == Wait(NOW + 7_000, Why.SILENT)


def test_a_day_is_counted_from_our_rows(in_app: Flask, stored: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    a_day = Limits(1_000, None, 8, 30, None, 100, 60)
    monkeypatch.setattr(pace, "_limits", lambda _connection: a_day)
    sent(stored, NOW - DAY // 2, closed_at=NOW - DAY // 2, times=30)
    sent(stored, NOW - DAY // 3, closed_at=NOW - DAY // 3, times=20)
    sent(stored, NOW - 2 * DAY, closed_at=NOW - 2 * DAY, times=7)
    caller = Caller(stored, a_day)
    assert caller.calls() == 50
    assert caller.wait().why is Why.DAY


def test_an_earlier_tenants_calls_to_the_same_company_count(in_app: Flask, stored: Connection) -> None:
    sent(stored, NOW - SECOND, closed_at=NOW - SECOND, times=100)
    with writing() as session:
        session.execute(update(Connection).values(state="disconnected"))
        tenant = people.tenant("later")
        session.add(tenant)
    assert Caller(row(connect(tenant.id)), THEIRS).calls() == 300


def test_what_cannot_be_read_is_as_good_as_lost(in_app: Flask, stored: Connection) -> None:
    sent(stored, NOW - SECOND, closed_at=NOW - SECOND, times=100)
    bell.client().set(pace.key(stored), "written by a later version")
    assert Caller(stored, THEIRS).calls() == 300


def test_a_clock_that_was_set_back_makes_nobody_wait(in_app: Flask) -> None:
    caller = Caller(company())
    caller.calls(NOW + DAY)
    empty_redis()
    assert caller.calls(NOW) == 5


# -- Redis away, and what lies in it --------------------------------------------------------------------------


@pytest.mark.parametrize("outage", ["killed", "frozen"])
def test_without_redis_nobody_gets_a_slot_and_nobody_waits_twice(
    shared: Flask, real_redis: RealRedis, outage: str
) -> None:
    caller = Caller(company())
    {"killed": real_redis.kill, "frozen": real_redis.freeze}[outage]()
    try:
        with pytest.raises(NoPace):
            caller.take()
        began = time.monotonic()
        with pytest.raises(NoPace):
            caller.take()
        assert time.monotonic() - began < 0.5
    finally:
        {"killed": real_redis.start, "frozen": real_redis.thaw}[outage]()
    bell._silence.until = 0.0
    wait_until(real_redis.answers, "Redis to be back")
    assert caller.calls() == 5


def test_who_is_overtaken_too_often_stops(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "TRIES", 0)
    with pytest.raises(NoPace):
        Caller(company()).take()


@pytest.mark.promise("I23")
def test_redis_holds_nothing_that_names_the_company_and_nothing_for_ever(in_app: Flask, stored: Connection) -> None:
    Caller(stored, THEIRS).calls()
    (name,) = bell.client().keys("*")
    text = name + bell.client().get(name)
    assert stored.company
    assert stored.company.encode() not in text
    assert stored.company_name.encode() not in text
    assert DAY < 1_000 * bell.client().ttl(name) < 2 * DAY
    assert len(text) < 8_000


def test_a_refusal_writes_nothing_unless_somebody_waits(in_app: Flask) -> None:
    caller = Caller(company())
    caller.calls()
    caller.take(lane=Lane.BULK)
    before = bell.client().get(pace.key(caller.connection))
    assert isinstance(caller.take(lane=Lane.BULK), Wait)
    assert bell.client().get(pace.key(caller.connection)) == before
