"""The database's clock, and the offset that moves both clocks in tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, func, select, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.expression import FunctionElement

from kz_admin import clock
from kz_admin.models.base import Base
from kz_admin.models.types import UtcMs

BELIEVED_S = 0.025


class TestClock(Base):
    """One row: how far the simulated clock is ahead. Production never reads it."""

    __tablename__ = "test_clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    offset_ms: Mapped[int] = mapped_column(UtcMs)


class _DatabaseNow(FunctionElement[int]):
    type = UtcMs()
    inherit_cache = True
    name = "kz_now_ms"


@compiles(_DatabaseNow, "sqlite")
def _sqlite_now(_element: _DatabaseNow, _compiler: Any, **_kw: Any) -> str:
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"


@compiles(_DatabaseNow, "postgresql")
def _postgres_now(_element: _DatabaseNow, _compiler: Any, **_kw: Any) -> str:
    # clock_timestamp(), not now(): a lease is measured at the statement, not at the start of its transaction.
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


def db_now_ms() -> ColumnElement[int]:
    """The moment by the database's clock, as an SQL expression."""
    if not clock.simulated():
        return _DatabaseNow()
    offset = select(TestClock.offset_ms).where(TestClock.id == 1).scalar_subquery()
    return _DatabaseNow() + func.coalesce(offset, 0)


class SharedOffset:
    """Reads and moves the offset on connections of its own, so that it works inside and outside transactions.

    What was read is believed for a moment: each new row asks for its time, and asking took longer than the row.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: tuple[float, int] = (-BELIEVED_S, 0)  # when it was asked for, and the answer

    def read(self) -> int:
        asked, offset = self._known
        now = clock.monotonic()
        if now - asked < BELIEVED_S:
            return offset
        with self._engine.connect().execution_options(kz_write=False) as connection:
            found = connection.execute(text("SELECT offset_ms FROM test_clock WHERE id = 1")).scalar()
        self._known = (now, int(found or 0))
        return self._known[1]

    def advance(self, ms: int) -> None:
        with self._engine.connect().execution_options(kz_write=True) as connection, connection.begin():
            connection.execute(update(TestClock).values(offset_ms=TestClock.offset_ms + ms))
        self._known = (-BELIEVED_S, 0)
