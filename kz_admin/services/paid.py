"""One invoice and its payment from a sender: found or made, paid once, whichever path they come by (KZ-02 to KZ-05)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload, selectinload

from kz_admin import clock
from kz_admin.domain.failures import Conflict, Wrong
from kz_admin.domain.kinds import Kind, Source
from kz_admin.domain.lifecycle import InvoiceState, Step
from kz_admin.domain.money import Money
from kz_admin.domain.paid import InvoiceSaid, Known, Paid, PaymentSaid
from kz_admin.domain.paid_body import payment_minor
from kz_admin.domain.payments import Outcome
from kz_admin.models.base import TenantOwned
from kz_admin.models.document import Document
from kz_admin.models.invoice import Invoice, InvoiceLine
from kz_admin.models.payment import Payment, PaymentAllocation
from kz_admin.services import outbox, paid_clients, paid_contents
from kz_admin.services.documents import invoice_steps, invoices, payments, sales
from kz_admin.services.documents.saving import made, mine
from kz_admin.services.documents.settling import follow
from kz_admin.services.documents.work import Work
from kz_admin.services.recognise import Recognised, payment_ref, recognise, ref_to, remember


class Disagreement(Conflict):
    """What we know and what is said cannot both be true; nothing was written."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


@dataclass(frozen=True)
class Booked:
    invoice_id: UUID
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True)
class Sender:
    source: Source
    time_zone: str


def book(work: Work, sender: Sender, paid: Paid) -> Booked:
    found = recognise(work, sender.source, paid)
    invoice_id = found.ref(Kind.INVOICE, paid.invoice.id)
    if invoice_id is not None:
        return _known_by_ref(work, sender, paid, found, invoice_id)
    if found.by_number is not None:
        return _known_by_number(work, sender, paid, found, found.by_number)
    return _new(work, sender, paid, found)


def _new(work: Work, sender: Sender, paid: Paid, found: Recognised) -> Booked:
    said = _whole_invoice(paid)
    if paid.payment and found.ref(Kind.PAYMENT, payment_ref(paid)) is not None:
        raise _used_elsewhere(said.number)
    client_id = paid_clients.find_or_make(work, sender.source, paid.client, found, said.currency)
    read = paid_contents.read(work, sender.source, said, client_id, found)
    details = invoices.Details(read.contents, said.due_on, said.terms)
    invoice = Invoice(
        tenant_id=work.tenant_id,
        created_at=work.at,
        finalised_at=work.at,
        paid_minor=0,
        credited_minor=0,
        **details.columns(),
    )
    sales.write(work, invoice, invoice.lines, InvoiceLine, read.worked_out)
    payment = _first_payment(work, sender, paid.payment, invoice) if paid.payment else None
    follow(work, invoice, paid.payment.paid_at if paid.payment else None)
    _write(work, sender.source, paid, invoice, payment)
    return Booked(invoice.id, Outcome.ACCEPTED, _rest_in_words(payment) if payment else "")


def _write(work: Work, source: Source, paid: Paid, invoice: Invoice, payment: Payment | None) -> None:
    """All that is new, in one statement a table."""
    for line in invoice.lines:
        line.invoice_id = invoice.id
    documents: list[Document] = [invoice]
    parts: list[TenantOwned] = [*invoice.lines, ref_to(work, source, Kind.INVOICE, paid.invoice.id, invoice.id)]
    if payment is not None:
        documents.append(payment)
        parts += [*payment.allocations, ref_to(work, source, Kind.PAYMENT, payment_ref(paid), payment.id)]
    made(work, documents, parts)
    if planner := outbox.here(work.session):
        planner.knows([one.id for one in documents])


def _first_payment(work: Work, sender: Sender, said: PaymentSaid, invoice: Invoice) -> Payment | None:
    """The payment of an invoice that is made together with it; of nothing there is none."""
    amount = payment_minor(said, invoice.currency) or invoice.total_minor
    if not amount:
        return None
    used = min(amount, invoice.total_minor)
    payment = Payment(
        tenant_id=work.tenant_id,
        created_at=work.at,
        client_id=invoice.client_id,
        amount_minor=amount,
        unallocated_minor=amount - used,
        currency=invoice.currency,
        paid_on=_paid_on(said, sender),
        method=said.method.value,
        reference=said.reference,
        source=sender.source.value,
    )
    if used:
        invoice.paid_minor = used
        part = PaymentAllocation(tenant_id=work.tenant_id, created_at=work.at, amount_minor=used)
        part.payment_id, part.invoice_id = payment.id, invoice.id
        payment.allocations.append(part)
    return payment


def _known_by_ref(work: Work, sender: Sender, paid: Paid, found: Recognised, invoice_id: UUID) -> Booked:
    invoice = _load(work, invoice_id)
    if not paid_clients.is_of(invoice, paid.client, found):
        raise Disagreement("client.id", f"Invoice {invoice.title} belongs to another client here.")
    named = found.ref(Kind.CLIENT, paid.client.id)
    if named in (None, invoice.client_id):
        paid_clients.update(work, invoice.client, paid.client)
    if named is None:
        remember(work, sender.source, Kind.CLIENT, paid.client.id, invoice.client_id)
    if isinstance(paid.invoice, InvoiceSaid):
        _follow_sender(work, sender, paid.invoice, found, invoice)
    return _pay(work, sender, paid, found, invoice)


def _follow_sender(work: Work, sender: Sender, said: InvoiceSaid, found: Recognised, invoice: Invoice) -> None:
    """The sender changed its own invoice before it was paid; afterwards another total is a disagreement."""
    if (said.currency, said.total) == (invoice.currency, invoice.total_minor):
        return
    if invoice.settled_minor or invoice.as_state.over:
        raise _other_total(said, invoice)
    read = paid_contents.read(work, sender.source, said, invoice.client_id, found)
    invoices.change(work, invoice.id, invoices.Details(read.contents, said.due_on, said.terms), None)


def _known_by_number(work: Work, sender: Sender, paid: Paid, found: Recognised, invoice_id: UUID) -> Booked:
    """The same number is the same invoice when client, currency and total agree; else nothing is written."""
    said, invoice = _whole_invoice(paid), _load(work, invoice_id)
    if not paid_clients.is_of(invoice, paid.client, found):
        raise Disagreement("client.email", f"You already have an invoice {invoice.title}, for another client.")
    if (said.currency, said.total) != (invoice.currency, invoice.total_minor):
        raise _other_total(said, invoice)
    remember(work, sender.source, Kind.INVOICE, said.id, invoice.id)
    if found.ref(Kind.CLIENT, paid.client.id) is None:
        remember(work, sender.source, Kind.CLIENT, paid.client.id, invoice.client_id)
    return _pay(work, sender, paid, found, invoice)


def _other_total(said: InvoiceSaid, invoice: Invoice) -> Disagreement:
    ours = Money(invoice.total_minor, invoice.currency)
    field = "invoice.total" if said.currency == invoice.currency else "invoice.currency"
    return Disagreement(field, f"Invoice {invoice.title} is here with a total of {ours}.")


def _pay(work: Work, sender: Sender, paid: Paid, found: Recognised, invoice: Invoice) -> Booked:
    if invoice.as_state is InvoiceState.DRAFT:
        invoice_steps.take(work, invoice, Step.FINALISE)
    said = paid.payment
    if said is None:
        return Booked(invoice.id, Outcome.REPEATED)
    known = found.ref(Kind.PAYMENT, payment_ref(paid))
    if known is not None:
        return _paid_before(work, sender, invoice, known)
    if invoice.as_state.over:
        word = invoice.as_state.word.lower()
        raise Disagreement(
            "invoice.id", f"Invoice {invoice.title} is {word} here, so no payment can be recorded on it."
        )
    return _record(work, sender, paid, said, invoice)


def _paid_before(work: Work, sender: Sender, invoice: Invoice, payment_id: UUID) -> Booked:
    """A payment we know changes nothing; one that paid other invoices only must not pass for the money of this one."""
    here = and_(PaymentAllocation.payment_id == Payment.id, PaymentAllocation.invoice_id == invoice.id)
    query = select(Payment.source, PaymentAllocation.id).outerjoin(PaymentAllocation, here)
    row = work.session.execute(query.where(Payment.id == payment_id)).one()
    source: str = row[0]
    part: UUID | None = row[1]  # outer join
    if part is None and invoice.open_minor and not invoice.as_state.over:
        raise _used_elsewhere(invoice.title)
    return Booked(invoice.id, Outcome.REPEATED if source == sender.source.value else Outcome.ALREADY_PAID)


def _used_elsewhere(title: str) -> Disagreement:
    return Disagreement("payment.id", f"This payment is recorded already, and nothing of it on invoice {title}.")


def _record(work: Work, sender: Sender, paid: Paid, said: PaymentSaid, invoice: Invoice) -> Booked:
    """Up to what is open; more than that only when the same sender brings a second payment of its own."""
    before = _payments_on(work, invoice)
    second = any(one.source == sender.source.value for one in before)
    amount = payment_minor(said, invoice.currency)
    if invoice.open_minor == 0 and not (second and amount):
        if len(before) == 1:
            remember(work, sender.source, Kind.PAYMENT, payment_ref(paid), before[0].id)
        return Booked(invoice.id, Outcome.ALREADY_PAID)
    booked, left_out = amount or invoice.open_minor, 0
    if before and not second and booked > invoice.open_minor:
        booked, left_out = invoice.open_minor, booked - invoice.open_minor
    payment = payments.record(
        work,
        payments.Details(
            client_id=invoice.client_id,
            amount=booked,
            currency=invoice.currency,
            paid_on=_paid_on(said, sender),
            method=said.method,
            reference=said.reference,
            parts={invoice.id: None} if invoice.open_minor else {},
        ),
        source=sender.source.value,
        moment=said.paid_at,
    )
    remember(work, sender.source, Kind.PAYMENT, payment_ref(paid), payment.id)
    return Booked(invoice.id, Outcome.ACCEPTED, _left_out(left_out, invoice) or _rest_in_words(payment))


def _payments_on(work: Work, invoice: Invoice) -> list[Payment]:
    query = (
        select(Payment)
        .join(PaymentAllocation, PaymentAllocation.payment_id == Payment.id)
        .where(PaymentAllocation.invoice_id == invoice.id, Payment.voided_at.is_(None))
    )
    return list(work.session.scalars(query))


def _left_out(left_out: int, invoice: Invoice) -> str:
    if not left_out:
        return ""
    amount = Money(left_out, invoice.currency)
    return f"{amount} were not booked: that much of invoice {invoice.title} was paid before by another way."


def _rest_in_words(payment: Payment) -> str:
    rest = payment.unallocated_minor
    return f"{Money(rest, payment.currency)} more than was open; they stay unallocated." if rest else ""


def _whole_invoice(paid: Paid) -> InvoiceSaid:
    if isinstance(paid.invoice, Known):
        raise Wrong("invoice.number", f"We do not know the invoice {paid.invoice.id} yet. Send it whole.")
    return paid.invoice


def _load(work: Work, invoice_id: UUID) -> Invoice:
    return mine(work, Invoice, invoice_id, selectinload(Invoice.lines), joinedload(Invoice.client))


def _paid_on(said: PaymentSaid, sender: Sender) -> str:
    """The typed date, else the day of the moment where the tenant is."""
    if said.paid_on or said.paid_at is None:
        return said.paid_on
    return clock.to_datetime(said.paid_at, sender.time_zone).date().isoformat()
