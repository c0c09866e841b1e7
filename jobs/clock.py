"""`python -m jobs.clock`: looks every few seconds for work whose time has come, and nobody rang for.

Our own loop under a lease in the database, so that two clocks never both do the work. RQ's scheduler stalls
when its child dies, and its cron has no such lock. One failing line of the table does not stop the others;
Redis or the database being away stops nothing for good.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

import redis
from sqlalchemy.exc import SQLAlchemyError

from kz_admin import clock, create_app, crypto, logs
from kz_admin.services import audit, bell, leases, periodic
from kz_admin.services.push import ringing

log = logs.get(__name__)

LEASE = "clock"
LEASE_LASTS = clock.MINUTE
LOOK_EVERY_S = 5.0
LANE = "bulk"
CROWD = 100
TRY_AGAIN = 15 * clock.SECOND


class NobodyHeardError(Exception):
    """The bell was rung and Redis is away; the next look rings again."""


@dataclass(frozen=True)
class Work:
    """One line of the table: what comes round, how often, and what is done then."""

    name: str
    every: int
    do: Callable[[], object]


def ring(door: str) -> Callable[[], None]:
    """Ask a worker, in the lane that keeps nobody waiting.

    While no worker answers, rings would pile up and keep the first one busy with nothing for a long time.
    """

    def rung() -> None:
        if not crowded() and not bell.ring(door, lane=LANE):
            raise NobodyHeardError(door)

    return rung


def crowded() -> bool:
    try:
        return int(bell.queue(LANE).count) >= CROWD
    except redis.RedisError:
        return False  # then nobody hears the ring either, and that is said


TABLE = (
    Work("deliver_mails", 15 * clock.SECOND, ring("deliver_mails")),
    Work("deliver_chat", 15 * clock.SECOND, ring("deliver_chat")),
    Work("tell_people", 45 * clock.SECOND, ring("tell_people")),
    Work("seal_audit", clock.MINUTE, audit.seal),
    Work("keep_connections", 15 * clock.SECOND, ring("keep_connections")),
    Work("plan_documents", 15 * clock.SECOND, ring("plan_documents")),
    Work("plan_everything", clock.HOUR, ring("plan_everything")),
    Work("ring_due", 15 * clock.SECOND, ringing.ring_due),
    Work("work_receipts", 15 * clock.SECOND, ring("work_receipts")),
    Work("refresh_options", 15 * clock.MINUTE, ring("refresh_options")),
    Work("keep_past_invoices", clock.MINUTE, ring("keep_past_invoices")),
    Work("keep_house", clock.HOUR, ring("keep_house")),
)


class Clock:
    def __init__(self, table: tuple[Work, ...], holder: str) -> None:
        self._table = table
        self._holder = holder
        self._has_lease: bool | None = None  # not asked yet

    def look(self) -> None:
        """One round: whatever is due, if the lease is ours."""
        due = periodic.due(work.name for work in self._table) if self._hold() else set()
        for work in self._table:
            if work.name in due and self._hold():
                self._do(work)

    def end(self) -> None:
        if self._has_lease:
            leases.release(LEASE, self._holder)

    def _hold(self) -> bool:
        held = leases.take(LEASE, self._holder, LEASE_LASTS) is not None
        if held != self._has_lease:
            log.info("clock_leads" if held else "clock_waits", holder=self._holder)
        self._has_lease = held
        return held

    def _do(self, work: Work) -> None:
        problem, again = None, work.every
        try:
            work.do()
        except Exception as error:
            problem, again = f"{type(error).__name__}: {error}", min(work.every, TRY_AGAIN)
            if isinstance(error, NobodyHeardError):
                log.warning("bell_not_heard_by_worker", work=work.name)
            else:
                log.exception("periodic_work_failed", work=work.name)
        periodic.note(work.name, clock.now_ms() + again, logs.redact(problem))


def run(ticking: Clock, stop: threading.Event) -> None:
    """Look, rest, look again, until told to stop."""
    while not stop.is_set():
        try:
            ticking.look()
        except SQLAlchemyError as error:
            log.warning("clock_without_database", kind=type(error).__name__)
        clock.idle(stop, LOOK_EVERY_S)
    try:
        ticking.end()
    except SQLAlchemyError:
        log.warning("clock_lease_not_returned")


def new_holder() -> str:
    """Readable in the database, and never the same twice."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{crypto.token(size=6)}"


def main() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    app = create_app()
    holder = new_holder()
    log.info("clock_started", holder=holder)
    with app.app_context():
        run(Clock(TABLE, holder), stop)
    log.info("clock_stopped")


if __name__ == "__main__":
    main()
