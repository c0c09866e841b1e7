"""From rows to plain data: for each record its document and everything a builder needs beside it, in a few statements.

A document whose partner is not over there yet is not built: `waits_for` names the partner's key. What is read here is
used after the transaction has ended, so nothing of it is a row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Problem, Slug
from kz_admin.domain.pushing import APPLIED, CREDITED, Company, Key, LinkedBy, Ref, Refs, marker_of
from kz_admin.domain.records import (
    CreditNoteRecord,
    InvoiceRecord,
    LineRecord,
    PaymentRecord,
    Record,
    RefundRecord,
    SalesRecord,
)
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import STUCK, WAITING
from kz_admin.models.connection import Connection
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.document import Document
from kz_admin.models.invoice import Invoice
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services import needs, settings
from kz_admin.services.documents import clients, credit_notes, invoices, payments, projects, refunds, services
from kz_admin.services.needs import Need
from kz_admin.services.push import around, backwards, beside, chosen, credited, given_back, watching
from kz_admin.services.push.fates import choices_of

RECORD_OF: Mapping[Kind, Callable[[Any], Record]] = {
    Kind.CLIENT: clients.record_of,
    Kind.PROJECT: projects.record_of,
    Kind.SERVICE: services.record_of,
    Kind.INVOICE: invoices.record_of,
    Kind.PAYMENT: payments.record_of,
    Kind.CREDIT_NOTE: credit_notes.record_of,
    Kind.REFUND: refunds.record_of,
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
    behind: Stays | None = None  # what it waits for, unless it is undone by its parts

    @property
    def watched(self) -> bool:
        """It is there by our hand and a person's word, and theirs may still come."""
        is_kept = not getattr(self.record, "voided", False)
        return watching.WATCH in self.refs.choices and self.is_over_there and is_kept

    @property
    def is_over_there(self) -> bool:
        return self.refs.own is not None

    @property
    def own_id(self) -> str | None:
        return self.refs.own.remote_id if self.refs.own is not None else None


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
    choices: chosen.Choices
    needed: Mapping[UUID, tuple[Need, ...]] = field(default_factory=dict)
    partners: dict[Key, SyncRecord] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    inactive: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[UUID, frozenset[str]] = field(default_factory=dict)  # payment → markers beside it, in doubt
    given_back: Mapping[UUID, tuple[LineRecord, ...]] = field(default_factory=dict)  # refund → what it takes back
    voided_on: Mapping[UUID, str] = field(default_factory=dict)  # invoice to credit → the day of its void
    rates: Mapping[UUID, Decimal] = field(default_factory=dict)  # invoice → the exchange rate somebody gave for it
    own_currency: str = ""
    to_remove_first: dict[UUID, SyncRecord] = field(default_factory=dict)  # record → what must be gone before it
    our_numbers: Mapping[UUID, frozenset[str]] = field(default_factory=dict)  # what a changed number may not be
    by_provider: set[UUID] = field(default_factory=set)  # invoices paid through the provider's own payments
    stand_in: StandIn | None = None  # a preview does not wait for partners


StandIn = Callable[[Key], Ref | None]


def gather(
    session: Session, connection: Connection, rows: Sequence[SyncRecord], stand_in: StandIn | None = None
) -> list[Item | Stays]:
    """`stand_in` names a partner that is not over there yet, for a preview: what is built with it is never sent."""
    sight = _Sight(session, connection, company_of(connection), chosen.read(session, connection), stand_in=stand_in)
    documents = around.documents(session, rows)
    built_in = needs.built_in(session, connection)
    sight.needed = needs.read(session, connection, list(documents.values()), built_in)
    sight.partners = around.partners(session, connection, documents.values(), sight.needed)
    sight.inactive = chosen.inactive_items(session, connection, sight.partners.values())
    sight.names = around.names(session, documents.values()) | chosen.names_of_unmapped(session, sight.needed)
    if connection.doubt_since is not None:
        sight.remembered = beside.remembered(session, documents.values())
    sight.rates = beside.rates(session, connection, documents.values())
    rated = bool(sight.rates) or any(getattr(one, "exchange_rate", None) for one in documents.values())
    sight.own_currency = beside.own_currency(session, connection, rated)
    sight.given_back = given_back.lines(session, documents.values())
    sight.voided_on = credited.days(session, connection, rows, documents)
    sight.to_remove_first = backwards.in_the_way(session, connection, rows)
    if stand_in is None:
        sight.to_remove_first |= backwards.in_front(session, connection, rows, documents)
    sight.our_numbers = _our_numbers(session, connection, rows, documents)
    sight.by_provider = beside.paid_by_provider(session, documents.values())
    has_default = built_in is not None or chosen.has_default_item(sight.choices)
    return [_item(sight, row, documents.get(row.local_id), has_default) for row in rows]


def company_of(connection: Connection) -> Company:
    facts = json.loads(connection.company_facts or "{}")
    return Company(connection.company_country, connection.company_currency, connection.company_plan, facts)


def _item(sight: _Sight, row: SyncRecord, document: Document | None, has_default: bool) -> Item | Stays:
    if document is None:
        return Stays(row.id, reason=Reason.VOIDED_UNSENT)  # removed here before it ever left
    if row.removes and not row.over_there:
        return Stays(row.id, reason=Reason.VOIDED_UNSENT)  # voided while it was on its way, and it never arrived
    behind = _behind(sight, row)
    if behind is not None and not credited.may_stay(row, sight.to_remove_first[row.id]):
        return behind
    record = _record(sight, row, document)
    follows = isinstance(record, PaymentRecord) or row.part == APPLIED or credited.is_said(row, sight.partners)
    if not has_default and not follows and _needs_account(record):
        facts = {"document": getattr(record, "number", "")}
        return Stays(row.id, problem=Problem(Slug.ACCOUNT_MISSING, "income", facts))
    needed = () if follows else _used(sight, document.id, row)
    keys: list[Key] = [(need.kind, need.local_id, need.part) for need in needed]
    keys += _settled(record, row.part) + credited.keys(row)
    stays = _stays(sight, row, keys, needed, optional=follows)
    if stays is not None and sight.stand_in is None:
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
        behind=None if row.part else behind,
    )


def _behind(sight: _Sight, row: SyncRecord) -> Stays | None:
    first = sight.to_remove_first.get(row.id)
    if first is None:
        return None
    return Stays(row.id, waits_for=first.id, failed_as=first if first.as_state in STUCK else None)


def _record(sight: _Sight, row: SyncRecord, document: Document) -> Record:
    """With what its own rows do not tell."""
    record = RECORD_OF[row.as_kind](document)
    if isinstance(record, RefundRecord):
        return replace(record, lines=sight.given_back.get(document.id, ()))
    if isinstance(record, InvoiceRecord):
        return replace(record, voided_on=sight.voided_on.get(document.id, ""))
    return record


def _stays(
    sight: _Sight, row: SyncRecord, keys: Sequence[Key], needed: Sequence[Need], *, optional: bool
) -> Stays | None:
    """A partner on its way is waited for. Money goes with those of its invoices that are over there, or go."""
    if row.removes and row.over_there:
        return None
    found = {key: sight.partners.get(key) for key in keys}
    on_its_way = (one for one in found.values() if one is not None)
    waiting = [one for one in on_its_way if not one.over_there or (optional and _changes(one))]
    for partner in waiting:
        if partner.as_state in STUCK:
            return Stays(row.id, waits_for=partner.id, failed_as=partner)
    for partner in waiting:
        if partner.as_state in WAITING:
            return Stays(row.id, waits_for=partner.id)
    if optional:
        there = any(_is_there(one) for (kind, _, _), one in found.items() if kind is Kind.INVOICE)
        return None if there or row.over_there else Stays(row.id, reason=Reason.WAITS_FOR_PARTNER)
    missing = [need for need in needed if not _is_there(found.get((need.kind, need.local_id, need.part)))]
    return Stays(row.id, wants=tuple(missing)) if missing else None


def _changes(row: SyncRecord) -> bool:
    """An invoice may grow: until that is there, it cannot take all the money that is on it here."""
    return row.as_kind is Kind.INVOICE and row.as_state in WAITING and row.pushed_revision < row.wanted_revision


def _is_there(row: SyncRecord | None) -> bool:
    return row is not None and row.over_there


def _needs_account(record: Record) -> bool:
    if isinstance(record, SalesRecord):
        return any(line.service_id is None for line in record.lines)
    if isinstance(record, RefundRecord):
        return not record.lines or any(line.service_id is None for line in record.lines)
    return False


def _settled(record: Record, part: str = "") -> list[Key]:
    """What a payment or a credit settles; of the latter also what it corrects, and what a refund gives back."""
    if isinstance(record, RefundRecord):
        of_payment: Key | None = (Kind.PAYMENT, record.payment_id, "") if record.payment_id else None
        return [of_payment] if of_payment else []
    if not isinstance(record, PaymentRecord | CreditNoteRecord):
        return []
    keys: list[Key] = [(Kind.INVOICE, one.invoice_id, "") for one in record.allocations]
    if part == APPLIED:
        keys.append((Kind.CREDIT_NOTE, record.id, ""))
    elif isinstance(record, CreditNoteRecord) and record.invoice_id is not None:
        keys.insert(0, (Kind.INVOICE, record.invoice_id, ""))
    return keys


def _used(sight: _Sight, document_id: UUID, row: SyncRecord) -> tuple[Need, ...]:
    """What can go over, and is there or has to be; a project goes under the customer of its own currency."""
    pushers = PROVIDERS[sight.connection.provider].pushers
    needed = [need for need in sight.needed.get(document_id, ()) if need.kind in pushers]
    if row.as_kind is Kind.PROJECT:
        needed = [replace(need, part=row.part) for need in needed]
    return tuple(one for one in needed if one.must or _is_there(sight.partners.get((one.kind, one.local_id, one.part))))


def _refs(sight: _Sight, row: SyncRecord, document: Document, keys: Sequence[Key]) -> Refs:
    connection = sight.connection
    choices = choices_of(row)
    there = {key: ref_of(sight.partners[key]) for key in keys if _is_there(sight.partners.get(key))}
    if row.part == CREDITED and (of_invoice := (Kind.INVOICE, row.local_id, "")) in there:
        there[of_invoice] = credited.as_sent(there[of_invoice], sight.partners[of_invoice])
    if sight.stand_in is not None:
        there |= {key: ref for key in keys if key not in there and (ref := sight.stand_in(key)) is not None}
    return Refs(
        company=sight.company,
        settings=settings.of(connection),
        marker=marker_of(row.local_id) + (f"/{row.part}" if _has_own_marker(row) else ""),
        part=row.part,
        own=_own(row),
        partners=there,
        accounts=sight.choices.accounts,
        methods=sight.choices.methods,
        mapped=sight.choices.mapped,
        inactive=sight.inactive,
        choices=choices,
        names=sight.names,
        look_first=_look_first(row, document, connection, choices),
        remembered=sight.remembered.get(document.id, frozenset()) if connection.doubt_since is not None else None,
        our_numbers=sight.our_numbers.get(document.id, frozenset()),
        paid_by_provider=document.id in sight.by_provider,
        rates=sight.rates,
        own_currency=sight.own_currency,
    )


def _has_own_marker(row: SyncRecord) -> bool:
    """An object of its own beside the document's: the use of a credit note, a payment's part for another customer."""
    return row.part == APPLIED or (row.as_kind in (Kind.PAYMENT, Kind.INVOICE) and bool(row.part))


def ref_of(row: SyncRecord) -> Ref:
    return Ref(
        remote_id=row.remote_id or "",
        remote_type=row.remote_type or "",
        version=row.remote_version or "",
        number=row.remote_number or "",
        customer=row.remote_customer or "",
        balance=row.remote_balance,
        created_by_us=row.linked_by == LinkedBy.CREATED.value,
        total=row.remote_total,
        rate=row.remote_rate,
    )


def _own(row: SyncRecord) -> Ref | None:
    if not row.over_there:
        return None
    sent = json.loads(row.pushed_snapshot) if row.pushed_snapshot else {}
    return replace(ref_of(row), dated=str(sent.get("dated") or ""))


def _our_numbers(
    session: Session, connection: Connection, rows: Iterable[SyncRecord], documents: Mapping[UUID, Document]
) -> dict[UUID, frozenset[str]]:
    """Only of what is looked for over there: its number may turn out to be taken."""
    pushers, found = PROVIDERS[connection.provider].pushers, dict[UUID, frozenset[str]]()
    for row in rows:
        document, longest = documents.get(row.local_id), pushers[row.as_kind].longest_number
        if not longest or row.over_there or not isinstance(document, Invoice | CreditNote):
            continue
        if _look_first(row, document, connection, choices_of(row)):
            found[document.id] = beside.numbers_of_ours(session, document, longest)
    return found


def _look_first(row: SyncRecord, document: Document, connection: Connection, choices: Mapping[str, str]) -> bool:
    """The reasons of decision C26 to look over there before creating."""
    older = document.kind is Kind.INVOICE and document.created_at < connection.created_at
    return row.look_first or connection.doubt_since is not None or "look" in choices or older
