"""The steps of an invoice's life: finalise, send, void, write off. Paid is no step: see settling.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from kz_admin.domain.failures import Conflict
from kz_admin.domain.kinds import Kind
from kz_admin.domain.lifecycle import Step, refusal
from kz_admin.domain.names import number_key
from kz_admin.models.invoice import Invoice
from kz_admin.services.documents import numbers
from kz_admin.services.documents.saving import all_mine, mine, note
from kz_admin.services.documents.settling import settle
from kz_admin.services.documents.work import Work

Deed = Callable[[Work, Invoice], None]


def finalise(work: Work, invoice_id: UUID | None, version: int | None = None) -> Invoice:
    """From here on it counts, keeps its number and may leave for the books."""
    return _one(work, invoice_id, version, Step.FINALISE)


def send(work: Work, invoice_id: UUID | None, version: int | None = None) -> Invoice:
    """Note that the client has it: the billing platform or a person sends invoices, kz-admin does not."""
    return _one(work, invoice_id, version, Step.SEND)


def void(work: Work, invoice_id: UUID | None, version: int | None = None) -> Invoice:
    return _one(work, invoice_id, version, Step.VOID)


def write_off(work: Work, invoice_id: UUID | None, version: int | None = None) -> Invoice:
    """Give up what is still open; what was paid stays."""
    return _one(work, invoice_id, version, Step.WRITE_OFF)


def take(work: Work, invoice: Invoice, step: Step) -> Invoice:
    """One step of an invoice whose row this unit of work holds."""
    if reason := refusal(step, invoice.as_state, invoice.settled_minor):
        raise Conflict(reason)
    _DEEDS[step](work, invoice)
    settle(work, invoice)
    note(work, _ACTIONS[step], invoice, invoice.title)
    return invoice


def take_all(work: Work, ids: Sequence[UUID], step: Step) -> int:
    """The step for every selected invoice that can take it; how many did."""
    invoices = all_mine(work, Invoice, ids)
    able = [one for one in invoices if refusal(step, one.as_state, one.settled_minor) is None]
    for invoice in able:
        take(work, invoice, step)
    return len(able)


def _one(work: Work, invoice_id: UUID | None, version: int | None, step: Step) -> Invoice:
    return take(work, mine(work, Invoice, invoice_id, version=version), step)


def _finalise(work: Work, invoice: Invoice) -> None:
    if not invoice.number:
        invoice.number = numbers.take(work, Kind.INVOICE)
        invoice.number_key = number_key(invoice.number)
    invoice.finalised_at = work.at


def _send(work: Work, invoice: Invoice) -> None:
    invoice.sent_at = invoice.sent_at or work.at


def _void(work: Work, invoice: Invoice) -> None:
    invoice.voided_at = work.at


def _write_off(work: Work, invoice: Invoice) -> None:
    invoice.written_off_at = work.at


_DEEDS: dict[Step, Deed] = {
    Step.FINALISE: _finalise,
    Step.SEND: _send,
    Step.VOID: _void,
    Step.WRITE_OFF: _write_off,
}
_ACTIONS = {
    Step.FINALISE: "invoice.finalised",
    Step.SEND: "invoice.sent",
    Step.VOID: "invoice.voided",
    Step.WRITE_OFF: "invoice.written_off",
}
