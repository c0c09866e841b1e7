"""Lists by key: as fast at a million rows as at a hundred. Downloads are the same pages, without end."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from flask import has_app_context
from sqlalchemy import ColumnElement, Select, Uuid, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from kz_admin import crypto, ids
from kz_admin.domain.failures import Throttled
from kz_admin.domain.names import name_key
from kz_admin.models.session import allow_writes, reading
from kz_admin.services import leases
from kz_admin.services.csv_lines import csv_line

PAGE = 50
CHANGED_AT_ONCE = 1_000  # of a whole filter, in one transaction
DOWNLOADED_AT_ONCE = 500
DOWNLOAD_LEASE_MS = 60_000
COUNTED_AT_MOST = 500
LAST_LETTER = "\U0010ffff"

R = TypeVar("R")


@dataclass(frozen=True)
class Page(Generic[R]):
    rows: Sequence[R]
    next: str | None  # the key of the next page, None on the last
    first: bool


@dataclass(frozen=True)
class Selection:
    """What one transaction of a whole filter is about, as its list goes."""

    ids: list[UUID]
    next: str = ""  # the key at which the next turn begins; empty when this is the last


class Sorted(Protocol):
    """An order in which a query is shown page by page."""

    def page(self, session: Session, query: Select[R], after: str, size: int) -> Page[R]: ...


@dataclass(frozen=True)
class Order:
    """The column a list is sorted by; the id decides between equals."""

    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
    id: InstrumentedAttribute[UUID]
    descending: bool = False

    def page(self, session: Session, query: Select[R], after: str, size: int) -> Page[R]:
        beyond = self.beyond(after)
        found = session.scalars(self.sorted(query if beyond is None else query.where(beyond)).limit(size + 1))
        return page_of(found.unique().all(), size, self.key_of, first=beyond is None)

    def key_of(self, row: Any) -> str:
        return f"{getattr(row, self.column.key)}~{row.id.hex}"

    def sorted(self, query: Select[R]) -> Select[R]:
        columns = (self.column, self.id)
        return query.order_by(*(column.desc() if self.descending else column.asc() for column in columns))

    def beyond(self, after: str) -> ColumnElement[bool] | None:
        value, _, row_id = after.rpartition("~")
        known = ids.parse(row_id)
        return None if known is None or "\x00" in value else self.further(value, known)

    def further(self, value: str, row_id: UUID) -> ColumnElement[bool]:
        """What comes after this row."""
        here = tuple_(self.column, self.id)
        there = tuple_(literal(value), literal(row_id, Uuid))
        return here < there if self.descending else here > there


def page(session: Session, query: Select[R], order: Sorted, after: str = "", size: int = PAGE) -> Page[R]:
    """One screen of the query. A key that makes no sense begins at the beginning (AX-10)."""
    return order.page(session, query, after, size)


def page_of(found: Sequence[R], size: int, key_of: Callable[[R], str], *, first: bool) -> Page[R]:
    """The first `size` of these; if there are more, the last one shown says where the next page begins."""
    shown = found[:size]
    return Page(shown, key_of(shown[-1]) if len(found) > size else None, first)


def selection(query: Select[Any], order: Sorted, after: str = "") -> Selection:
    """More than a thousand take several turns, each from where the one before ended."""
    with reading() as session:
        found = page(session, query, order, after, CHANGED_AT_ONCE)
    return Selection([row.id for row in found.rows], found.next or "")


def begins_with(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], key: str
) -> ColumnElement[bool]:
    """A range that an index answers on both databases, which LIKE is not."""
    return (column >= key) & (column < key + LAST_LETTER)


def name_begins(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    return begins_with(column, name_key(text))


def counted(session: Session, queries: dict[str, Select[Any]]) -> dict[str, int]:
    """How many rows each query finds, counting no further than 500: one statement, bounded whatever the size."""
    capped = [
        select(func.count()).select_from(query.limit(COUNTED_AT_MOST + 1).subquery()).scalar_subquery()
        for query in queries.values()
    ]
    return dict(zip(queries, session.execute(select(*capped)).one(), strict=True))


def download(
    tenant_id: UUID,
    head: Sequence[str],
    query: Select[R],
    order: Sorted,
    cells: Callable[[R], Sequence[object]],
) -> Generator[str]:
    """All rows as CSV, line by line in constant memory; one download at a time per tenant (A70)."""
    name, holder = f"download {tenant_id}", crypto.token(size=12)
    if leases.take(name, holder, DOWNLOAD_LEASE_MS) is None:
        raise Throttled("Another download of this tenant is running. Try again when it is done.", 30)
    lines = _lines(name, holder, head, query, order, cells)
    next(lines)  # begun, so that an answer nobody reads gives the lease back when it is closed
    return lines


def _lines(
    name: str,
    holder: str,
    head: Sequence[str],
    query: Select[R],
    order: Sorted,
    cells: Callable[[R], Sequence[object]],
) -> Generator[str]:
    try:
        yield ""
        yield csv_line(head)
        after: str | None = ""
        while after is not None:
            with reading() as session:
                batch = page(session, query, order, after, DOWNLOADED_AT_ONCE)
            yield "".join(csv_line(cells(row)) for row in batch.rows)
            after = batch.next
            if after is not None:
                allow_writes()
                leases.take(name, holder, DOWNLOAD_LEASE_MS)
    finally:
        # An answer that nobody began to read is thrown away outside of any application: then the lease simply ends.
        if has_app_context():
            allow_writes()  # a stream has a context of its own, in which the mark of its view is lost
            leases.release(name, holder)
