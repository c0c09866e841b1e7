"""From rows to plain data: for each record its document and everything a builder needs beside it.

What the database knows of all of them is read first (sight.py). A document whose partner is not over there yet is not
built: `waits_for` names the partner's key. What comes out is used after the transaction has ended, so nothing of it is
a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Problem, Slug
from kz_admin.domain.pushing import APPLIED, Key, Refs
from kz_admin.domain.records import (
    CreditNoteRecord,
    InvoiceRecord,
    PaymentRecord,
    Record,
    RefundRecord,
    SalesRecord,
)
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import STUCK, WAITING
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services.documents import clients, credit_notes, invoices, payments, projects, refunds, services
from kz_admin.services.needs import Need
from kz_admin.services.push import credited, referring, sight, watching
from kz_admin.services.push.fates import choices_of
from kz_admin.services.push.sight import Sight, StandIn

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


def gather(
    session: Session, connection: Connection, rows: Sequence[SyncRecord], stand_in: StandIn | None = None
) -> list[Item | Stays]:
    """`stand_in` names a partner that is not over there yet, for a preview: what is built with it is never sent."""
    seen = sight.read(session, connection, rows, stand_in)
    return [_item(seen, row, seen.documents.get(row.local_id)) for row in rows]


def _item(seen: Sight, row: SyncRecord, document: Document | None) -> Item | Stays:
    if document is None:
        return Stays(row.id, reason=Reason.VOIDED_UNSENT)  # removed here before it ever left
    if row.removes and not row.over_there:
        return Stays(row.id, reason=Reason.VOIDED_UNSENT)  # voided while it was on its way, and it never arrived
    behind = _behind(seen, row)
    if behind is not None and not credited.may_stay(row, seen.to_remove_first[row.id]):
        return behind
    record = _record(seen, row, document)
    follows = isinstance(record, PaymentRecord) or row.part == APPLIED or credited.is_said(row, seen.partners)
    if not seen.has_default and not follows and _needs_account(record):
        facts = {"document": getattr(record, "number", "")}
        return Stays(row.id, problem=Problem(Slug.ACCOUNT_MISSING, "income", facts))
    needed = () if follows else _used(seen, document.id, row)
    keys: list[Key] = [(need.kind, need.local_id, need.part) for need in needed]
    keys += _settled(record, row.part) + credited.keys(row)
    stays = _stays(seen, row, keys, needed, optional=follows)
    if stays is not None and seen.stand_in is None:
        return stays
    return Item(
        row.id,
        row.as_kind,
        row.local_id,
        row.part,
        record,
        referring.of(seen, row, document, keys),
        row.generation,
        row.pushed_hash,
        looks="look" in choices_of(row),
        rounds=int(choices_of(row).get("rounds", "0")),
        behind=None if row.part else behind,
    )


def _behind(seen: Sight, row: SyncRecord) -> Stays | None:
    first = seen.to_remove_first.get(row.id)
    if first is None:
        return None
    return Stays(row.id, waits_for=first.id, failed_as=first if first.as_state in STUCK else None)


def _record(seen: Sight, row: SyncRecord, document: Document) -> Record:
    """With what its own rows do not tell."""
    record = RECORD_OF[row.as_kind](document)
    if isinstance(record, RefundRecord):
        return replace(record, lines=seen.given_back.get(document.id, ()))
    if isinstance(record, InvoiceRecord):
        return replace(record, voided_on=seen.voided_on.get(document.id, ""))
    return record


def _stays(
    seen: Sight, row: SyncRecord, keys: Sequence[Key], needed: Sequence[Need], *, optional: bool
) -> Stays | None:
    """A partner on its way is waited for. Money goes with those of its invoices that are over there, or go."""
    if row.removes and row.over_there:
        return None
    on_its_way = (one for key in keys if (one := seen.partners.get(key)) is not None)
    waiting = [one for one in on_its_way if not one.over_there or (optional and _changes(one))]
    for partner in waiting:
        if partner.as_state in STUCK:
            return Stays(row.id, waits_for=partner.id, failed_as=partner)
    for partner in waiting:
        if partner.as_state in WAITING:
            return Stays(row.id, waits_for=partner.id)
    if optional:
        there = any(seen.is_there(key) for key in keys if key[0] is Kind.INVOICE)
        return None if there or row.over_there else Stays(row.id, reason=Reason.WAITS_FOR_PARTNER)
    missing = [need for need in needed if not seen.is_there((need.kind, need.local_id, need.part))]
    return Stays(row.id, wants=tuple(missing)) if missing else None


def _changes(row: SyncRecord) -> bool:
    """An invoice may grow: until that is there, it cannot take all the money that is on it here."""
    return row.as_kind is Kind.INVOICE and row.as_state in WAITING and row.pushed_revision < row.wanted_revision


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


def _used(seen: Sight, document_id: UUID, row: SyncRecord) -> tuple[Need, ...]:
    """What can go over, and is there or has to be; a project goes under the customer of its own currency."""
    pushers = PROVIDERS[seen.connection.provider].pushers
    needed = [need for need in seen.needed.get(document_id, ()) if need.kind in pushers]
    if row.as_kind is Kind.PROJECT:
        needed = [replace(need, part=row.part) for need in needed]
    return tuple(one for one in needed if one.must or seen.is_there((one.kind, one.local_id, one.part)))
