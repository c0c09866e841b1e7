"""A beginning that many tests share is made once and brought back, on both sides at once: rows, Redis, their world,
and the time it was. Connecting a company and reading its lists took a third of most experiments.

What is brought back is what was; only what a process of ours remembers besides (the pace while Redis is away) begins
anew. Whoever did something before asking for it gets it made anew.
"""

from __future__ import annotations

import copy
import pickle
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import redis
from flask import Flask
from sqlalchemy import event, text

from kz_admin import simulated_time
from kz_admin.models.session import engine
from kz_admin.providers import oauth
from simulator.frame import picture
from tests.fixtures import postgres
from tests.fixtures.processes import wait_until
from tests.simulator.machine import Machine

T = TypeVar("T")
COUNTED = ("_hits", "_shut", "_meters")
READS = ("SELECT", "PRAGMA", "BEGIN", "SHOW", "SET")


@dataclass(frozen=True)
class Place:
    """One application, its database and Redis, and the simulator beside it; nobody else is at work in it."""

    app: Flask
    url: str
    machine: Machine
    redis: redis.Redis


@dataclass(frozen=True)
class Moment:
    bring_rows_back: Callable[[], None] = field(repr=False)
    keys: dict[bytes, tuple[int, bytes]] = field(repr=False)
    world: bytes = field(repr=False)
    limits: dict[str, Any]  # what their limiter has counted
    at_ms: int  # by the clock of this machine
    endpoints: dict[str, Any]
    facts: Any


class Story:
    """How one test comes from moment to moment. What else it does ends the story: nothing more is brought back."""

    _kept: dict[tuple[str, str, str], Moment] = {}  # noqa: RUF012 - shared by all tests of this process

    def __init__(self, place: Place) -> None:
        self._place = place
        self._now = "the seed"
        self._wrote = False
        with place.app.app_context():
            self._engine = engine()
        event.listen(self._engine, "before_cursor_execute", self._notice)
        self._world = self._their_world()

    def end(self) -> None:
        event.remove(self._engine, "before_cursor_execute", self._notice)

    def come_to(self, name: str, make: Callable[[], T]) -> T:
        """What `make` brings about and tells, plain values that nobody changes; from the second time on at once."""
        if self._wrote or self._their_world() != self._world:
            return make()
        self._now += f", {name}"
        key = (self._now, self._place.url, self._place.machine.base)
        held = self._kept.get(key)
        if held is None:
            self._until_nobody_is_at_work()
            held = self._kept[key] = self._taken(make())
        else:
            self._bring_back(held)
        self._wrote, self._world = False, self._their_world()
        told: T = held.facts
        return told

    def leave(self) -> None:
        """Another process may write from now on."""
        self._wrote = True

    def _notice(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self._wrote = self._wrote or not statement.lstrip().startswith(READS)

    def _their_world(self) -> bytes:
        """All but what only time changes."""
        world = self._place.machine.world
        changes = [slot.changes for slot in world.slots if slot.built]
        about = {**picture.about(world), "offset_ms": 0}
        return pickle.dumps((about, world.journal.last, [each.id for each in world.faults.all()], changes))

    def _until_nobody_is_at_work(self) -> None:
        """A call of the experiment before may still be held up over there: what it does must not be kept as ours."""
        at_work = self._place.machine.world.limits._running
        wait_until(lambda: not any(at_work.values()), "the calls of before to end", 30)

    # -- both sides ---------------------------------------------------------------------------------

    def _taken(self, facts: Any) -> Moment:
        place = self._place
        self._engine.dispose()
        return Moment(
            bring_rows_back=_rows(place.url),
            keys={key: (place.redis.pttl(key), place.redis.dump(key)) for key in place.redis.keys("*")},
            world=pickle.dumps(picture.taken(place.machine.world)),
            limits={name: copy.deepcopy(getattr(place.machine.world.limits, name)) for name in COUNTED},
            at_ms=_machine_ms(),
            endpoints=dict(oauth._discovered),
            facts=facts,
        )

    def _bring_back(self, moment: Moment) -> None:
        place = self._place
        self._engine.dispose()
        moment.bring_rows_back()
        place.redis.flushall()
        for key, (lasts_ms, content) in moment.keys.items():
            place.redis.restore(key, max(lasts_ms, 0), content)
        place.machine.world.reset()
        picture.put_back(place.machine.world, pickle.loads(moment.world))
        for name, counted in moment.limits.items():
            setattr(place.machine.world.limits, name, copy.deepcopy(counted))
        oauth._discovered.clear()
        oauth._discovered.update(moment.endpoints)
        self._make_it_then(moment.at_ms)

    def _make_it_then(self, at_ms: int) -> None:
        """It is the time it was, for us and for them, whatever this machine's clock says."""
        ago_ms = _machine_ms() - at_ms
        world = self._place.machine.world
        world.clock.offset_ms -= ago_ms
        with self._engine.begin() as connection:
            connection.execute(text("UPDATE test_clock SET offset_ms = offset_ms - :ago_ms"), {"ago_ms": ago_ms})
        simulated_time.init_app(self._place.app)  # what it believed of the time is of before


def _rows(url: str) -> Callable[[], None]:
    if not url.startswith("sqlite"):
        held = postgres.Rows.of(url)
        return lambda: held.bring_back(url)
    path = Path(url.partition("///")[2])
    content = _one_file(path)
    return lambda: _write(path, content)


def _one_file(path: Path) -> bytes:
    with sqlite3.connect(path) as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not busy, "somebody still reads this database"
    connection.close()
    return path.read_bytes()


def _write(path: Path, content: bytes) -> None:
    for left in ("-wal", "-shm"):
        path.with_name(f"{path.name}{left}").unlink(missing_ok=True)
    path.write_bytes(content)


def _machine_ms() -> int:
    return int(time.time() * 1000)
