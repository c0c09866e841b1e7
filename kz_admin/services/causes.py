"""The board of causes: what keeps documents from going over, each cause once, with all that it holds up.

A dependent carries the Problem of the partner it waits for, so it counts under its partner's cause. However many
documents failed, a page is the same few statements: how many, how much money, the first few, and their names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from kz_admin import ids
from kz_admin.domain import causes
from kz_admin.domain.catalogue import Card
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.problems import Slug
from kz_admin.domain.status import STUCK
from kz_admin.models.connection import Connection
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.document import Document
from kz_admin.models.expense import Expense
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import Payment
from kz_admin.models.refund import Refund
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.time_entry import TimeEntry
from kz_admin.providers import label_of
from kz_admin.services import document_names, pills, record_states

PAGE = 20
FEW = 4  # documents named on a card
R = TypeVar("R")
PARTNERS = [kind.value for kind in NEVER_FROZEN]
KEY: ColumnElement[str] = case(
    (SyncRecord.problem.in_([slug.value for slug in causes.EACH_FOR_ITSELF]), SyncRecord.problem),
    else_=func.coalesce(SyncRecord.cause, SyncRecord.problem),
)
# Voided here, there already, and shut in by closed books: itself, or by money on it that is.
CREDITABLE: ColumnElement[bool] = and_(
    SyncRecord.kind == Kind.INVOICE.value,
    SyncRecord.part == "",
    SyncRecord.removes,
    SyncRecord.remote_id.is_not(None),
    SyncRecord.problem == Slug.PERIOD_CLOSED.value,
)
_MONEY: Sequence[tuple[Kind, Any, Any, Any]] = (
    (Kind.INVOICE, Invoice.id, Invoice.currency, Invoice.total_minor),
    (Kind.CREDIT_NOTE, CreditNote.id, CreditNote.currency, CreditNote.total_minor),
    (Kind.PAYMENT, Payment.id, Payment.currency, Payment.amount_minor),
    (Kind.REFUND, Refund.id, Refund.currency, Refund.amount_minor),
    (Kind.EXPENSE, Expense.id, Expense.currency, Expense.amount_minor),
    (Kind.TIME_ENTRY, TimeEntry.id, literal(""), literal(0)),
)


class InBooks(Protocol):
    """The filters of a list that say how its documents stand in the books."""

    @property
    def books(self) -> str: ...  # one of pills.BOOKS
    @property
    def cause(self) -> str: ...  # a key of the board


@dataclass(frozen=True)
class Sum:
    """Documents of one kind and currency that wait for a cause."""

    kind: Kind
    currency: str  # '' where there is no money
    documents: int
    minor: int


@dataclass(frozen=True)
class Named:
    """One of them, with what people call it."""

    record: SyncRecord
    label: str


@dataclass(frozen=True)
class Cause:
    key: str
    card: Card
    root: SyncRecord  # whose Problem it is; of several, the one that waits longest
    root_name: str
    documents: int
    records: int  # with clients and services that wait themselves
    since: int | None
    sums: Sequence[Sum] = ()
    few: Sequence[Named] = ()
    creditable: int = 0  # of the documents: invoices voided here that a credit can undo there

    @property
    def headline(self) -> str:
        return causes.headline(self.card)

    @property
    def is_of_partner(self) -> bool:
        return self.root.as_kind in NEVER_FROZEN

    @property
    def is_of_many(self) -> bool:
        """Several that met the same, each for itself: no one answer is for all of them."""
        return self.card.slug in {slug.value for slug in causes.EACH_FOR_ITSELF}

    @property
    def stands_alone(self) -> bool:
        """A client or a service failed, and no document waits for it any more."""
        return self.documents == 0


@dataclass(frozen=True)
class Board:
    causes: Sequence[Cause] = ()
    total: int = 0
    page: int = 1
    label: str = field(default="")

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def board(connection: Connection, page: int = 1) -> Board:
    """The causes that hold up most, first."""
    with reading() as session:
        return board_in(session, connection, page)


def board_in(session: Session, connection: Connection, page: int = 1, key: str | None = None) -> Board:
    page = min(max(page, 1), 10_000)
    rows = session.execute(_groups(connection, key).limit(PAGE).offset((page - 1) * PAGE)).all()
    if not rows and page > 1:
        return board_in(session, connection)
    found = _causes(session, connection, rows)
    return Board(found, rows[0].total if rows else 0, page, label_of(connection.provider))


def one(connection: Connection, key: str) -> Cause | None:
    """One cause as it stands now, or None when nothing waits for it any more."""
    with reading() as session:
        found = board_in(session, connection, key=key).causes
    return found[0] if found else None


def stuck(connection_id: UUID, key: str | None = None) -> tuple[ColumnElement[bool], ...]:
    """The records that somebody has to look at, of one cause or of all."""
    is_stuck = SyncRecord.state.in_([state.value for state in STUCK])
    mine: tuple[ColumnElement[bool], ...] = (SyncRecord.connection_id == connection_id, is_stuck)
    return mine if key is None else (*mine, KEY.in_([key]))


def documents_of(connection: Connection, key: str, after: str = "", size: int = 50) -> tuple[Sequence[Named], str]:
    """All documents of a cause, page by page in the order in which they failed; and where the next page begins."""
    place = ids.parse(after)
    query = select(SyncRecord).where(*stuck(connection.id, key), SyncRecord.kind.not_in(PARTNERS))
    if place is not None:
        query = query.where(SyncRecord.id > place)
    with reading() as session:
        rows = session.scalars(query.order_by(SyncRecord.id).limit(size + 1)).all()
        names = document_names.of(session, connection.tenant_id, [row.local_id for row in rows[:size]])
    shown = [Named(row, names.get(row.local_id, row.as_kind.word)) for row in rows[:size]]
    return shown, rows[size - 1].id.hex if len(rows) > size else ""


def blocked(tenant_id: UUID, kind: Kind, key: str) -> Select[UUID]:
    """Ids of the documents that wait for a cause, for a list's filter."""
    return pills.standing(tenant_id, kind, "failed").where(KEY.in_([key]))


def narrowed(query: Select[R], tenant_id: UUID, model: type[Document], asked: InBooks) -> Select[R]:
    """A list of documents, with only those of them that its filters about the books ask for."""
    if asked.books in pills.BOOKS:
        query = query.where(model.id.in_(pills.standing(tenant_id, model.kind, asked.books)))
    if asked.cause:
        query = query.where(model.id.in_(blocked(tenant_id, model.kind, asked.cause)))
    return query


def _groups(connection: Connection, key: str | None) -> Select[str, int, int, int | None, int, int]:
    documents = func.count(case((SyncRecord.kind.not_in(PARTNERS), SyncRecord.local_id)).distinct())
    return (
        select(
            KEY.label("key"),
            documents.label("documents"),
            func.count().label("records"),
            func.min(SyncRecord.problem_at).label("since"),
            func.count(case((CREDITABLE, SyncRecord.id))).label("creditable"),
            func.count().over().label("total"),
        )
        .where(*stuck(connection.id, key))
        .group_by(KEY)
        .order_by(documents.desc(), KEY)
    )


def _causes(session: Session, connection: Connection, rows: Sequence[Any]) -> list[Cause]:
    keys = [row.key for row in rows]
    if not keys:
        return []
    roots, few = _first_of_each(session, connection, keys)
    sums = _sums(session, connection, keys)
    named = {row.local_id for row in (*roots.values(), *(one for some in few.values() for one in some))}
    names = document_names.of(session, connection.tenant_id, named)
    label = label_of(connection.provider)
    return [
        Cause(
            key=row.key,
            card=causes.said_of_many(
                record_states.problem_of(root), label, max(row.documents, 1), over_there=root.over_there
            ),
            root=root,
            root_name=names.get(root.local_id, ""),
            documents=row.documents,
            records=row.records,
            since=row.since,
            sums=sums.get(row.key, ()),
            creditable=row.creditable,
            few=[Named(one, names.get(one.local_id, one.as_kind.word)) for one in few.get(row.key, ())],
        )
        for row in rows
        if (root := roots.get(row.key)) is not None  # else somebody has mended it since the rows were counted
    ]


def _first_of_each(
    session: Session, connection: Connection, keys: Sequence[str]
) -> tuple[dict[str, SyncRecord], dict[str, list[SyncRecord]]]:
    """For each key the record whose Problem it is, and the first few documents."""
    waits, partner = SyncRecord.waits_for_id.is_not(None), SyncRecord.kind.in_(PARTNERS)
    place = func.row_number().over(partition_by=(KEY, partner), order_by=(waits, SyncRecord.problem_at, SyncRecord.id))
    ranked = (
        select(SyncRecord.id, KEY.label("key"), place.label("place"))
        .where(*stuck(connection.id), KEY.in_(keys))
        .subquery()
    )
    query = (
        select(ranked.c.key, SyncRecord)
        .join(SyncRecord, SyncRecord.id == ranked.c.id)
        .where(ranked.c.place <= FEW)
        .order_by(ranked.c.key, waits, partner.desc(), ranked.c.place)
    )
    roots: dict[str, SyncRecord] = {}
    few: dict[str, list[SyncRecord]] = {}
    for key, record in session.execute(query):
        roots.setdefault(key, record)
        if record.kind not in PARTNERS:
            few.setdefault(key, []).append(record)
    return roots, few


def _sums(session: Session, connection: Connection, keys: Sequence[str]) -> Mapping[str, list[Sum]]:
    """By kind and currency: never one figure of two currencies, nor an invoice with its payment."""
    waiting = (
        select(KEY.label("key"), SyncRecord.kind.label("kind"), SyncRecord.local_id.label("local_id"))
        .where(*stuck(connection.id), KEY.in_(keys), SyncRecord.kind.not_in(PARTNERS))
        .distinct()
        .cte("waiting")
    )
    parts = [
        select(
            waiting.c.key,
            waiting.c.kind,
            currency.label("currency"),
            func.count().label("documents"),
            func.sum(amount).label("minor"),
        )
        .join_from(waiting, row_id.class_, row_id == waiting.c.local_id)
        .where(waiting.c.kind == kind.value)
        .group_by(waiting.c.key, waiting.c.kind, "currency")
        for kind, row_id, currency, amount in _MONEY
    ]
    found: dict[str, list[Sum]] = {}
    for key, kind, currency, documents, minor in session.execute(union_all(*parts)):
        found.setdefault(key, []).append(Sum(Kind(kind), currency, documents, int(minor or 0)))
    order = list(Kind)
    return {key: sorted(sums, key=lambda one: (order.index(one.kind), one.currency)) for key, sums in found.items()}
