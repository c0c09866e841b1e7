"""What the page of past invoices shows: how far the look is, both sides, and what differs. Reads our database only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.config import Config
from kz_admin.domain.names import number_key
from kz_admin.domain.past_invoices import Differs, Verdict, may_be_linked
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.invoice import Invoice
from kz_admin.models.past_invoice import PastInvoice, PastLook
from kz_admin.models.session import reading
from kz_admin.providers import PROVIDERS
from kz_admin.services import past_candidates, past_linking, past_reading
from kz_admin.services.documents.listing import Order, Page, begins_with, page
from kz_admin.services.past_candidates import Span

SAME, DIFFERS, OURS, THEIRS = "same", "differs", "ours", "theirs"
TABS = (SAME, DIFFERS, OURS, THEIRS)
COUNTED_AT_MOST = 2_000


@dataclass(frozen=True)
class Filters:
    show: str = ""
    q: str = ""


@dataclass(frozen=True)
class Row:
    """One of theirs, one of ours, or both beside each other."""

    theirs: PastInvoice | None = None
    ours: Invoice | None = None
    client: str = ""

    @property
    def differs(self) -> Sequence[Differs]:
        return past_linking.differs_of(self.theirs) if self.theirs else ()

    @property
    def may_be_linked(self) -> bool:
        return self.theirs is not None and self.ours is not None and may_be_linked(self.differs)


@dataclass(frozen=True)
class Board:
    look: PastLook | None
    waiting: Span  # ours that no look has settled
    counts: Mapping[str, int]
    linked: int
    page: Page[Row]
    under_way: int  # confirmed, and not linked yet
    can_look: bool

    @property
    def reading(self) -> bool:
        return self.look is not None and self.look.finished_at is None

    @property
    def compared(self) -> bool:
        return self.look is not None and self.look.finished_at is not None


def of(connection: Connection, filters: Filters, after: str) -> Board:
    under_way = past_linking.waiting(connection)
    with reading() as session:
        look = session.scalar(select(PastLook).where(PastLook.connection_id == connection.id))
        compared = look is not None and look.finished_at is not None
        found = how_many(session, connection) if compared else {}
        return Board(
            look=look,
            waiting=past_candidates.span(session, connection, COUNTED_AT_MOST),
            counts={**found, OURS: _count_ours(session, connection, look)} if look and compared else {},
            linked=found.get(Verdict.LINKED.value, 0),
            page=_page(session, connection, look, filters, after) if look and compared else Page([], None, first=True),
            under_way=under_way,
            can_look=past_reading.reader_of(connection) is not None,
        )


@dataclass(frozen=True)
class Stand:
    """In a line of the set-up page."""

    reading: bool = False
    compared: bool = False
    same: int = 0
    differs: int = 0

    @property
    def settled(self) -> bool:
        return self.compared and not self.same and not self.differs


def stand_of(session: Session, connection: Connection) -> Stand:
    look = session.scalar(select(PastLook).where(PastLook.connection_id == connection.id))
    if look is None or look.finished_at is None:
        return Stand(reading=look is not None)
    found = how_many(session, connection)
    return Stand(compared=True, same=found[SAME], differs=found[DIFFERS])


def how_many(session: Session, connection: Connection) -> dict[str, int]:
    """Of theirs, by tab; and those that are tied to one of ours."""
    query = select(PastInvoice.verdict, func.count()).where(PastInvoice.connection_id == connection.id)
    found = dict(session.execute(query.group_by(PastInvoice.verdict)).all())
    named = {SAME: Verdict.SAME, DIFFERS: Verdict.DIFFERS, THEIRS: Verdict.ONLY_THERE, "linked": Verdict.LINKED}
    return {name: found.get(verdict.value, 0) for name, verdict in named.items()}


def _page(session: Session, connection: Connection, look: PastLook, filters: Filters, after: str) -> Page[Row]:
    if filters.show == OURS:
        query = _only_ours(connection, look)
        query = query.where(begins_with(Invoice.number_key, number_key(filters.q))) if filters.q else query
        found = page(session, query, Order(Invoice.issued_on, Invoice.id, descending=True), after)
        clients = _clients(session, found.rows)
        rows = [Row(ours=one, client=clients[one.client_id]) for one in found.rows]
        return Page(rows, found.next, found.first)
    verdict = {DIFFERS: Verdict.DIFFERS, THEIRS: Verdict.ONLY_THERE}.get(filters.show, Verdict.SAME)
    mine = (PastInvoice.connection_id == connection.id, PastInvoice.verdict == verdict.value)
    query_theirs = select(PastInvoice).where(*mine)
    if filters.q:
        by_number = begins_with(PastInvoice.number_key, number_key(filters.q))
        by_name = func.lower(PastInvoice.customer_name).contains(filters.q.lower(), autoescape=True)
        query_theirs = query_theirs.where(or_(by_number, by_name))
    theirs = page(session, query_theirs, Order(PastInvoice.issued_on, PastInvoice.id, descending=True), after)
    return Page(_beside(session, theirs.rows), theirs.next, theirs.first)


def _beside(session: Session, rows: Sequence[PastInvoice]) -> list[Row]:
    ids = [row.local_id for row in rows if row.local_id]
    ours = {one.id: one for one in session.scalars(select(Invoice).where(Invoice.id.in_(ids)))} if ids else {}
    clients = _clients(session, list(ours.values()))
    return [
        Row(row, one, clients[one.client_id]) if row.local_id and (one := ours.get(row.local_id)) else Row(row)
        for row in rows
    ]


def _only_ours(connection: Connection, look: PastLook) -> Select[Invoice]:
    """With no invoice of theirs that has the number."""
    mine = (PastInvoice.connection_id == connection.id, PastInvoice.local_id.is_not(None))
    beside = select(PastInvoice.local_id).where(*mine)
    return past_candidates.query(connection, look.since, look.until).where(Invoice.id.not_in(beside))


def _count_ours(session: Session, connection: Connection, look: PastLook) -> int:
    return past_candidates.count(session, _only_ours(connection, look), COUNTED_AT_MOST)


def _clients(session: Session, invoices: Sequence[Any]) -> dict[UUID, str]:
    ids = {one.client_id for one in invoices}
    return dict(session.execute(select(Client.id, Client.name).where(Client.id.in_(ids))).all()) if ids else {}


def is_too_old(board: Board) -> bool:
    """Both sides have gone on since: nothing is linked on it any more."""
    finished = board.look.finished_at if board.look else None
    return finished is not None and finished < clock.now_ms() - past_linking.LASTS


def link(connection: Connection, row_id: UUID, cfg: Config) -> str | None:
    """Where one of theirs is in their web application."""
    with reading() as session:
        row = PastInvoice.of_tenant(session, connection.tenant_id, row_id)
    sending = PROVIDERS[connection.provider].sending
    if row is None or row.connection_id != connection.id or sending is None:
        return None
    return sending.link_to(cfg, connection.company or "", past_linking.ENTITY, row.remote_id)
