"""The one function in which an invoice becomes paid, whatever the path: a click, a hook, Stripe, the books (KZ-05)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from kz_admin.domain.lifecycle import InvoiceState, state_of
from kz_admin.models.credit_note import CreditAllocation, CreditNote
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import Payment, PaymentAllocation
from kz_admin.services.documents.saving import note, saved
from kz_admin.services.documents.work import Work


def settle(work: Work, invoice: Invoice, moment: int | None = None) -> Invoice:
    """Bring an invoice in line with the money recorded on it.

    `moment` is when it was paid, if the sender knows: the start date of a connection looks at it, never at the
    typed date. Whoever calls has locked the invoice's row and saved the payments and credits that count.
    """
    was = invoice.state
    with work.session.no_autoflush:  # one change of the invoice is one revision
        invoice.paid_minor, invoice.credited_minor = _paid(work, invoice.id), _credited(work, invoice.id)
    follow(work, invoice, moment)
    saved(work, invoice)
    if was != invoice.state and invoice.as_state is InvoiceState.PAID:
        note(work, "invoice.paid", invoice, invoice.title)
    return invoice


def follow(work: Work, invoice: Invoice, moment: int | None = None) -> None:
    """Its state and what is open, from the sums on it. Alone only for an invoice that is made with its payment."""
    given_up = invoice.total_minor - invoice.settled_minor
    invoice.written_off_minor = 0 if invoice.written_off_at is None else given_up
    state = state_of(invoice.facts)
    invoice.open_minor = invoice.facts.open
    invoice.state = state.value
    if state is not InvoiceState.PAID:
        invoice.paid_at = None
    elif invoice.paid_at is None:
        invoice.paid_at = work.at if moment is None else moment


def _paid(work: Work, invoice_id: UUID) -> int:
    query = (
        select(func.coalesce(func.sum(PaymentAllocation.amount_minor), 0))
        .join(Payment, Payment.id == PaymentAllocation.payment_id)
        .where(PaymentAllocation.invoice_id == invoice_id, Payment.voided_at.is_(None))
    )
    return int(work.session.scalar(query) or 0)


def _credited(work: Work, invoice_id: UUID) -> int:
    query = (
        select(func.coalesce(func.sum(CreditAllocation.amount_minor), 0))
        .join(CreditNote, CreditNote.id == CreditAllocation.credit_note_id)
        .where(CreditAllocation.invoice_id == invoice_id, CreditNote.voided_at.is_(None))
    )
    return int(work.session.scalar(query) or 0)
