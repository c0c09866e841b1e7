"""The worker: which doors it opens, one queue a process, and what it survives."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from rq import Queue
from rq.exceptions import StopRequested
from rq.job import Callback
from rq.serializers import JSONSerializer, PickleSerializer
from rq.worker import WorkerStatus

from jobs import worker
from jobs.door_job import DoorJob, UnknownDoorError
from jobs.draining_worker import NUDGE, DrainingWorker
from kz_admin.services.bell import LANES
from tests.fixtures.dyno import Dyno
from tests.fixtures.processes import Running, wait_until
from tests.fixtures.redis import RealRedis
from tests.fixtures.smtp import SmtpSink


def test_the_first_child_serves_clicks_and_hooks_and_all_others_serve_bulk() -> None:
    assert worker.lanes(2) == ["interactive", "bulk"]
    assert worker.lanes(4) == ["interactive", "bulk", "bulk", "bulk"]
    assert set(worker.lanes(2)) == set(LANES)


@pytest.mark.promise("A57")
def test_a_job_may_open_a_door_and_name_nothing_else(real_redis: RealRedis) -> None:
    with real_redis.client() as redis:
        for name in ("os.system", "jobs.doors.mails.deliver_due", "jobs.worker.main"):
            job = DoorJob.create(name, connection=redis, serializer=JSONSerializer)
            with pytest.raises(UnknownDoorError):
                _ = job.func
        door = DoorJob.create("jobs.doors.keep_house", connection=redis, serializer=JSONSerializer)
        assert door.func.__name__ == "keep_house"


@pytest.mark.postgres
@pytest.mark.promise("A56", "A57")
def test_foreign_orders_in_redis_are_not_carried_out_and_the_worker_goes_on(
    dyno: Dyno, smtp: SmtpSink, tmp_path: Path
) -> None:
    dyno.environment["SMTP_URL"] = smtp.url
    made = [tmp_path / name for name in ("by-name", "by-pickle", "by-callback")]
    with dyno.redis.client() as redis:
        in_json = Queue("interactive", connection=redis, serializer=JSONSerializer)
        in_json.enqueue("os.mkdir", str(made[0]))
        Queue("interactive", connection=redis, serializer=PickleSerializer).enqueue(os.mkdir, str(made[1]))
        in_json.enqueue("jobs.doors.deliver_mails", on_success=Callback("tests.processes.test_worker.leave_a_trace"))
        in_json.enqueue("jobs.doors.nothing", on_failure=Callback("tests.processes.test_worker.leave_a_trace"))
    started = dyno.start("worker", KZ_TRACE=str(made[2]))
    started.wait_for_output("queue=interactive")
    dyno.write_mail("After them")
    assert dyno.ring()
    wait_until(lambda: smtp.subjects() == ["After them"], "the mail behind the foreign orders", seconds=30)
    assert not any(path.exists() for path in made)


def leave_a_trace(*_: object) -> None:
    Path(os.environ["KZ_TRACE"]).mkdir()


@pytest.mark.postgres
def test_a_killed_child_is_replaced_and_its_queue_is_served_again(dyno: Dyno, smtp: SmtpSink) -> None:
    dyno.environment["SMTP_URL"] = smtp.url
    started = dyno.start("worker")
    # Both listen before both are killed: one killed while it starts would never say so, and two could not become four.
    wait_until(lambda: started.output().count("worker_listens") == 2, "two children")
    children = psutil.Process(started.pid).children()
    assert len(children) == 2
    for child in children:
        child.kill()
    wait_until(lambda: started.output().count("worker_listens") == 4, "two other children", seconds=40)
    dyno.write_mail("To the others")
    assert dyno.ring()
    wait_until(lambda: smtp.subjects() == ["To the others"], "the mail")


@pytest.mark.postgres
def test_a_killed_worker_takes_its_children_along(dyno: Dyno) -> None:
    started = dyno.start("worker")
    started.wait_for_output("queue=bulk")
    started.kill()
    started.wait_until_nothing_is_left(seconds=5)


@pytest.mark.postgres
def test_a_worker_that_starts_before_redis_serves_as_soon_as_it_is_there(dyno: Dyno) -> None:
    dyno.redis.kill()
    started = dyno.start("worker")
    started.wait_for_output("worker_without_redis")
    dyno.redis.start()
    started.wait_for_output("worker_listens", seconds=30)


@pytest.mark.postgres
@pytest.mark.promise("I6")
def test_due_work_starts_within_thirty_seconds_of_the_return_of_an_emptied_redis(dyno: Dyno, smtp: SmtpSink) -> None:
    dyno.environment["SMTP_URL"] = smtp.url
    running = [dyno.start("worker"), dyno.start("clock")]
    running[0].wait_for_output("queue=bulk")
    dyno.redis.kill()
    dyno.redis.forget()
    dyno.write_mail("Nobody heard")
    assert not dyno.ring()
    dyno.redis.start()
    wait_until(lambda: smtp.subjects() == ["Nobody heard"], "the mail", seconds=30)
    assert all(each.process.poll() is None for each in running)


@pytest.mark.postgres
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_worker_ends_at_once_when_only_the_parent_is_asked(dyno: Dyno, number: int) -> None:
    started: Running = dyno.start("worker")
    started.wait_for_output("queue=interactive")
    started.wait_for_output("queue=bulk")
    started.send(number)
    assert started.exit_code(5) == 0
    started.wait_until_nothing_is_left(seconds=1)


def test_who_asks_on_is_heard_where_the_first_word_was_lost_but_ends_no_job(real_redis: RealRedis) -> None:
    with real_redis.client() as redis:
        asked = DrainingWorker(["bulk"], connection=redis, serializer=JSONSerializer)
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, NUDGE)}
        try:
            asked._install_signal_handlers()
            signal.raise_signal(NUDGE)  # nobody asked it to stop
            with suppress(Exception):  # as a library may swallow it
                signal.raise_signal(signal.SIGTERM)
            with pytest.raises(StopRequested):
                signal.raise_signal(NUDGE)
            asked._state, asked._shutdown_requested_date = WorkerStatus.BUSY, datetime(2026, 1, 1, tzinfo=UTC)
            signal.raise_signal(NUDGE)
            signal.raise_signal(signal.SIGTERM)  # long after the first: a dyno and our parent both ask
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
