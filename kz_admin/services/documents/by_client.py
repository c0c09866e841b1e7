"""Lists that are narrowed to clients by the beginning of their name: client by client, each one's newest first.

By date alone a million invoices would be walked to find the few of these clients, or all of theirs be sorted. Client
by client an index leads to exactly the rows that are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from kz_admin import ids
from kz_admin.models.client import Client
from kz_admin.services.documents.listing import Order, Page, name_begins, page_of

R = TypeVar("R")


@dataclass(frozen=True)
class _Place:
    """The last row shown, and whose it is."""

    name_key: str
    client_id: UUID
    value: str
    row_id: UUID

    @classmethod
    def of(cls, after: str) -> _Place | None:
        parts = after.rsplit("~", 3)
        if len(parts) != 4 or "\x00" in after:
            return None
        client_id, row_id = ids.parse(parts[1]), ids.parse(parts[3])
        return cls(parts[0], client_id, parts[2], row_id) if client_id and row_id else None


@dataclass(frozen=True)
class ByClient:
    """Documents of the tenant's clients whose names begin so; `order` is theirs within a client."""

    tenant_id: UUID
    name: str
    owner: InstrumentedAttribute[UUID]
    order: Order

    def page(self, session: Session, query: Select[R], after: str, size: int) -> Page[R]:
        """Two statements: which clients fill the page, then their rows. The query has joined the client."""
        place = _Place.of(after)
        clients = self._clients(session, query, place, size)
        found: Sequence[R] = ()
        if clients:
            shown = query.where(self.order.id.in_(self._rows(query, clients, place, size)))
            sorting = self.order.sorted(shown.order_by(Client.name_key, Client.id))
            found = session.scalars(sorting.limit(size + 1)).unique().all()
        return page_of(found, size, self._key_of, first=place is None)

    def _key_of(self, row: Any) -> str:
        return f"{row.client.name_key}~{row.client_id.hex}~{self.order.key_of(row)}"

    def _clients(self, session: Session, query: Select[Any], place: _Place | None, size: int) -> list[UUID]:
        """As many as a page needs, by name; those without such documents fill nothing."""
        theirs = self._matching(query, place).where(self.owner == Client.id).correlate(Client)
        number = select(func.count()).select_from(theirs.limit(size + 1).subquery()).scalar_subquery()
        named = select(Client.id, number).where(
            Client.tenant_id == self.tenant_id, name_begins(Client.name_key, self.name), theirs.exists()
        )
        if place is not None:
            here = tuple_(literal(place.name_key), literal(place.client_id, Uuid))
            named = named.where(tuple_(Client.name_key, Client.id) >= here)
        enough: list[UUID] = []
        filled = 0
        for client_id, rows in session.execute(named.order_by(Client.name_key, Client.id).limit(size + 1)):
            enough.append(client_id)
            filled += rows
            if filled > size:
                break
        return enough

    def _rows(self, query: Select[Any], clients: list[UUID], place: _Place | None, size: int) -> Any:
        """The first of each client, at most a page of them."""
        firsts = (
            self.order.sorted(self._matching(query, place).where(self.owner == client_id)).limit(size + 1).subquery()
            for client_id in clients
        )
        return union_all(*(select(first.c[0]) for first in firsts))

    def _matching(self, query: Select[Any], place: _Place | None) -> Select[UUID]:
        """Ids of the documents that the query is about, without its client."""
        conditions: list[ColumnElement[bool]] = [] if query.whereclause is None else [query.whereclause]
        if place is not None:
            conditions.append(or_(self.owner != place.client_id, self.order.further(place.value, place.row_id)))
        return select(self.order.id).where(*conditions)
