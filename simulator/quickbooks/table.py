"""Rows of one kind in one company, with secondary indexes and an undo log.

Stored rows are never changed in place: take a copy, change it, `put` it. That makes a refused write leave no trace
(the undo log puts the old row back) and lets a reader keep what it got.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Obj = dict[str, Any]
Key = str | tuple[str, ...] | None
Indexes = Mapping[str, Callable[[Obj], Key]]
Undo = list[tuple["Table", str, Obj | None]]

_DECLARED: dict[str, Indexes] = {}


def declare_table(name: str, indexes: Indexes) -> None:
    """Name a table's indexes: `{"DocNumber": lambda row: row.get("DocNumber")}`; a tuple gives a row several keys."""
    _DECLARED[name] = dict(indexes)


def fold(value: str) -> str:
    """The form in which QuickBooks compares text: case does not count."""
    return value.casefold()


def reference(field: str) -> Callable[[Obj], Key]:
    """An index function for the id in a reference field."""

    def key(row: Obj) -> Key:
        ref = row.get(field)
        return ref.get("value") if ref else None

    return key


class Table:
    def __init__(self, name: str, log: Callable[[Table, str, Obj | None], None]) -> None:
        self.name = name
        self._log = log
        self._indexes = _DECLARED.get(name, {})
        self._rows: dict[str, Obj] = {}
        self._keys: dict[str, dict[str, tuple[str, ...]]] = {index: {} for index in self._indexes}
        self._found: dict[str, dict[str, dict[str, None]]] = {index: {} for index in self._indexes}
        self._in_order = True

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._rows

    def get(self, row_id: str) -> Obj | None:
        return self._rows.get(row_id)

    def all(self) -> list[Obj]:
        """Every row, oldest id first."""
        if not self._in_order:
            self._rows = dict(sorted(self._rows.items(), key=lambda pair: _order(pair[0])))
            self._in_order = True
        return list(self._rows.values())

    def has_index(self, index: str) -> bool:
        return index in self._indexes

    def by(self, index: str, value: str) -> list[Obj]:
        """Rows whose indexed value is this one, case ignored."""
        return [self._rows[row_id] for row_id in self._found[index].get(fold(value), ())]

    def first(self, index: str, value: str) -> Obj | None:
        for row_id in self._found[index].get(fold(value), ()):
            return self._rows[row_id]
        return None

    def put(self, row: Obj) -> Obj:
        row_id = row["Id"]
        self._log(self, row_id, self._rows.get(row_id))
        self._store(row_id, row)
        return row

    def remove(self, row_id: str) -> None:
        self._log(self, row_id, self._rows[row_id])
        self._drop(row_id)

    def restore(self, row_id: str, row: Obj | None) -> None:
        """Take one step of the undo log back."""
        if row is None:
            self._drop(row_id)
            return
        if row_id not in self._rows:
            self._in_order = False
        self._store(row_id, row)

    def load(self, rows: Iterable[Obj]) -> None:
        """Fill from a saved state; nothing to undo."""
        for row in rows:
            self._store(row["Id"], row)

    def _store(self, row_id: str, row: Obj) -> None:
        self._rows[row_id] = row
        for index, key_of in self._indexes.items():
            fresh = _folded(key_of(row))
            held = self._keys[index].get(row_id, ())
            if fresh != held:
                self._unindex(index, row_id, held)
                self._index(index, row_id, fresh)

    def _drop(self, row_id: str) -> None:
        del self._rows[row_id]
        for index, keys in self._keys.items():
            self._unindex(index, row_id, keys.pop(row_id, ()))

    def _index(self, index: str, row_id: str, keys: tuple[str, ...]) -> None:
        self._keys[index][row_id] = keys
        for key in keys:
            self._found[index].setdefault(key, {})[row_id] = None

    def _unindex(self, index: str, row_id: str, keys: tuple[str, ...]) -> None:
        for key in keys:
            holders = self._found[index][key]
            holders.pop(row_id, None)
            if not holders:
                del self._found[index][key]


def _folded(key: Key) -> tuple[str, ...]:
    if key is None or key == "":
        return ()
    if isinstance(key, str):
        return (fold(key),)
    return tuple(dict.fromkeys(fold(each) for each in key if each))


def _order(row_id: str) -> int:
    return int(row_id) if row_id.isdigit() else 0
