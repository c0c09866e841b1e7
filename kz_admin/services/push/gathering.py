"""From rows to plain data: for each record its document and everything a builder needs beside it, in a few statements.

A document whose partner is not over there yet is not built: `waits_for` names the partner's key. What is read here is
used after the transaction has ended, so nothing of it is a row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased, selectinload

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import DEFAULT, List
from kz_admin.domain.payments import Method
from kz_admin.domain.problems import Problem, Slug
from kz_admin.domain.pushing import Company, Key, LinkedBy, Ref, Refs
from kz_admin.domain.records import InvoiceRecord, PaymentRecord, Record
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import STUCK, WAITING
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.document import Document, document_models
from kz_admin.models.invoice import Invoice
from kz_admin.models.option import Mapping as MappingRow
from kz_admin.models.option import Option
from kz_admin.models.payment import Payment, PaymentAllocation
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services import needs, settings
from kz_admin.services.documents import clients, invoices, payments, services
from kz_admin.services.needs import Need
from kz_admin.services.options import as_choice
from kz_admin.services.push.fates import choices_of

RECORD_OF: Mapping[Kind, Callable[[Any], Record]] = {
    Kind.CLIENT: clients.record_of,
    Kind.SERVICE: services.record_of,
    Kind.INVOICE: invoices.record_of,
    Kind.PAYMENT: payments.record_of,
}
_LOADED = {
    Kind.INVOICE: (selectinload(Invoice.lines),),
    Kind.CREDIT_NOTE: (selectinload(CreditNote.lines),),
    Kind.PAYMENT: (selectinload(Payment.allocations),),
}


@dataclass(frozen=True)
class Item:
    """One record on its way: what it is, and what it needs."""

    record_id: UUID
    kind: Kind
    local_id: UUID
    part: str
    record: Record
    refs: Refs
    generation: int
    pushed_hash: str | None
    looks: bool  # an earlier refusal asked to look over there first
    rounds: int  # how many refusals in a row were answered by another try

    @property
    def is_over_there(self) -> bool:
        return self.refs.own is not None


@dataclass(frozen=True)
class Stays:
    """Why a record is not built now: a partner that is still on its way, that failed, or that does not go at all."""

    record_id: UUID
    waits_for: UUID | None = None  # the partner's SyncRecord
    failed_as: SyncRecord | None = None  # the partner that failed: its problem is this one's too
    wants: tuple[Need, ...] = ()  # partners nobody wanted yet
    problem: Problem | None = None
    reason: Reason | None = None  # it does not go over after all


@dataclass
class _Sight:
    """What one reading knows about a connection."""

    session: Session
    connection: Connection
    company: Company
    accounts: dict[str, str]
    methods: dict[str, str]
    needed: Mapping[UUID, tuple[Need, ...]] = field(default_factory=dict)
    partners: dict[Key, SyncRecord] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    remembered: Mapping[UUID, frozenset[str]] = field(default_factory=dict)  # payment → markers beside it, in doubt
    by_provider: set[UUID] = field(default_factory=set)  # invoices paid through the provider's own payments


def gather(session: Session, connection: Connection, rows: Sequence[SyncRecord]) -> list[Item | Stays]:
    sight = _look(session, connection)
    documents = _documents(session, rows)
    built_in = needs.built_in(session, connection)
    sight.needed = needs.read(session, connection, list(documents.values()), built_in)
    sight.partners = _partners(session, connection, documents.values(), sight.needed)
    sight.names = _names(session, documents.values())
    if connection.doubt_since is not None:
        sight.remembered = _remembered(session, documents.values())
    sight.by_provider = _paid_by_provider(session, documents.values())
    return [_item(sight, row, documents.get(row.local_id), built_in is not None) for row in rows]


def company_of(connection: Connection) -> Company:
    facts = json.loads(connection.company_facts or "{}")
    return Company(connection.company_country, connection.company_currency, connection.company_plan, facts)


def _item(sight: _Sight, row: SyncRecord, document: Document | None, has_built_in: bool) -> Item | Stays:
    if document is None:
        return Stays(row.id, reason=Reason.VOIDED_UNSENT)  # removed here before it ever left
    record = RECORD_OF[row.as_kind](document)
    if isinstance(record, InvoiceRecord) and not has_built_in and any(line.service_id is None for line in record.lines):
        return Stays(row.id, problem=Problem(Slug.ACCOUNT_MISSING, "income", {"document": record.number}))
    needed = () if isinstance(record, PaymentRecord) else _pushable(sight, document.id)
    keys: list[Key] = [(need.kind, need.local_id, need.part) for need in needed]
    keys += _settled(record)
    if stays := _stays(sight, row, keys, needed, optional=isinstance(record, PaymentRecord)):
        return stays
    return Item(
        row.id,
        row.as_kind,
        row.local_id,
        row.part,
        record,
        _refs(sight, row, document, keys),
        row.generation,
        row.pushed_hash,
        looks="look" in choices_of(row),
        rounds=int(choices_of(row).get("rounds", "0")),
    )


def _stays(
    sight: _Sight, row: SyncRecord, keys: Sequence[Key], needed: Sequence[Need], *, optional: bool
) -> Stays | None:
    """A partner on its way is waited for. Money goes with those of its invoices that are over there, or go."""
    if row.removes and row.over_there:
        return None
    found = {key: sight.partners.get(key) for key in keys}
    waiting = [one for one in found.values() if one is not None and not one.over_there]
    for partner in waiting:
        if partner.as_state in STUCK:
            return Stays(row.id, waits_for=partner.id, failed_as=partner)
    for partner in waiting:
        if partner.as_state in WAITING:
            return Stays(row.id, waits_for=partner.id)
    if optional:
        there = any(one is not None and one.over_there for one in found.values())
        return None if there or row.over_there else Stays(row.id, reason=Reason.WAITS_FOR_PARTNER)
    missing = [need for need in needed if not _is_there(found.get((need.kind, need.local_id, need.part)))]
    return Stays(row.id, wants=tuple(missing)) if missing else None


def _is_there(row: SyncRecord | None) -> bool:
    return row is not None and row.over_there


def _settled(record: Record) -> list[Key]:
    """The invoices that a payment settles."""
    if not isinstance(record, PaymentRecord):
        return []
    return [(Kind.INVOICE, part.invoice_id, "") for part in record.allocations]


def _pushable(sight: _Sight, document_id: UUID) -> tuple[Need, ...]:
    pushers = PROVIDERS[sight.connection.provider].pushers
    return tuple(need for need in sight.needed.get(document_id, ()) if need.kind in pushers)


def _refs(sight: _Sight, row: SyncRecord, document: Document, keys: Sequence[Key]) -> Refs:
    connection = sight.connection
    choices = choices_of(row)
    there = {key: ref_of(sight.partners[key]) for key in keys if _is_there(sight.partners.get(key))}
    return Refs(
        company=sight.company,
        settings=settings.of(connection),
        marker=marker_of(row.local_id),
        part=row.part,
        own=ref_of(row) if row.over_there else None,
        partners=there,
        accounts=sight.accounts,
        methods=sight.methods,
        choices=choices,
        names=sight.names,
        look_first=_look_first(row, document, connection, choices),
        remembered=sight.remembered.get(document.id, frozenset()) if connection.doubt_since is not None else None,
        paid_by_provider=document.id in sight.by_provider,
    )


def marker_of(local_id: UUID) -> str:
    return f"kz:{local_id}"


def ref_of(row: SyncRecord) -> Ref:
    return Ref(
        remote_id=row.remote_id or "",
        remote_type=row.remote_type or "",
        version=row.remote_version or "",
        number=row.remote_number or "",
        customer=row.remote_customer or "",
        balance=row.remote_balance,
        created_by_us=row.linked_by == LinkedBy.CREATED.value,
    )


def _look_first(row: SyncRecord, document: Document, connection: Connection, choices: Mapping[str, str]) -> bool:
    """The reasons of decision C26 to look over there before creating."""
    older = document.kind is Kind.INVOICE and document.created_at < connection.created_at
    return row.look_first or connection.doubt_since is not None or "look" in choices or older


def _look(session: Session, connection: Connection) -> _Sight:
    mine = (MappingRow.connection_id == connection.id, MappingRow.list == List.ACCOUNTS.value)
    rows = session.execute(select(MappingRow.subject, MappingRow.remote_id).where(*mine))
    accounts = dict(rows.all())
    return _Sight(session, connection, company_of(connection), accounts, _methods(session, connection))


def _methods(session: Session, connection: Connection) -> dict[str, str]:
    """Our way of paying → theirs of the same name."""
    query = select(Option).where(Option.connection_id == connection.id, Option.list == List.PAYMENT_METHODS.value)
    choices = [as_choice(option) for option in session.scalars(query)]
    likely = PROVIDERS[connection.provider].likely_method
    found = {method: likely(method, choices) for method in Method}
    likely_ones = {method.value: choice.remote_id for method, choice in found.items() if choice is not None}
    return likely_ones | _chosen_methods(session, connection, set(likely_ones))


def _chosen_methods(session: Session, connection: Connection, likely: set[str]) -> dict[str, str]:
    """What people chose goes before what is called the same; '' is the choice of none."""
    mine = (MappingRow.connection_id == connection.id, MappingRow.list == List.PAYMENT_METHODS.value)
    chosen = dict(session.execute(select(MappingRow.subject, MappingRow.remote_id).where(*mine)).all())
    other = chosen.pop(DEFAULT, None)
    rest = {} if other is None else {one.value: other for one in Method if one.value not in likely}
    return rest | chosen


def _documents(session: Session, rows: Iterable[SyncRecord]) -> dict[UUID, Document]:
    models, by_kind = document_models(), dict[Kind, list[SyncRecord]]()
    for row in rows:
        by_kind.setdefault(row.as_kind, []).append(row)
    found: dict[UUID, Document] = {}
    for kind, mine in by_kind.items():
        model = models[kind]
        query: Select[Any] = select(model).where(
            model.tenant_id == mine[0].tenant_id, model.id.in_([row.local_id for row in mine])
        )
        found |= {one.id: one for one in session.scalars(query.options(*_LOADED.get(kind, ())))}
    return found


def _partners(
    session: Session,
    connection: Connection,
    documents: Iterable[Document],
    needed: Mapping[UUID, Sequence[Need]],
) -> dict[Key, SyncRecord]:
    ids = {need.local_id for all_of in needed.values() for need in all_of}
    for document in documents:
        if isinstance(document, Payment):
            ids |= {part.invoice_id for part in document.allocations}
    if not ids:
        return {}
    query = select(SyncRecord).where(SyncRecord.connection_id == connection.id, SyncRecord.local_id.in_(ids))
    return {(row.as_kind, row.local_id, row.part): row for row in session.scalars(query)}


def _names(session: Session, documents: Iterable[Document]) -> dict[UUID, str]:
    """What people call the clients of these documents."""
    ids = {one for document in documents if (one := getattr(document, "client_id", None)) is not None}
    if not ids:
        return {}
    return dict(session.execute(select(Client.id, Client.name).where(Client.id.in_(ids))).all())


def _remembered(session: Session, documents: Iterable[Document]) -> dict[UUID, frozenset[str]]:
    """For each payment the markers of the others that we know on its invoices."""
    mine, other = aliased(PaymentAllocation), aliased(PaymentAllocation)
    ids = [one.id for one in documents if isinstance(one, Payment)]
    query = (
        select(mine.payment_id, other.payment_id)
        .join(other, other.invoice_id == mine.invoice_id)
        .where(mine.payment_id.in_(ids), other.payment_id != mine.payment_id)
    )
    found: dict[UUID, set[str]] = {}
    for payment_id, other_id in session.execute(query) if ids else ():
        found.setdefault(payment_id, set()).add(marker_of(other_id))
    return {payment_id: frozenset(markers) for payment_id, markers in found.items()}


def _paid_by_provider(session: Session, documents: Iterable[Document]) -> set[UUID]:
    """Documents that the provider's own payments settled, which book themselves (decision C26)."""
    own = Method.QUICKBOOKS_PAYMENTS.value
    found = {one.id for one in documents if isinstance(one, Payment) and one.method == own}
    invoice_ids = [one.id for one in documents if isinstance(one, Invoice)]
    if invoice_ids:
        query = (
            select(PaymentAllocation.invoice_id)
            .join(Payment, Payment.id == PaymentAllocation.payment_id)
            .where(PaymentAllocation.invoice_id.in_(invoice_ids), Payment.method == own, Payment.voided_at.is_(None))
        )
        found |= set(session.scalars(query))
    return found
