"""One company's books in one world: its tables, its clock, and whole-or-nothing writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .faults import Fault
from .table import Obj, Table, Undo, declare_table
from .times import pacific_date, seconds_text

__all__ = ["Company", "Event", "Fault", "Obj", "Table"]


declare_table("_deleted", {"entity": lambda row: row["entity"]})


@dataclass(frozen=True)
class Event:
    """One change, for the webhooks and for the journal's `objects`."""

    entity: str
    id: str
    operation: str  # Create, Update, Delete, Merge, Void, Emailed
    at_ms: int
    more: dict[str, Any] = field(default_factory=dict)


Listener = Callable[["Company", list[Event]], None]


class Company:
    """The store. Every write happens inside `writing()`: all of it or, when anything is raised, nothing."""

    def __init__(
        self,
        key: str,
        realm: str,
        world: str,
        country: str,
        home_currency: str,
        edition: str,
        now_ms: Callable[[], int],
        multicurrency: bool = False,
    ) -> None:
        self.key = key
        self.realm = realm
        self.world = world  # "production" or "sandbox"
        self.country = country
        self.home_currency = home_currency
        self.multicurrency = multicurrency
        self.edition = edition  # a key of edition.EDITIONS
        self.subscription = "SUBSCRIBED"
        self.colleague = "Robin Achterberg"  # the other person a stale SyncToken is blamed on
        self.now_ms = now_ms
        self.lock = threading.RLock()
        self.listeners: list[Listener] = []
        self.counters: dict[str, int] = {}
        self._tables: dict[str, Table] = {}
        self._undo: Undo | None = None
        self._events: list[Event] = []

    # -- tables ---------------------------------------------------------------------------------------------------

    def table(self, name: str) -> Table:
        found = self._tables.get(name)
        if found is None:
            found = self._tables[name] = Table(name, self._record)
        return found

    def tables(self) -> list[Table]:
        return list(self._tables.values())

    def _record(self, table: Table, row_id: str, before: Obj | None) -> None:
        if self._undo is None:
            raise RuntimeError(f"{table.name} {row_id} written outside Company.writing()")
        self._undo.append((table, row_id, before))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock; on any exception put back rows, counters and events as they were. May be nested."""
        with self.lock:
            outermost = self._undo is None
            undo: Undo = [] if self._undo is None else self._undo
            self._undo = undo
            mark, events, counters = len(undo), len(self._events), dict(self.counters)
            try:
                yield
            except BaseException:
                while len(undo) > mark:
                    table, row_id, before = undo.pop()
                    table.restore(row_id, before)
                del self._events[events:]
                self.counters = counters
                raise
            finally:
                if outermost:
                    self._undo = None
            if outermost:
                self._publish()

    def _publish(self) -> None:
        events, self._events = _distinct(self._events), []
        if events:
            for listener in list(self.listeners):
                listener(self, events)

    # -- time and numbers -----------------------------------------------------------------------------------------

    def stamp(self) -> str:
        return seconds_text(self.now_ms())

    def today(self) -> str:
        return pacific_date(self.now_ms())

    def next_id(self, family: str = "txn") -> str:
        """The next number of a family: transactions share one sequence, names another, each further list its own."""
        number = self.counters.get(family, 0) + 1
        self.counters[family] = number
        return str(number)

    # -- rows -----------------------------------------------------------------------------------------------------

    def insert(self, name: str, body: Obj, family: str = "txn", operation: str = "Create") -> Obj:
        """Store a new row: Id, SyncToken "0", MetaData, domain and sparse are set here; the change is told."""
        moment = self.stamp()
        row = {
            **body,
            "domain": "QBO",
            "sparse": False,
            "Id": body.get("Id") or self.next_id(family),
            "SyncToken": "0",
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
        }
        self.table(name).put(row)
        self.emit(name, row["Id"], operation)
        return row

    def replace(self, name: str, stored: Obj, fresh: Obj, operation: str = "Update") -> Obj:
        """Store an edited copy. Equal to what is stored: nothing happens, the SyncToken stays."""
        if _content(fresh) == _content(stored):
            return stored
        row = self.touch({**fresh, "Id": stored["Id"], "domain": "QBO", "sparse": False}, bump=True, since=stored)
        self.table(name).put(row)
        self.emit(name, row["Id"], operation)
        return row

    def refresh(self, name: str, row_id: str, **changes: Any) -> Obj:
        """Something related changed (a balance, a link): LastUpdatedTime moves, the SyncToken does not."""
        stored = self.table(name).get(row_id)
        assert stored is not None, f"{name} {row_id}"
        row = self.touch({**stored, **changes}, bump=False)
        self.table(name).put(row)
        self.emit(name, row_id, "Update")
        return row

    def touch(self, row: Obj, bump: bool, since: Obj | None = None) -> Obj:
        """A stamped copy (not stored): LastUpdatedTime is now, SyncToken one higher if `bump`."""
        before = since or row
        token = int(before["SyncToken"]) + 1 if bump else int(before["SyncToken"])
        meta = {**before["MetaData"], "LastUpdatedTime": self.stamp()}
        return {**row, "SyncToken": str(token), "MetaData": meta}

    def remove(self, name: str, row_id: str, operation: str = "Delete", tell: bool = True, **more: Any) -> None:
        """Take a row out and keep a stub for change data capture."""
        self.table(name).remove(row_id)
        stub = {"Id": f"{name}/{row_id}", "entity": name, "id": row_id, "time": self.stamp()}
        self.table("_deleted").put(stub)
        if tell:
            self.emit(name, row_id, operation, **more)

    def was_deleted(self, name: str, row_id: str) -> bool:
        return f"{name}/{row_id}" in self.table("_deleted")

    def emit(self, entity: str, row_id: str, operation: str, **more: Any) -> None:
        self._events.append(Event(entity, row_id, operation, self.now_ms(), more))

    # -- the saved form -------------------------------------------------------------------------------------------

    def to_state(self) -> dict[str, Any]:
        """Plain data (dicts, lists, text, numbers, Decimal) for pickling or copying; no clock, no listeners."""
        with self.lock:
            plain = {name: getattr(self, name) for name in _PLAIN}
            tables = {table.name: table.all() for table in self.tables() if len(table)}
            return {**plain, "counters": dict(self.counters), "tables": tables}

    @classmethod
    def from_state(cls, state: dict[str, Any], now_ms: Callable[[], int]) -> Company:
        made = {name: state[name] for name in _PLAIN if name != "subscription"}
        company = cls(**made, now_ms=now_ms)
        company.subscription = state["subscription"]
        company.counters = dict(state["counters"])
        for name, rows in state["tables"].items():
            company.table(name).load(rows)
        return company


_PLAIN = (
    "key", "realm", "world", "country", "home_currency", "edition", "multicurrency", "subscription",
)  # fmt: skip
_STAMPS = frozenset(("SyncToken", "MetaData", "sparse", "domain"))


def _content(row: Obj) -> Obj:
    return {key: value for key, value in row.items() if key not in _STAMPS}


def _distinct(events: list[Event]) -> list[Event]:
    """One event per object and operation; what was made, deleted or voided in the same write is not updated besides."""
    seen: dict[tuple[str, str, str], Event] = {}
    for event in events:
        seen.setdefault((event.entity, event.id, event.operation), event)
    named = {(entity, row_id) for entity, row_id, operation in seen if operation != "Update"}
    return [each for each in seen.values() if each.operation != "Update" or (each.entity, each.id) not in named]
