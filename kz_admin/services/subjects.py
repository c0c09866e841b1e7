"""What the rules need to know about documents, read from their rows: one statement per kind of partner at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from kz_admin.domain.kinds import Kind, Origin
from kz_admin.domain.rules import Subject
from kz_admin.models.credit_note import CreditAllocation, CreditNote
from kz_admin.models.document import Document
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import Payment, PaymentAllocation
from kz_admin.models.refund import Refund
from kz_admin.models.time_entry import TimeEntry

Partner = tuple[Kind, UUID]


@dataclass(frozen=True)
class Facts:
    subject: Subject
    partners: tuple[Partner, ...] = ()
    partners_made_at: tuple[int, ...] = ()
    applied_to: tuple[Partner, ...] = ()  # a credit note: the invoices it settles


def read(session: Session, documents: Sequence[Document], time_zone: str) -> dict[UUID, Facts]:
    settled, applied = _settled(session, documents), _applied(session, documents)
    return {
        one.id: replace(_facts(one, settled.get(one.id, ()), time_zone), applied_to=applied.get(one.id, ()))
        for one in documents
    }


def with_partners(facts: Facts, *, going: bool, reset_at: int | None) -> Subject:
    is_frozen = reset_at is not None and any(moment < reset_at for moment in facts.partners_made_at)
    partners = len(facts.partners)
    return replace(facts.subject, partners=partners, partners_going=going, partner_frozen=is_frozen)


def followers(session: Session, document_ids: Sequence[UUID]) -> list[Document]:
    """What follows these documents over: payments and credits on invoices, refunds of those."""
    allocated = select(PaymentAllocation.payment_id).where(PaymentAllocation.invoice_id.in_(document_ids))
    credited = select(CreditAllocation.credit_note_id).where(CreditAllocation.invoice_id.in_(document_ids))
    found: list[Document] = list(session.scalars(select(Payment).where(Payment.id.in_(allocated))))
    corrects = or_(CreditNote.id.in_(credited), CreditNote.invoice_id.in_(document_ids))
    found += session.scalars(select(CreditNote).where(corrects))
    of_these = or_(Refund.payment_id.in_(document_ids), Refund.credit_note_id.in_(document_ids))
    return [*found, *session.scalars(select(Refund).where(of_these))]


def _facts(document: Document, partners: Sequence[tuple[Partner, int]], time_zone: str) -> Facts:
    subject = Subject(
        kind=document.kind,
        created_at=document.created_at,
        document_at=_midnight(_date_of(document), time_zone, document.created_at),
        origin=Origin(document.origin),
        voided=getattr(document, "voided_at", None) is not None,
    )
    more: dict[str, Any] = {}
    if isinstance(document, Invoice):
        more = {"state": document.as_state, "sent": document.sent_at is not None, "paid_at": document.paid_at}
    elif isinstance(document, CreditNote):
        more = {"finalised": document.finalised_at is not None}
    elif isinstance(document, Refund):
        more = {"of_credit": document.of_credit}
    elif isinstance(document, TimeEntry):
        more = {"approved": document.approved_at is not None}
    partner_keys = tuple(dict.fromkeys(partner for partner, _ in partners))
    return Facts(replace(subject, **more), partner_keys, tuple(made_at for _, made_at in partners))


def _date_of(document: Document) -> str:
    for name in ("issued_on", "paid_on", "refunded_on", "worked_on", "spent_on"):
        if found := getattr(document, name, ""):
            return str(found)
    return ""


def _midnight(day: str, time_zone: str, otherwise: int) -> int:
    if not day:
        return otherwise
    return int(datetime.combine(date.fromisoformat(day), time(), ZoneInfo(time_zone)).timestamp()) * 1000


def _settled(session: Session, documents: Sequence[Document]) -> dict[UUID, list[tuple[Partner, int]]]:
    """For each payment, credit note and refund: what it settles or belongs to, with the moment that was made."""
    found: dict[UUID, list[tuple[Partner, int]]] = {}
    for kind, reader in _READERS.items():
        rows = [one for one in documents if one.kind is kind]
        if rows:
            for document_id, partner, made_at in reader(session, rows):
                found.setdefault(document_id, []).append((partner, made_at))
    return found


Links = list[tuple[UUID, Partner, int]]


def _of_payments(session: Session, payments: Sequence[Any]) -> Links:
    in_memory = [
        (one.id, part.invoice_id)
        for one in payments
        if "allocations" not in inspect(one).unloaded
        for part in one.allocations
    ]
    unloaded = [one.id for one in payments if "allocations" in inspect(one).unloaded]
    if unloaded:
        query = select(PaymentAllocation.payment_id, PaymentAllocation.invoice_id)
        rows = session.execute(query.where(PaymentAllocation.payment_id.in_(unloaded)))
        in_memory += [(row[0], row[1]) for row in rows]
    return _with_invoices(session, in_memory)


def _of_credit_notes(session: Session, credit_notes: Sequence[Any]) -> Links:
    pairs = [(one.id, one.invoice_id) for one in credit_notes if one.invoice_id]
    query = select(CreditAllocation.credit_note_id, CreditAllocation.invoice_id)
    ids = [one.id for one in credit_notes]
    pairs += [(row[0], row[1]) for row in session.execute(query.where(CreditAllocation.credit_note_id.in_(ids)))]
    return _with_invoices(session, pairs)


def _applied(session: Session, documents: Sequence[Document]) -> dict[UUID, tuple[Partner, ...]]:
    ids = [one.id for one in documents if one.kind is Kind.CREDIT_NOTE]
    found: dict[UUID, tuple[Partner, ...]] = {}
    if ids:
        query = select(CreditAllocation.credit_note_id, CreditAllocation.invoice_id)
        for credit_id, invoice_id in session.execute(query.where(CreditAllocation.credit_note_id.in_(ids))):
            found[credit_id] = (*found.get(credit_id, ()), (Kind.INVOICE, invoice_id))
    return found


def _of_refunds(session: Session, refunds: Sequence[Any]) -> Links:
    links: Links = []
    for one in refunds:
        model: type[Payment] | type[CreditNote] = Payment if one.payment_id else CreditNote
        of = session.get(model, one.payment_id or one.credit_note_id)
        if of is not None:
            links.append((one.id, (of.kind, of.id), of.created_at))
    return links


def _with_invoices(session: Session, pairs: Sequence[tuple[UUID, UUID]]) -> Links:
    """Invoices of this transaction are in memory; the moments of the others are read in one statement."""
    made_at: dict[UUID, int] = {}
    missing = []
    for _, invoice_id in pairs:
        here = session.identity_map.get(session.identity_key(Invoice, invoice_id))
        if here is None:
            missing.append(invoice_id)
        else:
            made_at[invoice_id] = here.created_at
    if missing:
        rows = session.execute(select(Invoice.id, Invoice.created_at).where(Invoice.id.in_(missing)))
        made_at |= {row[0]: row[1] for row in rows}
    return [(one, (Kind.INVOICE, invoice_id), made_at.get(invoice_id, 0)) for one, invoice_id in pairs]


_READERS: dict[Kind, Callable[[Session, Sequence[Any]], Links]] = {
    Kind.PAYMENT: _of_payments,
    Kind.CREDIT_NOTE: _of_credit_notes,
    Kind.REFUND: _of_refunds,
}
