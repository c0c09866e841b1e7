"""`python -m bench.push [--invoices N]`: what a paid invoice costs on its way, by the simulator's journal.

Calls per paid invoice; a backfill of N (10,000) paid invoices on the virtual clock, without a 429; what the worker's
process has grown to afterwards; and, in real time, how long the first call takes to leave after a hook.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import func, select

from kz_admin import clock
from kz_admin.domain.kinds import Source
from kz_admin.domain.paid_body import read as read_body
from kz_admin.domain.status import Lane
from kz_admin.models import SyncRecord
from kz_admin.models.session import reading, writing
from kz_admin.services import outbox, paid, passwords
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents.work import Work
from kz_admin.services.paid import Sender
from kz_admin.services.push import drain
from tests import cast as people
from tests.bridge import Bridge, settings
from tests.conftest import environment, make_app, migrate
from tests.fixtures.processes import bare_environment, free_port, python, wait_until
from tests.fixtures.processes import running as process
from tests.fixtures.redis import RealRedis
from tests.platform import body
from tests.simulator.machine import Machine

KNOWN, FIRST = 2, 4
BACKFILL_MINUTES, WORKER_MB, FIRST_CALL_MS = 18.5, 100.0, 150.0
IN_A_BATCH = 30


@dataclass(frozen=True)
class Line:
    what: str
    budget: float
    found: float
    unit: str

    @property
    def met(self) -> bool:
        return self.found <= self.budget


class Bench:
    """One connected company; the simulator is a process of its own, so that its work is not ours."""

    def __init__(self, folder: Path, machine: Machine, redis: RealRedis) -> None:
        url = f"sqlite:///{folder / 'bench.db'}"
        more = {"KZ_CLOCK": "simulated", "REDIS_URL": redis.url, **settings(machine)}
        migrate(url)
        self.machine = machine
        self.environment = {**bare_environment(), **environment(DATABASE_URL=url, **more)}
        self.app: Flask = make_app(url, **more)
        self.app.extensions["kz_redis"] = redis.client()
        self.bridge = Bridge(self.app, machine)
        with self.app.app_context():
            self.cast = people.assemble(passwords.hashed(people.PASSWORD))
        admin = people.sign_in(self.app, self.cast.admin, self.cast.tenant_id)
        self.bridge.connect(admin, "US")
        self.connection_id = self.bridge.connection(self.cast.tenant_id).id

    def book(self, numbers: range, *, client: str = "cus-1", lane: Lane = Lane.INTERACTIVE) -> None:
        """Paid invoices as a hook books them, many in one transaction."""
        with self.app.app_context(), writing() as session:
            work = Work(session, self.cast.tenant_id, SYSTEM, clock.now_ms())
            for number in numbers:
                said = body(
                    **{
                        "invoice.id": f"inv-{number}",
                        "invoice.number": f"B-{number}",
                        "client.id": client,
                        "client.email": f"{client}@bench.example",
                        "client.name": f"Bench {client}",
                        "payment.paid_at": None,
                        "payment.paid_on": clock.local_date(clock.now_ms(), "UTC").isoformat(),
                    }
                )
                paid.book(work, Sender(Source.PLATFORM, "UTC"), read_body(said))
        if lane is Lane.BULK:
            with self.app.app_context(), writing() as session:
                session.query(SyncRecord).update({SyncRecord.lane: lane.value})

    def push(self, lane: Lane = Lane.INTERACTIVE) -> None:
        with self.app.app_context():
            drain.run(self.connection_id, lane)

    def left(self) -> Counter[str]:
        query = select(SyncRecord.state, func.count()).group_by(SyncRecord.state)
        with self.app.app_context(), reading() as session:
            return Counter({row[0]: row[1] for row in session.execute(query)})

    def now_there(self) -> int:
        found: int = self.machine.sim("GET", "clock")["now"]
        return found

    def calls(self, since: int) -> list[dict[str, Any]]:
        found, entries = since, []
        while True:
            page = self.machine.sim("GET", "journal", since=found, limit=500)
            entries += page["entries"]
            if len(page["entries"]) < 500:
                return [one for one in entries if "/v3/company/" in one["path"]]
            found = page["next"]

    def mark(self) -> int:
        """The end of the journal as it is now."""
        at = -1
        while (end := int(self.machine.sim("GET", "journal", since=max(at, 0), limit=500)["next"])) != at:
            at = end
        return at


def calls_per_invoice(bench: Bench) -> list[Line]:
    mark = bench.mark()
    bench.book(range(1))
    bench.push()
    first = len(bench.calls(mark))
    mark = bench.mark()
    bench.book(range(1, 2))
    bench.push()
    known = len(bench.calls(mark))
    mark = bench.mark()
    bench.book(range(2, 62), lane=Lane.BULK)
    bench.push(Lane.BULK)
    bulk = len(bench.calls(mark))
    return [
        Line("calls for the first invoice of a company", FIRST, first, "calls"),
        Line("calls for an invoice of a known client", KNOWN, known, "calls"),
        Line("calls for 60 invoices of a known client", 2 * 60 / IN_A_BATCH, bulk, "calls"),
    ]


def backfill(bench: Bench, invoices: int) -> list[Line]:
    """Everything due at once, in the bulk lane; the clock moves with every wait of ours, and with the work."""
    for begin in range(1000, 1000 + invoices, 500):
        bench.book(range(begin, min(begin + 500, 1000 + invoices)), lane=Lane.BULK)
    mark, began, started = bench.mark(), bench.now_there(), time.perf_counter()
    memory = _drained_by_a_worker(bench)
    most_min = BACKFILL_MINUTES * invoices / 10_000
    took_min, took_s = (bench.now_there() - began) / 60_000, time.perf_counter() - started
    calls = bench.calls(mark)
    refused = sum(call["status"] == 429 for call in calls)
    print(f"     {invoices} invoices: {len(calls)} calls, {took_s:.0f} s of real time, {dict(bench.left())}")
    print("     the worker's child, MB: " + ", ".join(f"{name} {value:.1f}" for name, value in memory.items()))
    return [
        Line(f"{invoices} paid invoices on the virtual clock", most_min, took_min, "minutes"),
        Line("of those calls refused with 429", 0, refused, "calls"),
        Line("a worker's child afterwards, what it shares with nobody", WORKER_MB, memory["own"], "MB"),
    ]


def _drained_by_a_worker(bench: Bench) -> dict[str, float]:
    """In a process of its own, which has loaded what a worker loads and nothing of this bench."""
    worker = [sys.executable, "-m", "bench._worker", str(bench.connection_id)]
    done = subprocess.run(worker, env=bench.environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def first_call(bench: Bench) -> list[Line]:
    """From the commit that made it due to the first byte of its first call, drained at once."""
    took = []
    for number in range(200, 221):
        bench.book(range(number, number + 1))
        mark, began = bench.mark(), clock.now_ms()
        bench.push()
        took.append(bench.calls(mark)[0]["at"] - began)
    return [Line("first call after the record is due, p50", FIRST_CALL_MS, median(took[1:]), "ms")]


@contextmanager
def bench_on_a_simulator() -> Iterator[Bench]:
    folder = Path(tempfile.mkdtemp(prefix="kz-bench-"))
    port, redis = free_port(), RealRedis(folder)
    redis.start()
    try:
        with process(python("-m", "simulator", "--port", str(port)), bare_environment()) as started:
            wait_until(lambda: "ready at" in started.output(), "the simulator", 40)
            yield Bench(folder, Machine(f"http://127.0.0.1:{port}", None), redis)  # type: ignore[arg-type]
    finally:
        redis.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=10_000)
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with bench_on_a_simulator() as bench:
        lines = [*calls_per_invoice(bench), *first_call(bench), *backfill(bench, asked.invoices)]
    for line in lines:
        mark = "ok  " if line.met else "MISS"
        print(f"{mark} {line.what:52} {line.found:8.2f} (at most {line.budget:g}) {line.unit}")
    return 0 if all(line.met for line in lines) else 1


_ = outbox  # planning happens at the commit of book(); imported so that its listeners are there

if __name__ == "__main__":
    sys.exit(main())
