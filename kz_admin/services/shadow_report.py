"""What shadow mode keeps back, page by page: each document with its total and the Problem it would have met.

While the mode is on these are what would have gone; after it the rest that is offered.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kz_admin import ids
from kz_admin.domain.catalogue import headline_of
from kz_admin.domain.figures import major_text
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.problems import Problem
from kz_admin.domain.pushing import OF_A_CREDIT, Key
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import SyncState
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document, document_models
from kz_admin.models.invoice import Invoice
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS, label_of
from kz_admin.services import foresight, needs, shadow
from kz_admin.services.documents.listing import PAGE, Page, download, page_of

HEAD = ("Kind", "Document", "Client", "Date", "Currency", "Total", "What it would be", "Problem it would meet", "Id")
_DATES = ("issued_on", "paid_on", "refunded_on", "worked_on", "spent_on")


@dataclass(frozen=True)
class Kept:
    """One document that stayed."""

    record: SyncRecord
    kind: Kind
    id: UUID
    title: str
    client: str
    date: str
    currency: str
    total: int | None
    headline: str  # of the Problem it would have met; empty: it would have gone

    @property
    def verb(self) -> str:
        if self.record.part in OF_A_CREDIT:
            return "credited"
        if not self.record.over_there:
            return "created"
        return "voided" if self.record.removes else "changed"


@dataclass(frozen=True)
class Sum:
    currency: str
    invoices: int
    total: int


def page(connection: Connection, after: str = "", size: int = PAGE) -> Page[Kept]:
    with reading() as session:
        return _Order(connection).page(session, _query(connection), after, size)


def sums(connection: Connection) -> Sequence[Sum]:
    """All invoices of the report, by currency."""
    query = (
        select(Invoice.currency, func.count(), func.sum(Invoice.total_minor))
        .join(SyncRecord, SyncRecord.local_id == Invoice.id)
        .where(*_kept(connection), SyncRecord.kind == Kind.INVOICE.value, SyncRecord.part == "")
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )
    with reading() as session:
        return [Sum(currency, count, int(total)) for currency, count, total in session.execute(query)]


def as_csv(connection: Connection) -> Generator[str]:
    return download(connection.tenant_id, HEAD, _query(connection), _Order(connection), _cells)


def _cells(one: Any) -> Sequence[object]:
    total = major_text(one.total, one.currency) if one.total is not None else ""
    return (one.kind.word, one.title, one.client, one.date, one.currency, total, one.verb, one.headline, one.id)


def _kept(connection: Connection) -> tuple[Any, ...]:
    reason = Reason.SHADOW if shadow.is_on(connection) else Reason.FROM_SHADOW
    mine: tuple[Any, ...] = (SyncRecord.tenant_id == connection.tenant_id, SyncRecord.connection_id == connection.id)
    along = SyncRecord.kind.in_([kind.value for kind in NEVER_FROZEN])  # those go along with what needs them
    mine = (*mine, or_(~along, SyncRecord.remote_id.is_not(None)))
    return (*mine, SyncRecord.state == SyncState.IDLE.value, SyncRecord.reason == reason.value)


def _query(connection: Connection) -> Select[SyncRecord]:
    return select(SyncRecord).where(*_kept(connection))


@dataclass(frozen=True)
class _Order:
    """The latest first, by the record's id, which holds the moment it was made."""

    connection: Connection

    def page(self, session: Session, query: Select[Any], after: str, size: int) -> Page[Any]:
        beyond = ids.parse(after)
        found = session.scalars(
            (query if beyond is None else query.where(SyncRecord.id < beyond))
            .order_by(SyncRecord.id.desc())
            .limit(size + 1)
        ).all()
        shown = page_of(found, size, lambda row: row.id.hex, first=beyond is None)
        return Page(_described(session, self.connection, shown.rows), shown.next, shown.first)


def _described(session: Session, connection: Connection, rows: Sequence[SyncRecord]) -> list[Kept]:
    documents = _documents(session, rows)
    clients = {one for row in documents.values() if (one := getattr(row, "client_id", None)) is not None}
    names = dict(session.execute(select(Client.id, Client.name).where(Client.id.in_(clients))).all())
    problems = _problems(session, connection, rows, list(documents.values()))
    label = label_of(connection.provider)
    return [
        _one(row, documents[row.local_id], names, headline_of(problem, label) if problem else "")
        for row in rows
        if row.local_id in documents
        for problem in [problems.get(row.id)]
    ]


def _one(row: SyncRecord, document: Any, names: Mapping[UUID, str], headline: str) -> Kept:
    title = next((str(one) for name in ("title", "name") if (one := getattr(document, name, ""))), document.kind.word)
    return Kept(
        record=row,
        kind=document.kind,
        id=document.id,
        title=title,
        client=names.get(getattr(document, "client_id", None) or document.id, ""),
        date=next((str(one) for name in _DATES if (one := getattr(document, name, ""))), ""),
        currency=getattr(document, "currency", ""),
        total=getattr(document, "total_minor", getattr(document, "amount_minor", None)),
        headline=headline,
    )


def _documents(session: Session, rows: Sequence[SyncRecord]) -> dict[UUID, Document]:
    models, found = document_models(), dict[UUID, Document]()
    for kind in {row.as_kind for row in rows}:
        mine = [row.local_id for row in rows if row.as_kind is kind]
        found |= {one.id: one for one in session.scalars(select(models[kind]).where(models[kind].id.in_(mine)))}
    return found


def _problems(
    session: Session, connection: Connection, rows: Sequence[SyncRecord], documents: Sequence[Document]
) -> dict[UUID, Problem]:
    """For each record its own Problem, else the first of what it needs."""
    pushers = PROVIDERS[connection.provider].pushers
    sent = [row for row in rows if row.as_kind in pushers]
    own = {one.record.id: one.problem for one in foresight.of(session, connection, sent) if one.problem}
    needed = needs.read(session, connection, documents, needs.built_in(session, connection))
    of_partners = _problems_of_partners(session, connection, {one for every in needed.values() for one in every})
    for row in sent:
        partners = needed.get(row.local_id, ()) if row.as_kind is not Kind.PAYMENT else ()
        found = (of_partners.get((need.kind, need.local_id, need.part)) for need in partners)
        if row.id not in own and (problem := next(filter(None, found), None)):
            own[row.id] = problem
    return own


def _problems_of_partners(session: Session, connection: Connection, needed: set[needs.Need]) -> dict[Key, Problem]:
    pushers = PROVIDERS[connection.provider].pushers
    records = foresight.records_of(session, connection, (need.local_id for need in needed))
    missing = []
    for need in (one for one in needed if one.kind in pushers):
        row = records.get((need.kind, need.local_id, need.part))
        if row is None or not row.over_there:
            missing.append(row or foresight.begun(connection, need.kind, need.local_id, need.part))
    return {
        (one.record.as_kind, one.record.local_id, one.record.part): one.problem
        for one in foresight.of(session, connection, missing)
        if one.problem
    }
