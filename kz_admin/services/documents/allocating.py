"""Money or a credit spread over invoices: to each what is asked, never more than is open on it or left to give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from kz_admin.domain.failures import Conflict, Wrong
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.money import Money
from kz_admin.domain.payments import split
from kz_admin.models.credit_note import CreditAllocation, CreditNote
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import Payment, PaymentAllocation
from kz_admin.services.documents.saving import all_mine
from kz_admin.services.documents.work import Work

STANDS = {InvoiceState.DRAFT: "still a draft", InvoiceState.PAID: "paid already"}  # others as they are called
Parts = Mapping[UUID, int | None]  # invoice → how much of it; None means as much as is open


@dataclass(frozen=True)
class Spread:
    invoices: list[Invoice]  # to be settled anew
    rest: int  # what none of them could take


def spread(work: Work, source: Payment | CreditNote, left: int, parts: Parts) -> Spread:
    invoices = all_mine(work, Invoice, list(parts))
    for invoice in invoices:
        _refuse_unfit(source, invoice)
    wanted = [_wanted(invoice, parts[invoice.id]) for invoice in invoices]
    if sum(part for part in parts.values() if part is not None) > left:
        available = f"{Money(left, source.currency)} available on this {source.kind.word}"
        raise Wrong("amount", f"The parts add up to more than the {available}.")
    found = split(left, wanted)
    for invoice, part in zip(invoices, found.parts, strict=True):
        if part:
            _allocate(work, source, invoice, part)
    return Spread(invoices, found.rest)


def _refuse_unfit(source: Payment | CreditNote, invoice: Invoice) -> None:
    if invoice.client_id != source.client_id:
        raise Wrong("client", f"{invoice.title} belongs to another client.")
    if invoice.currency != source.currency:
        raise Wrong(
            "currency", f"{invoice.title} is in {invoice.currency}, this {source.kind.word} in {source.currency}."
        )
    if not invoice.as_state.open:
        which = f"Invoice {invoice.number}" if invoice.number else "That invoice"
        stands = STANDS.get(invoice.as_state, invoice.as_state.word.lower())
        raise Conflict(f"{which} is {stands}. Nothing was recorded.")


def _wanted(invoice: Invoice, part: int | None) -> int:
    if part is None:
        return invoice.open_minor
    if not 0 <= part <= invoice.open_minor:
        still_open = Money(invoice.open_minor, invoice.currency)
        raise Wrong("amount", f"{invoice.title} can take at most {still_open}, which is what is open on it.")
    return part


def _allocate(work: Work, source: Payment | CreditNote, invoice: Invoice, amount: int) -> None:
    held = next((part for part in source.allocations if part.invoice_id == invoice.id), None)
    if held is not None:
        held.amount_minor += amount
        return
    made = {"tenant_id": work.tenant_id, "created_at": work.at, "invoice_id": invoice.id, "amount_minor": amount}
    if isinstance(source, Payment):
        source.allocations.append(PaymentAllocation(**made))
    else:
        source.allocations.append(CreditAllocation(**made))
