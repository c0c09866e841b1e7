"""What refunds take back: the lines of the invoices that their payments settled, read in two statements."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from kz_admin.domain.giving_back import Settled, lines_of
from kz_admin.domain.invoices import Prices
from kz_admin.domain.records import LineRecord
from kz_admin.models.document import Document
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import PaymentAllocation
from kz_admin.models.refund import Refund
from kz_admin.services.documents.sales import line_records


def lines(session: Session, documents: Iterable[Document]) -> dict[UUID, tuple[LineRecord, ...]]:
    """By refund; a credit note's is not among them, its income was taken back already."""
    refunds = [one for one in documents if isinstance(one, Refund) and one.payment_id]
    query = (
        select(PaymentAllocation.payment_id, PaymentAllocation.amount_minor, Invoice)
        .join(Invoice, Invoice.id == PaymentAllocation.invoice_id)
        .where(PaymentAllocation.payment_id.in_([one.payment_id for one in refunds]))
        .order_by(Invoice.issued_on, Invoice.id)
        .options(selectinload(Invoice.lines))
    )
    settled: dict[UUID, list[Settled]] = {}
    for payment_id, paid, invoice in session.execute(query) if refunds else ():
        sale = Settled(paid, Prices(invoice.prices), line_records(invoice.lines))
        settled.setdefault(payment_id, []).append(sale)
    return {one.id: _lines(one, settled.get(one.payment_id, [])) for one in refunds if one.payment_id}


def _lines(refund: Refund, settled: list[Settled]) -> tuple[LineRecord, ...]:
    said = f"Refund {refund.reference}".strip()
    return lines_of(refund.amount_minor, refund.currency, said, settled)
