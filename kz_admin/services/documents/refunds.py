"""Refunds: money given back, of a payment or of what a credit note left open."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.kinds import Origin
from kz_admin.domain.money import Money
from kz_admin.domain.payments import Method
from kz_admin.domain.records import RefundRecord
from kz_admin.domain.terms import is_date
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.payment import Payment
from kz_admin.models.refund import Refund
from kz_admin.models.session import reading
from kz_admin.services import causes
from kz_admin.services.documents.by_client import ByClient
from kz_admin.services.documents.listing import Order, Page, Selection, Sorted, download, page, selection
from kz_admin.services.documents.saving import mine, note, saved
from kz_admin.services.documents.work import Work

ORDER = Order(Refund.refunded_on, Refund.id, descending=True)
HEAD = ("Date", "Client", "Method", "Reference", "Currency", "Amount", "Voided", "Payment", "Credit note", "Id")


@dataclass(frozen=True)
class Details:
    amount: int
    refunded_on: str
    method: Method
    reference: str = ""
    payment_id: UUID | None = None
    credit_note_id: UUID | None = None

    def check(self) -> None:
        if (self.payment_id is None) == (self.credit_note_id is None):
            raise Wrong("amount", "A refund is of one payment or of one credit note.")
        if self.amount <= 0:
            raise Wrong("amount", "Enter an amount greater than zero.")
        if not is_date(self.refunded_on):
            raise Wrong("refunded_on", "Enter a date such as 2026-07-31.")


@dataclass(frozen=True)
class Filters:
    client: str = ""
    since: str = ""
    until: str = ""
    books: str = ""  # one of pills.BOOKS
    cause: str = ""  # a key of the board of causes


def create(work: Work, details: Details, *, origin: Origin = Origin.OURS) -> Refund:
    """Never more than came in and was not given back yet. An invoice that was paid stays paid."""
    details.check()
    source = _source(work, details.payment_id, details.credit_note_id)
    if source.voided_at is not None:
        raise Conflict("What this refund is of was voided.")
    left = _left(source)
    if details.amount > left:
        raise Wrong("amount", f"At most {Money(left, source.currency)} can be given back.")
    refund = Refund(
        tenant_id=work.tenant_id,
        created_at=work.at,
        origin=origin.value,
        client_id=source.client_id,
        currency=source.currency,
        payment_id=details.payment_id,
        credit_note_id=details.credit_note_id,
        amount_minor=details.amount,
        unused_minor=min(details.amount, source.unallocated_minor) if isinstance(source, Payment) else 0,
        refunded_on=details.refunded_on,
        method=details.method.value,
        reference=details.reference,
    )
    _take(source, refund, 1)
    saved(work, source)
    saved(work, refund)
    note(work, "refund.created", refund, str(Money(refund.amount_minor, refund.currency)))
    return refund


def void(work: Work, refund_id: UUID | None, version: int | None) -> Refund:
    """The money was not given back after all."""
    refund = mine(work, Refund, refund_id, version=version)
    if refund.voided_at is not None:
        return refund
    source = _source(work, refund.payment_id, refund.credit_note_id)
    refund.voided_at = work.at
    _take(source, refund, -1)
    saved(work, refund)
    saved(work, source)
    note(work, "refund.voided", refund, str(Money(refund.amount_minor, refund.currency)))
    return refund


def find(tenant_id: UUID, refund_id: UUID | None) -> Refund:
    with reading() as session:
        refund = session.scalar(_all(tenant_id).where(Refund.id == refund_id))
    if refund is None:
        raise NotFound
    return refund


def source_of(tenant_id: UUID, refund: Refund) -> Payment | CreditNote:
    """What it gives back."""
    with reading() as session:
        if refund.payment_id is not None:
            of_payment = select(Payment).where(Payment.tenant_id == tenant_id, Payment.id == refund.payment_id)
            return session.scalars(of_payment).one()
        of_credit = select(CreditNote).where(CreditNote.tenant_id == tenant_id, CreditNote.id == refund.credit_note_id)
        return session.scalars(of_credit).one()


def of(tenant_id: UUID, source_id: UUID) -> Sequence[Refund]:
    """Of this payment or credit note, oldest first."""
    query = select(Refund).where(Refund.tenant_id == tenant_id)
    query = query.where((Refund.payment_id == source_id) | (Refund.credit_note_id == source_id))
    with reading() as session:
        return session.scalars(query.order_by(Refund.refunded_on, Refund.id)).all()


def list_refunds(tenant_id: UUID, filters: Filters, after: str = "") -> Page[Refund]:
    with reading() as session:
        return page(session, _matching(tenant_id, filters), _order(tenant_id, filters), after)


def matching(tenant_id: UUID, filters: Filters, after: str = "") -> Selection:
    return selection(_matching(tenant_id, filters), _order(tenant_id, filters), after)


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return download(tenant_id, HEAD, _matching(tenant_id, filters), _order(tenant_id, filters), _cells)


def record_of(refund: Refund) -> RefundRecord:
    return RefundRecord(
        id=refund.id,
        revision=refund.revision,
        origin=Origin(refund.origin),
        created_at=refund.created_at,
        client_id=refund.client_id,
        payment_id=refund.payment_id,
        credit_note_id=refund.credit_note_id,
        currency=refund.currency,
        amount=refund.amount_minor,
        refunded_on=refund.refunded_on,
        method=Method(refund.method),
        reference=refund.reference,
        voided=refund.voided_at is not None,
    )


def _source(work: Work, payment_id: UUID | None, credit_note_id: UUID | None) -> Payment | CreditNote:
    if payment_id is not None:
        return mine(work, Payment, payment_id)
    return mine(work, CreditNote, credit_note_id)


def _left(source: Payment | CreditNote) -> int:
    return source.amount_minor - source.refunded_minor if isinstance(source, Payment) else source.open_minor


def _take(source: Payment | CreditNote, refund: Refund, sign: int) -> None:
    """What nobody used of a payment is given back first, and cannot be used any more."""
    source.refunded_minor += sign * refund.amount_minor
    if isinstance(source, CreditNote):
        source.open_minor -= sign * refund.amount_minor
    else:
        source.unallocated_minor -= sign * refund.unused_minor


def _all(tenant_id: UUID) -> Select[Refund]:
    query = select(Refund).join(Refund.client).options(contains_eager(Refund.client))
    return query.where(Refund.tenant_id == tenant_id)


def _order(tenant_id: UUID, filters: Filters) -> Sorted:
    return ByClient(tenant_id, filters.client, Refund.client_id, ORDER) if filters.client else ORDER


def _matching(tenant_id: UUID, filters: Filters) -> Select[Refund]:
    query = _all(tenant_id)
    if filters.since:
        query = query.where(Refund.refunded_on >= filters.since)
    if filters.until:
        query = query.where(Refund.refunded_on <= filters.until)
    return causes.narrowed(query, tenant_id, Refund, filters)


def _cells(refund: Refund) -> Sequence[object]:
    return (
        refund.refunded_on,
        refund.client.name,
        Method(refund.method).label,
        refund.reference,
        refund.currency,
        Money(refund.amount_minor, refund.currency).major,
        refund.voided_at is not None,
        refund.payment_id,
        refund.credit_note_id,
        refund.id,
    )
