"""What each Stripe event does to our documents. One function an event; all of them may come twice and in any order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from kz_admin.domain import stripe_events as said
from kz_admin.domain.invoices import Prices
from kz_admin.domain.kinds import Kind, Source
from kz_admin.domain.payments import Method
from kz_admin.models.client import Client
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.external_ref import ExternalRef
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import Payment
from kz_admin.models.refund import Refund
from kz_admin.services import paid, paid_clients
from kz_admin.services.documents import credit_notes, refunds
from kz_admin.services.documents.sales import Contents, Line
from kz_admin.services.documents.saving import mine
from kz_admin.services.documents.settling import settle
from kz_admin.services.documents.work import Work
from kz_admin.services.paid import Booked, Sender
from kz_admin.services.recognise import SETTLEMENT, remember

Object = Mapping[str, Any]
CHARGES = ("ch_", "py_")  # how ids of charges begin


class Later(Exception):
    """It cannot be done yet: something else has to arrive first."""

    def __init__(self, problem: str, sentence: str) -> None:
        self.problem, self.sentence = problem, sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Step:
    work: Work
    sender: Sender
    what: str
    object: Object
    lines: Sequence[Object] | None  # all of them, when they had to be fetched
    happened_at: int  # in seconds, as Stripe counts

    def day_of(self, seconds: Any) -> str:
        return said.day_of(seconds, self.sender.time_zone)

    def ref(self, kind: str, external_id: str) -> UUID | None:
        return self.work.session.scalar(
            select(ExternalRef.document_id).where(
                ExternalRef.tenant_id == self.work.tenant_id,
                ExternalRef.source == Source.STRIPE.value,
                ExternalRef.kind == kind,
                ExternalRef.external_id == external_id,
            )
        )

    def remember(self, kind: str, external_id: str, document_id: UUID) -> None:
        if self.ref(kind, external_id) is None:
            remember(self.work, Source.STRIPE, kind, external_id, document_id)
            self.work.session.flush()


def invoice(step: Step) -> Booked | None:
    """Finalised, sent, paid, failed, voided, uncollectible: the object says which, the event only rang."""
    status = step.object.get("status")
    if status in (None, "draft"):
        return None
    if step.lines is None and said.has_more_lines(step.object):
        raise Later("stripe_lines_missing", "The lines beyond the tenth are being fetched from Stripe.")
    told = said.paid_of(step.object, step.lines, step.sender.time_zone)
    if told.payment is not None:
        _revive(step)
    booked = paid.book(step.work, step.sender, told)
    row = mine(step.work, Invoice, booked.invoice_id)
    if step.what == "invoice.sent":
        row.sent_at = row.sent_at or step.work.at
    if status in ("void", "uncollectible"):
        _end(step, row, status)
    settle(step.work, row, told.payment.paid_at if told.payment else None)
    _link_money(step, said.money_ids(step.object), str(step.object["id"]))
    detail = "Stripe could not collect the payment." if step.what == "invoice.payment_failed" else booked.detail
    return Booked(booked.invoice_id, booked.outcome, detail)


def _payment(step: Step, invoice_id: str) -> UUID | None:
    """The one payment of Stripe's that is known of this invoice."""
    return step.ref(Kind.PAYMENT, f"{invoice_id}/{SETTLEMENT}")


def _revive(step: Step) -> None:
    """Money came for an invoice that was given up or voided before: the money wins, in any order of the events.

    Only the first word of it: what people decide about money they know of is not undone by a second one.
    """
    invoice_id = str(step.object["id"])
    known = step.ref(Kind.INVOICE, invoice_id)
    if known is None or _payment(step, invoice_id) is not None:
        return
    row = mine(step.work, Invoice, known)
    if row.voided_at is not None or row.written_off_at is not None:
        row.voided_at = row.written_off_at = None
        settle(step.work, row)


def _end(step: Step, row: Invoice, status: str) -> None:
    """Void wins over written off; neither undoes a payment. Of what is settled in part, the rest is given up."""
    if _payment(step, str(step.object["id"])) is not None:
        return
    if status == "void" and not row.settled_minor:
        row.voided_at, row.written_off_at = row.voided_at or step.work.at, None
    elif status == "uncollectible" and row.open_minor:
        row.written_off_at = step.work.at


def invoice_payment(step: Step) -> Booked | None:
    """Newer versions tell here which payment intent paid an invoice; a refund will name that one."""
    invoice_id = said.id_of(step.object.get("invoice"))
    if _payment(step, invoice_id) is None:
        raise Later("waits_for_payment", "Waits for the event that says that its invoice is paid.")
    _link_money(step, said.money_ids_of(step.object), invoice_id)
    return None


def _link_money(step: Step, ids: Sequence[str], invoice_id: str) -> None:
    payment_id = _payment(step, invoice_id)
    if payment_id is not None:
        for one in ids:
            step.remember(Kind.PAYMENT, one, payment_id)


def refunded(step: Step) -> Booked | None:
    """A charge says how much of it was given back in all; what is not recorded yet is one refund."""
    charge_id = str(step.object["id"])
    ids = [said.id_of(step.object.get("payment_intent")), charge_id]
    payment_id = next((found for one in ids if one and (found := step.ref(Kind.PAYMENT, one))), None)
    if payment_id is None:
        raise Later("waits_for_payment", "Waits for the event that says which invoice this charge paid.")
    payment = mine(step.work, Payment, payment_id)
    recorded = select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
        Refund.payment_id == payment_id, Refund.voided_at.is_(None), ~_of_another_charge(charge_id)
    )
    missing = int(step.object["amount_refunded"]) - int(step.work.session.scalar(recorded) or 0)
    if missing <= 0:
        return None
    details = refunds.Details(
        amount=min(missing, payment.amount_minor),
        refunded_on=step.day_of(step.happened_at),
        method=Method.CARD,
        reference=charge_id,
        payment_id=payment_id,
    )
    refunds.create(step.work, details)
    return None


def _of_another_charge(charge_id: str) -> ColumnElement[bool]:
    """An invoice may be paid by several charges; what a person recorded could be of any of them."""
    of_a_charge = or_(*(Refund.reference.startswith(prefix, autoescape=True) for prefix in CHARGES))
    return and_(of_a_charge, Refund.reference != charge_id)


def credit_note(step: Step) -> Booked | None:
    """Issued or void; what it credits before payment settles its invoice, what comes after payment does not."""
    external_id = str(step.object["id"])
    known = step.ref(Kind.CREDIT_NOTE, external_id)
    if known is None:
        known = _make_credit_note(step).id
        step.remember(Kind.CREDIT_NOTE, external_id, known)
    row = mine(step.work, CreditNote, known)
    if step.object.get("status") == "void" and row.voided_at is None:
        credit_notes.void(step.work, row.id, None)
    return None


def _make_credit_note(step: Step) -> CreditNote:
    invoice_id = step.ref(Kind.INVOICE, said.id_of(step.object.get("invoice")))
    if invoice_id is None:
        raise Later("waits_for_invoice", "Waits for the event of the invoice it corrects.")
    corrects = mine(step.work, Invoice, invoice_id)
    if int(step.object.get("post_payment_amount") or 0) and corrects.as_state.open:
        raise Later("waits_for_payment", "Waits for the event that says that its invoice is paid.")
    total, currency = int(step.object["total"]), said.currency_of(step.object)
    contents = Contents(
        client_id=corrects.client_id,
        issued_on=step.day_of(step.object.get("effective_at") or step.object.get("created")),
        currency=currency,
        lines=(_credit_line(step.object, total),),
        number=str(step.object.get("number") or "")[:60],
        prices=Prices.INCLUSIVE,
        note=str(step.object.get("memo") or "")[:4000],
    )
    return _settled_by(step, corrects, credit_notes.Details(contents, invoice_id))


def _settled_by(step: Step, invoice: Invoice, details: credit_notes.Details) -> CreditNote:
    """What was given up is the rest after all credit, though its event may arrive before the credit's."""
    given_up, invoice.written_off_at = invoice.written_off_at, None
    if given_up is not None:
        settle(step.work, invoice)
    made = credit_notes.create(step.work, details)
    if given_up is not None and invoice.open_minor:
        invoice.written_off_at = given_up
        settle(step.work, invoice)
    return made


def _credit_line(note: Object, total: int) -> Line:
    """One line for the whole note: Stripe spreads it over the invoice's lines, the books need its total and tax."""
    taxes = note.get("total_taxes") or note.get("tax_amounts") or ()
    tax = sum(int(one.get("amount") or 0) for one in taxes)
    words = str(note.get("memo") or "") or f"Credit note {note.get('number') or ''}".strip()
    return Line(words[:4000], amount=total, stated_tax=tax if taxes else None)


def customer(step: Step) -> Booked | None:
    """A customer we know is called what Stripe calls it now; one without an invoice is nobody yet."""
    known = step.ref(Kind.CLIENT, str(step.object["id"]))
    if known is not None:
        paid_clients.update(step.work, mine(step.work, Client, known), said.customer_of(step.object))
    return None


STEPS: dict[str, Callable[[Step], Booked | None]] = {
    "invoice.finalized": invoice,
    "invoice.sent": invoice,
    "invoice.paid": invoice,
    "invoice.payment_failed": invoice,
    "invoice.voided": invoice,
    "invoice.marked_uncollectible": invoice,
    "invoice_payment.paid": invoice_payment,
    "charge.refunded": refunded,
    "credit_note.created": credit_note,
    "credit_note.updated": credit_note,
    "credit_note.voided": credit_note,
    "customer.created": customer,
    "customer.updated": customer,
}
