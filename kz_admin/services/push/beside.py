"""Money beside money: the other payments on the same invoices, and what the provider's own payments settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from kz_admin.domain.names import number_endings, number_key
from kz_admin.domain.payments import Method
from kz_admin.domain.pushing import marker_of
from kz_admin.models.connection import Connection
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.document import Document
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import Payment, PaymentAllocation
from kz_admin.models.refund import Refund
from kz_admin.models.tenant import Tenant


def remembered(session: Session, documents: Iterable[Document]) -> dict[UUID, frozenset[str]]:
    """For each payment the markers of the others that we know on its invoices; for each refund those of its twins."""
    found: dict[UUID, set[str]] = {}
    for model, others in ((Payment, _on_the_same_invoices), (Refund, _of_the_same_day_and_amount)):
        ids = [one.id for one in documents if isinstance(one, model)]
        for document_id, other_id in session.execute(others(ids)) if ids else ():
            found.setdefault(document_id, set()).add(marker_of(other_id))
    return {document_id: frozenset(markers) for document_id, markers in found.items()}


def _on_the_same_invoices(ids: Sequence[UUID]) -> Select[UUID, UUID]:
    mine, other = aliased(PaymentAllocation), aliased(PaymentAllocation)
    return (
        select(mine.payment_id, other.payment_id)
        .join(other, other.invoice_id == mine.invoice_id)
        .where(mine.payment_id.in_(ids), other.payment_id != mine.payment_id)
    )


def _of_the_same_day_and_amount(ids: Sequence[UUID]) -> Select[UUID, UUID]:
    """Of any client: two of ours may be one customer over there."""
    mine, other = aliased(Refund), aliased(Refund)
    same = [getattr(other, name) == getattr(mine, name) for name in ("refunded_on", "amount_minor", "currency")]
    query = select(mine.id, other.id).join(other, other.tenant_id == mine.tenant_id)
    return query.where(mine.id.in_(ids), other.id != mine.id, *same)


def rates(session: Session, connection: Connection, documents: Iterable[Document]) -> dict[UUID, Decimal]:
    """Of the invoices that these payments settle: the exchange rates somebody gave for them."""
    ids = [one.id for one in documents if isinstance(one, Payment) and one.currency != connection.company_currency]
    query = (
        select(Invoice.id, Invoice.exchange_rate)
        .join(PaymentAllocation, PaymentAllocation.invoice_id == Invoice.id)
        .where(PaymentAllocation.payment_id.in_(ids), Invoice.exchange_rate.is_not(None))
    )
    return {invoice_id: rate for invoice_id, rate in (session.execute(query) if ids else ()) if rate is not None}


def own_currency(session: Session, connection: Connection, rated: bool) -> str:
    """In which rates of ours are given; asked for only where there is one."""
    query = select(Tenant.currency).where(Tenant.id == connection.tenant_id)
    return session.scalars(query).one() if rated else ""


def paid_by_provider(session: Session, documents: Iterable[Document]) -> set[UUID]:
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


def numbers_of_ours(session: Session, document: Invoice | CreditNote, longest: int) -> frozenset[str]:
    """Of the endings its number may get over there, those that are numbers of ours: none is used twice."""
    model = type(document)
    keys = [number_key(one) for one in number_endings(document.number or "", longest)]
    query = select(model.number_key).where(model.tenant_id == document.tenant_id, model.number_key.in_(keys))
    return frozenset(session.scalars(query))
