"""Removals run backwards: what stands on a document goes before the document itself (reliability.md 2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import APPLIED, CREDITED_APPLIED
from kz_admin.domain.status import IN_FLIGHT, STUCK, WAITING
from kz_admin.models.connection import Connection
from kz_admin.models.credit_note import CreditAllocation, CreditNote
from kz_admin.models.document import Document
from kz_admin.models.payment import Payment, PaymentAllocation
from kz_admin.models.refund import Refund
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services.push import credited

OPEN = [state.value for state in (*WAITING, *STUCK)]


def in_the_way(session: Session, connection: Connection, rows: Iterable[SyncRecord]) -> dict[UUID, SyncRecord]:
    """For each record that removes something: the record of what stands on it and has to be gone first, if any."""
    removed = [row for row in rows if row.removes and row.over_there and row.part != APPLIED]
    found: dict[UUID, SyncRecord] = {}
    for kind in {row.as_kind for row in removed}:
        mine = [row for row in removed if row.as_kind is kind]
        queries = _standing_on(kind, [row.local_id for row in mine])
        pairs = [pair for query in queries for pair in session.execute(query)]
        going = _going(session, connection, [dependent for _, dependent in pairs])
        # what may stay where it is comes last: whoever waits, waits for what has to go
        for document_id, dependent in sorted(pairs, key=lambda pair: _is_shut_in(going.get(pair[1]))):
            if dependent in going:
                for row in (one for one in mine if one.local_id == document_id):
                    found.setdefault(row.id, going[dependent])
    return found


def in_front(
    session: Session, connection: Connection, rows: Iterable[SyncRecord], documents: Mapping[UUID, Document]
) -> dict[UUID, SyncRecord]:
    """For each payment and each use of a credit: what is still to be taken back from the same invoices, if anything.

    Until that is gone over there, nothing is open on them for the new money to settle."""
    settles = {row.id: parts for row in rows if (parts := _settled_by(row, documents.get(row.local_id)))}
    pairs = _money_on(session, {invoice_id for parts in settles.values() for invoice_id in parts})
    others = {dependent for _, dependent in pairs} - documents.keys()
    going = _going(session, connection, list(others))
    pairs.sort(key=lambda pair: _is_shut_in(going.get(pair[1])), reverse=True)
    full = {invoice_id: going[dependent] for invoice_id, dependent in pairs if dependent in going}
    blocked = {record_id: [full[one] for one in parts if one in full] for record_id, parts in settles.items()}
    return {record_id: first[0] for record_id, first in blocked.items() if first}


def _settled_by(row: SyncRecord, document: Document | None) -> list[UUID]:
    if row.part == CREDITED_APPLIED:
        return [row.local_id]
    if row.removes or not isinstance(document, Payment | CreditNote):
        return []
    is_money = row.as_kind is Kind.PAYMENT or row.part == APPLIED
    return [part.invoice_id for part in document.allocations] if is_money else []


def _money_on(session: Session, invoice_ids: set[UUID]) -> list[tuple[UUID, UUID]]:
    queries = _standing_on(Kind.INVOICE, list(invoice_ids)) if invoice_ids else ()
    return [(row[0], row[1]) for query in queries for row in session.execute(query)]


def _going(session: Session, connection: Connection, ids: Sequence[UUID]) -> dict[UUID, SyncRecord]:
    """Those that are to be removed and are not gone yet. Of a credit note what counts is what it was applied with."""
    query = select(SyncRecord).where(
        SyncRecord.connection_id == connection.id,
        SyncRecord.local_id.in_(ids),
        SyncRecord.removes,
        or_(SyncRecord.remote_id.is_not(None), SyncRecord.state.in_([state.value for state in IN_FLIGHT])),
        SyncRecord.state.in_(OPEN),
        or_(SyncRecord.kind != Kind.CREDIT_NOTE.value, SyncRecord.part != ""),
    )
    return {row.local_id: row for row in session.scalars(query)} if ids else {}


def _is_shut_in(row: SyncRecord | None) -> bool:
    return row is not None and credited.is_shut_in(row)


def _standing_on(kind: Kind, ids: Sequence[UUID]) -> Sequence[Select[Any, Any]]:
    """Pairs of a document and what stands on it."""
    if kind is Kind.INVOICE:
        paid, credited = PaymentAllocation, CreditAllocation
        return (
            select(paid.invoice_id, paid.payment_id).where(paid.invoice_id.in_(ids)),
            select(credited.invoice_id, credited.credit_note_id).where(credited.invoice_id.in_(ids)),
        )
    if kind is Kind.CREDIT_NOTE:
        given_back = select(Refund.credit_note_id, Refund.id).where(Refund.credit_note_id.in_(ids))
        return (given_back, select(CreditNote.id, CreditNote.id).where(CreditNote.id.in_(ids)))
    if kind is Kind.PAYMENT:
        return (select(Refund.payment_id, Refund.id).where(Refund.payment_id.in_(ids)),)
    return ()
