"""Payments: recorded, spread over invoices, taken back. Mark paid, hooks and Stripe all come through record()."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from kz_admin.domain import exchange
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.kinds import Origin, Source
from kz_admin.domain.lifecycle import Step, refusal
from kz_admin.domain.money import Money
from kz_admin.domain.payments import Method
from kz_admin.domain.records import AllocationRecord, PaymentRecord
from kz_admin.domain.regions import CURRENCIES
from kz_admin.domain.terms import is_date
from kz_admin.models.client import Client
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import Payment, PaymentAllocation
from kz_admin.models.session import reading
from kz_admin.services import causes
from kz_admin.services.documents.allocating import Parts, spread
from kz_admin.services.documents.by_client import ByClient
from kz_admin.services.documents.listing import Order, Page, Selection, Sorted, download, page, selection
from kz_admin.services.documents.saving import all_mine, known, mine, note, saved
from kz_admin.services.documents.settling import settle
from kz_admin.services.documents.work import Work

ORDER = Order(Payment.paid_on, Payment.id, descending=True)
HEAD = (
    "Date",
    "Client",
    "Method",
    "Reference",
    "Currency",
    "Exchange rate",
    "Amount",
    "Unallocated",
    "Refunded",
    "Voided",
    "Id",
)
MOST_INVOICES = 100


@dataclass(frozen=True)
class Details:
    """A payment of one client. `parts` says how much goes to which invoice; None means as much as is open."""

    client_id: UUID | None
    amount: int
    currency: str
    paid_on: str
    method: Method
    reference: str = ""
    note: str = ""
    exchange_rate: Decimal | None = None  # None: that of its invoices, else the provider's
    parts: Parts = field(default_factory=dict)

    def check(self) -> None:
        if self.client_id is None:
            raise Wrong("client", "Choose a client.")
        if self.amount <= 0:
            raise Wrong("amount", "Enter an amount greater than zero.")
        if self.currency not in CURRENCIES:
            raise Wrong("currency", "Choose a currency from the list.")
        exchange.check(self.exchange_rate)
        if not is_date(self.paid_on):
            raise Wrong("paid_on", "Enter a date such as 2026-07-31.")
        if len(self.parts) > MOST_INVOICES:
            raise Wrong("parts", f"A payment can settle at most {MOST_INVOICES} invoices at once.")


@dataclass(frozen=True)
class Filters:
    client: str = ""
    method: str = ""
    unallocated: bool = False
    since: str = ""
    until: str = ""
    books: str = ""  # one of pills.BOOKS
    cause: str = ""  # a key of the board of causes


def record(
    work: Work,
    details: Details,
    *,
    source: str = Source.PERSON,
    moment: int | None = None,
    origin: Origin = Origin.OURS,
) -> Payment:
    """Record money and settle its invoices; what none of them can take stays unallocated for a person to see."""
    details.check()
    client = known(work, Client, details.client_id)
    payment = Payment(
        tenant_id=work.tenant_id,
        created_at=work.at,
        origin=origin.value,
        client_id=client.id,
        amount_minor=details.amount,
        unallocated_minor=details.amount,
        currency=details.currency,
        exchange_rate=details.exchange_rate,
        paid_on=details.paid_on,
        method=details.method.value,
        reference=details.reference,
        note=details.note,
        source=str(source),
    )
    invoices = _take_parts(work, payment, details.parts)
    saved(work, payment)
    for invoice in invoices:
        settle(work, invoice, moment)
    amount = str(Money(payment.amount_minor, payment.currency))
    note(work, "payment.recorded", payment, client.name, after={"amount": amount, "method": details.method.label})
    return payment


def mark_paid(
    work: Work,
    invoice_id: UUID | None,
    *,
    amount: int | None,
    paid_on: str,
    method: Method,
    reference: str = "",
    version: int | None = None,
) -> Payment:
    """A person says that an invoice was paid: all that is open, or a part of it; never more."""
    invoice = mine(work, Invoice, invoice_id, version=version)
    if reason := refusal(Step.PAY, invoice.as_state, invoice.settled_minor):
        raise Conflict(reason)
    wanted = invoice.open_minor if amount is None else amount
    if wanted > invoice.open_minor:
        raise Wrong("amount", f"Only {Money(invoice.open_minor, invoice.currency)} are still open.")
    details = Details(
        client_id=invoice.client_id,
        amount=wanted,
        currency=invoice.currency,
        paid_on=paid_on,
        method=method,
        reference=reference,
        parts={invoice.id: wanted},
    )
    return record(work, details)


def apply(work: Work, payment_id: UUID | None, parts: Parts, version: int | None) -> Payment:
    """Use what is unallocated for open invoices of the same client."""
    payment = mine(work, Payment, payment_id, selectinload(Payment.allocations), version=version)
    if payment.voided_at is not None:
        raise Conflict("This payment was voided, so it settles nothing.")
    invoices = _take_parts(work, payment, parts)
    saved(work, payment)
    for invoice in invoices:
        settle(work, invoice)
    note(work, "payment.applied", payment, payment.reference or payment.paid_on)
    return payment


def void(work: Work, payment_id: UUID | None, version: int | None) -> Payment:
    """The payment did not happen: its invoices are open again. The row stays, so that its history does."""
    payment = mine(work, Payment, payment_id, selectinload(Payment.allocations), version=version)
    if payment.voided_at is not None:
        return payment
    if payment.refunded_minor:
        raise Conflict("Part of this payment was refunded. Void the refund first.")
    invoices = all_mine(work, Invoice, [part.invoice_id for part in payment.allocations])
    payment.voided_at = work.at
    saved(work, payment)
    for invoice in invoices:
        settle(work, invoice)
    note(work, "payment.voided", payment, payment.reference or payment.paid_on)
    return payment


def find(tenant_id: UUID, payment_id: UUID | None) -> tuple[Payment, Sequence[tuple[PaymentAllocation, Invoice]]]:
    """With its client and the invoices it settles."""
    with reading() as session:
        query = select(Payment).where(Payment.id == payment_id, Payment.tenant_id == tenant_id)
        payment = session.scalar(query.options(joinedload(Payment.client), selectinload(Payment.allocations)))
        if payment is None:
            raise NotFound
        settled = (
            select(PaymentAllocation, Invoice)
            .join(Invoice, Invoice.id == PaymentAllocation.invoice_id)
            .where(PaymentAllocation.payment_id == payment.id)
            .order_by(Invoice.issued_on, Invoice.id)
        )
        return payment, [(part, invoice) for part, invoice in session.execute(settled)]


def of_invoice(tenant_id: UUID, invoice_id: UUID) -> Sequence[tuple[PaymentAllocation, Payment]]:
    """The money recorded on an invoice, oldest first."""
    query = (
        select(PaymentAllocation, Payment)
        .join(Payment, Payment.id == PaymentAllocation.payment_id)
        .where(PaymentAllocation.invoice_id == invoice_id, PaymentAllocation.tenant_id == tenant_id)
        .order_by(Payment.paid_on, Payment.id)
    )
    with reading() as session:
        return [(part, payment) for part, payment in session.execute(query)]


def list_payments(tenant_id: UUID, filters: Filters, after: str = "") -> Page[Payment]:
    with reading() as session:
        return page(session, _matching(tenant_id, filters), _order(tenant_id, filters), after)


def matching(tenant_id: UUID, filters: Filters, after: str = "") -> Selection:
    return selection(_matching(tenant_id, filters), _order(tenant_id, filters), after)


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return download(tenant_id, HEAD, _matching(tenant_id, filters), _order(tenant_id, filters), _cells)


def record_of(payment: Payment) -> PaymentRecord:
    """Needs the allocations to be loaded."""
    return PaymentRecord(
        id=payment.id,
        revision=payment.revision,
        origin=Origin(payment.origin),
        created_at=payment.created_at,
        client_id=payment.client_id,
        currency=payment.currency,
        amount=payment.amount_minor,
        paid_on=payment.paid_on,
        method=payment.as_method,
        reference=payment.reference,
        deposit_account=payment.deposit_account,
        voided=payment.voided_at is not None,
        allocations=tuple(
            AllocationRecord(part.invoice_id, part.amount_minor)
            for part in sorted(payment.allocations, key=lambda one: (one.created_at, one.id))
        ),
        exchange_rate=payment.exchange_rate,
    )


def _take_parts(work: Work, payment: Payment, parts: Parts) -> list[Invoice]:
    found = spread(work, payment, payment.unallocated_minor, parts)
    payment.unallocated_minor = found.rest
    return found.invoices


def _order(tenant_id: UUID, filters: Filters) -> Sorted:
    return ByClient(tenant_id, filters.client, Payment.client_id, ORDER) if filters.client else ORDER


def _matching(tenant_id: UUID, filters: Filters) -> Select[Payment]:
    query = select(Payment).join(Payment.client).options(contains_eager(Payment.client))
    query = query.where(Payment.tenant_id == tenant_id)
    if filters.method:
        query = query.where(Payment.method == filters.method)
    if filters.unallocated:
        query = query.where(Payment.unallocated_minor > 0, Payment.voided_at.is_(None))
    if filters.since:
        query = query.where(Payment.paid_on >= filters.since)
    if filters.until:
        query = query.where(Payment.paid_on <= filters.until)
    return causes.narrowed(query, tenant_id, Payment, filters)


def _cells(payment: Payment) -> Sequence[Any]:
    amounts = (payment.amount_minor, payment.unallocated_minor, payment.refunded_minor)
    return (
        payment.paid_on,
        payment.client.name,
        payment.as_method.label,
        payment.reference,
        payment.currency,
        exchange.cell(payment.exchange_rate),
        *(Money(amount, payment.currency).major for amount in amounts),
        payment.voided_at is not None,
        payment.id,
    )
