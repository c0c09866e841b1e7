"""A hook whose database is locked, full, gone or restarted is told "later"; what was accepted is there, once.

D1 and D2 of the chaos list. A 503 promises nothing and leaves nothing: the same delivery, sent again, is booked once.
"""

from __future__ import annotations

import random
import resource
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
import requests
from psycopg import sql
from sqlalchemy import func, select

from kz_admin.domain.status import SyncState
from kz_admin.models import Invoice, Payment, Receipt, SyncRecord
from kz_admin.models.session import reading
from kz_admin.services import bell
from tests.chaos.experiment import Experiment
from tests.chaos.test_hooks import Sender, count, due
from tests.fixtures import postgres

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

on_sqlite = pytest.mark.parametrize("experiment", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize(
    "experiment", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)

LOCKED_S = 10
MANY, AT_ONCE = 300, 4
NOTHING = {"client": 0, "invoice": 0, "payment": 0, "receipt": 0}
ONE = {"client": 1, "invoice": 1, "payment": 1, "receipt": 1}


@pytest.fixture
def sender(experiment: Experiment) -> Sender:
    """In real time: the simulated clock is kept in the database that these tests take away."""
    del experiment.dyno.environment["KZ_CLOCK"]
    sender = Sender(experiment)
    experiment.start("web")
    return sender


def told_later(answer: requests.Response) -> bool:
    """The whole of the answer that a sender is promised while we cannot store."""
    return (
        answer.status_code == 503
        and answer.headers["Content-Type"] == "application/problem+json"
        and answer.headers["Retry-After"].isdigit()
        and answer.json()["status"] == 503
    )


def rung(experiment: Experiment) -> int:
    with experiment.dyno.inside():
        return sum(bell.queue(lane).count for lane in bell.LANES)


def booked_once(experiment: Experiment, sender: Sender, delivery: str) -> bool:
    """Sent again and again, it is one invoice with one payment, and one record of each is due."""
    answers = [sender.send(1, delivery) for _ in range(3)]
    assert [answer.json()["outcome"] for answer in answers] == ["accepted", "repeated", "repeated"]
    assert len({answer.json()["receipt"] for answer in answers}) == 1
    assert due(experiment) == {("client", "due"): 1, ("invoice", "due"): 1, ("payment", "due"): 1}
    return count(experiment) == ONE


def file_of(experiment: Experiment) -> Path:
    return Path(experiment.dyno.environment["DATABASE_URL"].removeprefix("sqlite:///"))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program holds the database's write lock, as a backup or a migration does."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


@on_sqlite
def test_a_database_that_is_locked_for_ten_seconds_is_told_and_nothing_is_sent(
    experiment: Experiment, sender: Sender
) -> None:
    with locked(file_of(experiment)):
        began = time.monotonic()
        assert told_later(sender.send(1, "msg_1"))
        assert time.monotonic() - began < LOCKED_S  # the sender knows before the lock ends
        time.sleep(LOCKED_S - (time.monotonic() - began))
    assert (count(experiment), due(experiment), rung(experiment)) == (NOTHING, {}, 0)
    assert booked_once(experiment, sender, "msg_1")


@contextmanager
def full(experiment: Experiment, path: Path) -> Iterator[None]:
    """The write-ahead log cannot grow any more, as on a full disk: the kernel refuses the write itself."""
    log = path.with_name(f"{path.name}-wal")
    everyone = [psutil.Process(experiment.running["web"].pid)]
    everyone += everyone[0].children(recursive=True)
    for process in everyone:
        process.rlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for process in everyone:
            process.rlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@on_sqlite
def test_a_full_disk_is_told_and_leaves_nothing_half_written(experiment: Experiment, sender: Sender) -> None:
    sender.until_accepted(2, "msg_2")
    before = (count(experiment), due(experiment), rung(experiment))
    with full(experiment, file_of(experiment)):
        assert all(told_later(sender.send(1, "msg_1")) for _ in range(3))
        assert (count(experiment), due(experiment), rung(experiment)) == before
    answers = [sender.send(1, "msg_1").json()["outcome"] for _ in range(2)]
    assert answers == ["accepted", "repeated"]
    assert count(experiment) == {"client": 1, "invoice": 2, "payment": 2, "receipt": 2}


@on_postgres
def test_a_database_that_is_gone_is_told_and_what_comes_again_is_booked_once(
    experiment: Experiment, sender: Sender
) -> None:
    with gone(experiment):
        assert all(told_later(sender.send(1, "msg_1")) for _ in range(3))
    assert (count(experiment), due(experiment), rung(experiment)) == (NOTHING, {}, 0)
    assert booked_once(experiment, sender, "msg_1")


@contextmanager
def gone(experiment: Experiment) -> Iterator[None]:
    """Nobody is let in and everybody is thrown out, as while a server is away; other databases notice nothing."""
    name = database_of(experiment)
    postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
    terminate(name)
    try:
        yield
    finally:
        postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)


@on_postgres
def test_a_database_restarted_at_random_under_hooks_keeps_what_it_accepted(
    experiment: Experiment, sender: Sender
) -> None:
    seen: list[int] = []
    over = threading.Event()
    wrecker = threading.Thread(target=restart_at_random, args=(database_of(experiment), over))
    senders = [threading.Thread(target=deliver, args=(sender, first, seen)) for first in range(AT_ONCE)]
    for thread in [wrecker, *senders]:
        thread.start()
    for thread in senders:
        thread.join()
    over.set()
    wrecker.join()
    assert set(seen) == {202, 503}, Counter(seen)  # it was hit, and nothing but "yes" and "later" was ever said
    assert seen.count(202) == MANY
    every_accepted_hook_is_whole(experiment)
    assert count(experiment) == {"client": 1, "invoice": MANY, "payment": MANY, "receipt": MANY}


def deliver(sender: Sender, first: int, seen: list[int]) -> None:
    """One of the sender's threads: each delivery until it is accepted, always under the same id."""
    for number in range(first, MANY, AT_ONCE):
        status = 0
        while status != 202:
            status = sender.post(number, f"msg_{number}")
            seen.append(status)


def restart_at_random(database: str, over: threading.Event) -> None:
    dice = random.Random(26)
    while not over.wait(dice.uniform(0.01, 0.15)):
        terminate(database)


def terminate(database: str) -> None:
    """What a restart does to those who are connected; the server is shared with others, so it goes on."""
    ended = sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")
    with psycopg.connect(postgres.server_url(), autocommit=True) as connection:
        connection.execute(ended.format(sql.Literal(database)))


def database_of(experiment: Experiment) -> str:
    return urlsplit(experiment.dyno.environment["DATABASE_URL"]).path.removeprefix("/")


def every_accepted_hook_is_whole(experiment: Experiment) -> None:
    """I2: a receipt has its documents and their records. I26: each of them is in exactly one of the buckets."""
    with experiment.dyno.inside(), reading() as session:
        paid = select(Invoice.id).where(Invoice.state == "paid")
        assert set(session.scalars(select(Receipt.invoice_id))) == set(session.scalars(paid))
        for kind, model in (("invoice", Invoice), ("payment", Payment)):
            planned = session.scalars(select(SyncRecord.local_id).where(SyncRecord.kind == kind)).all()
            assert sorted(planned) == sorted(session.scalars(select(model.id)))
        grouped = select(SyncRecord.state, func.count().label("number")).group_by(SyncRecord.state)
        states = {row.state: row.number for row in session.execute(grouped)}
    assert set(states) <= {state.value for state in SyncState}
    assert sum(states.values()) == 2 * MANY + 1  # and the client
