"""The clock: its table, its lease, and what it survives."""

from __future__ import annotations

import os
import signal

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from jobs import clock as jobs_clock
from jobs.clock import TABLE, Clock, NobodyHeardError, Work
from jobs.doors import DOORS
from kz_admin import clock
from kz_admin.models import PeriodicWork
from kz_admin.models.session import reading
from kz_admin.services import bell
from tests.fixtures import postgres
from tests.fixtures.dyno import Dyno
from tests.fixtures.processes import wait_until
from tests.fixtures.smtp import SmtpSink


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def fail() -> None:
    raise ValueError("out of order")


def noted(name: str) -> PeriodicWork:
    with reading() as session:
        return session.scalars(select(PeriodicWork).where(PeriodicWork.name == name)).one()


def test_every_door_the_clock_rings_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(bell, "ring", lambda door, lane: bool(rung.append((door, lane))) or True)
    monkeypatch.setattr(jobs_clock, "crowded", lambda: False)
    for work in TABLE:
        if work.do.__module__ == jobs_clock.__name__:
            work.do()
    assert {"deliver_mails", "keep_house"} <= {door for door, _ in rung}
    assert [door for door, _ in rung if f"jobs.doors.{door}" not in DOORS] == []
    assert {lane for _, lane in rung} == {"bulk"}


def test_what_nobody_heard_is_said_and_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "ring", lambda _door, lane: False)
    monkeypatch.setattr(jobs_clock, "crowded", lambda: False)
    with pytest.raises(NobodyHeardError):
        jobs_clock.ring("deliver_mails")()


def test_while_no_worker_answers_the_rings_do_not_pile_up(in_app: Flask) -> None:
    for _ in range(jobs_clock.CROWD + 50):
        jobs_clock.ring("deliver_mails")()
    assert bell.queue("bulk").count == jobs_clock.CROWD


def test_of_two_clocks_one_works_until_it_lets_go(in_app: Flask) -> None:
    counter = Counter()
    table = (Work("count", 0, counter),)
    first, second = Clock(table, "first"), Clock(table, "second")
    first.look()
    second.look()
    assert counter.count == 1
    first.end()
    second.look()
    assert counter.count == 2


def test_work_comes_round_when_its_time_has_come_and_not_before(in_app: Flask, at: object) -> None:
    counter = Counter()
    ticking = Clock((Work("count", clock.HOUR, counter),), "only")
    ticking.look()
    ticking.look()
    assert counter.count == 1
    at(clock.HOUR + 1)  # type: ignore[operator]
    ticking.look()
    assert counter.count == 2


def test_one_failing_work_does_not_stop_the_others_and_is_tried_again_soon(in_app: Flask) -> None:
    counter = Counter()
    Clock((Work("broken", clock.HOUR, fail), Work("sound", clock.HOUR, counter)), "only").look()
    assert counter.count == 1
    broken, sound = noted("broken"), noted("sound")
    assert broken.last_problem == "ValueError: out of order"
    assert broken.last_ok_at is None
    assert broken.due_at < sound.due_at
    assert sound.last_problem is None
    assert sound.last_ok_at is not None


def test_a_database_that_is_away_does_not_end_the_clock(in_app: Flask) -> None:
    class Away(Clock):
        looks = 0

        def look(self) -> None:
            self.looks += 1
            if self.looks == 2:
                stop.set()
            raise OperationalError("SELECT 1", {}, Exception("away"))

        def end(self) -> None:
            raise OperationalError("SELECT 1", {}, Exception("away"))

    stop = _Impatient()
    away = Away((), "only")
    jobs_clock.run(away, stop)
    assert away.looks == 2


class _Impatient(jobs_clock.threading.Event):
    """Rests not at all."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


@pytest.mark.postgres
def test_two_real_clocks_have_one_leader_and_the_other_takes_over_when_it_is_killed(dyno: Dyno) -> None:
    dyno.environment["KZ_CLOCK"] = "simulated"
    first = dyno.start("clock")
    first.wait_for_output("clock_leads")
    second = dyno.start("clock")
    second.wait_for_output("clock_waits")
    first.kill()
    dyno.let_time_pass(61)  # the lease of the dead one
    second.wait_for_output("clock_leads")


@pytest.mark.postgres
def test_a_clock_that_ends_hands_over_at_once(dyno: Dyno) -> None:
    first = dyno.start("clock")
    first.wait_for_output("clock_leads")
    second = dyno.start("clock")
    second.wait_for_output("clock_waits")
    first.send(signal.SIGTERM)
    assert first.exit_code() == 0
    second.wait_for_output("clock_leads", seconds=15)


@pytest.mark.postgres
@pytest.mark.slow
def test_the_clock_goes_on_after_redis_and_the_database_were_away(dyno: Dyno, smtp: SmtpSink) -> None:
    dyno.environment["SMTP_URL"] = smtp.url
    ticking, worker = dyno.start("clock"), dyno.start("worker")
    worker.wait_for_output("queue=bulk")
    ticking.wait_for_output("clock_leads")

    dyno.redis.kill()
    ticking.wait_for_output("bell_not_heard", seconds=30)
    close_to_connections(dyno.environment["DATABASE_URL"], closed=True)
    ticking.wait_for_output("clock_without_database", seconds=30)
    close_to_connections(dyno.environment["DATABASE_URL"], closed=False)
    dyno.redis.start()
    dyno.write_mail("After the outage")
    wait_until(lambda: smtp.subjects() == ["After the outage"], "the sweep to find the mail", seconds=40)
    assert os.getpgid(ticking.pid)  # the same process as before


def close_to_connections(url: str, closed: bool) -> None:
    """A database that is there and refuses everyone: as near to a server that is down as a shared one allows."""
    name = url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
    with psycopg.connect(postgres.server_url(), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS {not closed}')
        if closed:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
