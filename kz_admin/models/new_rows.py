"""New rows written table by table: what the unit of work does too, at a third of its cost, which every hook would pay.

Only for rows that no session holds yet. Afterwards they are rows like any other and change the usual way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Column, Insert, Table, insert, inspect
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from kz_admin.models.base import Base


@dataclass(frozen=True)
class _Table:
    insert: Insert
    unsaid: tuple[tuple[str, Any], ...]  # each column, and what stands there when nobody said anything

    def values_of(self, row: Base) -> dict[str, Any]:
        """Also completes the row itself, so that reading it asks nobody."""
        said = vars(row)
        return {name: said.setdefault(name, otherwise) for name, otherwise in self.unsaid}


def write_new(session: Session, rows: Sequence[Base]) -> None:
    """Insert rows, a statement a table, in the order in which the tables come first; the session holds them then.

    Foreign keys have to be there: relationships fill none in here.
    """
    if not rows:
        return
    by_model: dict[type[Base], list[Base]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    connection = session.connection()
    for model, same in by_model.items():
        table = _table(model)
        connection.execute(table.insert, [table.values_of(row) for row in same])
    for row in rows:
        make_transient_to_detached(row)  # refuses a row that a session holds already
    session.add_all(rows)


@lru_cache
def _table(model: type[Base]) -> _Table:
    table = cast("Table", model.__table__)
    version = inspect(model).version_id_col
    # the unit of work begins a version with 1 too
    unsaid = tuple((column.key, 1 if column is version else _unsaid(column)) for column in table.columns)
    return _Table(insert(table), unsaid)


def _unsaid(column: Column[Any]) -> Any:
    if column.default is None:
        return None
    if not isinstance(column.default, ScalarElementColumnDefault):
        raise TypeError(f"{column} works its default out; say it when the row is made")
    return column.default.arg
