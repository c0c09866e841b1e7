"""The journal: every request a provider got, its answer and what it wrote. The judge of exactly once."""

from __future__ import annotations

import pickle
import threading
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlencode

PACK = 512  # entries compressed together; newer ones stay loose
KEEP_LOOSE = 2048

Wanted = Mapping[str, str | tuple[str, ...]]  # a tuple: any of these


@dataclass
class Entry:
    """One request. `status` and `response` are None when the connection was cut before an answer."""

    seq: int
    at: int
    provider: str
    environment: str
    company: str | None
    client: str | None
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str
    status: int | None
    response: str | None
    committed: bool
    request_id: str | None
    objects: list[dict[str, str]] = field(default_factory=list)
    fault: str | None = None
    replayed: bool = False
    until: int = 0  # when it was answered or cut


FIELDS = tuple(each.name for each in fields(Entry))
FILTERS = ("provider", "environment", "company", "client", "method", "path", "request_id")


class Journal:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._packs: list[tuple[int, bytes]] = []  # (last seq inside, compressed entries)
        self._loose: list[Entry] = []
        self._last = 0
        self._amended: list[Entry] = []

    @property
    def last(self) -> int:
        return self._last

    def add(self, entry: Entry) -> Entry:
        with self._lock:
            self._last += 1
            entry.seq = self._last
            self._loose.append(entry)
            if len(self._loose) >= KEEP_LOOSE + PACK:
                self._pack()
        return entry

    def _pack(self) -> None:
        old, self._loose = self._loose[:PACK], self._loose[PACK:]
        self._packs.append((old[-1].seq, _packed(old)))

    def amend(self, entry: Entry) -> None:
        """An entry already added has changed (a slow commit came through)."""
        with self._lock:
            self._amended.append(entry)
            for place, (last, blob) in enumerate(self._packs):
                if entry.seq <= last:
                    packed = [entry if each.seq == entry.seq else each for each in _unpack(blob)]
                    self._packs[place] = (last, _packed(packed))
                    return

    def take_amended(self, until: int) -> list[Entry]:
        """Entries up to that one that have changed since the last call."""
        with self._lock:
            amended = [each for each in self._amended if each.seq <= until]
            self._amended.clear()
        return amended

    def since(self, seq: int = 0) -> Iterator[Entry]:
        """Entries later than that one, oldest first."""
        with self._lock:
            packs = [blob for last, blob in self._packs if last > seq]
            loose = list(self._loose)
        for blob in packs:
            yield from (each for each in _unpack(blob) if each.seq > seq)
        yield from (each for each in loose if each.seq > seq)

    def search(self, seq: int, wanted: Wanted) -> list[dict[str, Any]]:
        return [asdict(each) for each in self.since(seq) if matches(each, wanted)]

    def clear(self) -> None:
        with self._lock:
            self._packs, self._loose, self._last = [], [], 0

    def load(self, entries: list[Entry]) -> None:
        self.clear()
        for entry in entries:
            self.add(entry)


def _packed(entries: list[Entry]) -> bytes:
    return zlib.compress(pickle.dumps(entries), 1)


def _unpack(blob: bytes) -> list[Entry]:
    entries: list[Entry] = pickle.loads(zlib.decompress(blob))  # noqa: S301 - our own bytes
    return entries


def matches(entry: Any, wanted: Wanted) -> bool:
    """The one way control filters requests: equal; path, query and body: a part of it; path: or a pattern with `*`."""
    return all(_fits(name, getattr(entry, name), value) for name, value in wanted.items())


def _fits(name: str, actual: Any, value: str | tuple[str, ...]) -> bool:
    if actual is None:
        return False
    if isinstance(value, tuple):
        return actual in value
    if name == "path" and "*" in value:
        return fnmatchcase(actual, value) or fnmatchcase(actual, f"*{value}")
    if name in ("path", "body"):
        return value in actual
    if name == "query":
        return value in urlencode(actual)
    return bool(actual.lower() == value.lower() if name == "method" else actual == value)
