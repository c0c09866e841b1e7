"""Credit notes: take back what was invoiced. What is open on one can settle invoices or be refunded."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from kz_admin.domain import exchange
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.invoices import Prices
from kz_admin.domain.kinds import Kind, Origin
from kz_admin.domain.money import Money
from kz_admin.domain.names import number_key
from kz_admin.domain.records import AllocationRecord, CreditNoteRecord
from kz_admin.models.client import Client
from kz_admin.models.credit_note import CreditAllocation, CreditNote, CreditNoteLine
from kz_admin.models.document import changed_documents
from kz_admin.models.invoice import Invoice
from kz_admin.models.session import reading
from kz_admin.services import causes
from kz_admin.services.documents import numbers, sales
from kz_admin.services.documents.allocating import Parts, spread
from kz_admin.services.documents.by_client import ByClient
from kz_admin.services.documents.listing import (
    Order,
    Page,
    Selection,
    Sorted,
    begins_with,
    download,
    name_begins,
    page,
    selection,
)
from kz_admin.services.documents.sales import Contents
from kz_admin.services.documents.saving import all_mine, known, mine, note, put, saved
from kz_admin.services.documents.settling import settle
from kz_admin.services.documents.work import Work

ORDER = Order(CreditNote.issued_on, CreditNote.id, descending=True)
BY_NUMBER = Order(CreditNote.number_key, CreditNote.id)
HEAD = ("Number", "Client", "Date", "Currency", "Exchange rate", "Tax", "Total", "Open", "Refunded", "Voided", "Id")
VOIDED = "This credit note was voided, so it can no longer change."


@dataclass(frozen=True)
class Details:
    contents: Contents
    invoice_id: UUID | None = None  # the invoice it corrects

    def check(self) -> None:
        self.contents.check()


@dataclass(frozen=True)
class Filters:
    q: str = ""
    client: str = ""
    open: bool = False
    since: str = ""
    until: str = ""
    books: str = ""  # one of pills.BOOKS
    cause: str = ""  # a key of the board of causes


def create(work: Work, details: Details, *, origin: Origin = Origin.OURS) -> CreditNote:
    """It counts at once, and settles the invoice it corrects as far as that is open."""
    details.check()
    sales.check_partners(work, details.contents)
    invoice = known(work, Invoice, details.invoice_id) if details.invoice_id else None
    _refuse_other_client(details, invoice)
    worked_out = sales.work_out(work, details.contents)
    credit = CreditNote(
        tenant_id=work.tenant_id,
        created_at=work.at,
        origin=origin.value,
        invoice_id=details.invoice_id,
        finalised_at=work.at,
        allocations=[],
        refunded_minor=0,
        **details.contents.head(),
    )
    if credit.number:
        numbers.refuse_taken(work, Kind.CREDIT_NOTE, credit.number, credit.id)
    else:
        credit.number = numbers.take(work, Kind.CREDIT_NOTE)
        credit.number_key = number_key(credit.number)
    sales.write(work, credit, credit.lines, CreditNoteLine, worked_out)
    credit.open_minor = credit.total_minor
    saved(work, credit)
    note(work, "credit_note.created", credit, credit.title, after=_figures(credit))
    if invoice is not None and invoice.as_state.open and invoice.open_minor:
        _settle_with(work, credit, {invoice.id: min(invoice.open_minor, credit.open_minor)})
    return credit


def change(work: Work, credit_id: UUID | None, details: Details, version: int | None) -> CreditNote:
    details.check()
    credit = _whole(work, credit_id, version)
    if credit.voided_at is not None:
        raise Conflict(VOIDED)
    sales.check_partners(work, details.contents)
    worked_out = sales.work_out(work, details.contents)
    used = credit.total_minor - credit.open_minor
    if worked_out.totals.total < used:
        raise Wrong("lines", f"{Money(used, credit.currency)} of it are used already; the total cannot be less.")
    for name, field in (("client_id", "client"), ("currency", "currency")):
        if used and getattr(details.contents, name) != getattr(credit, name):
            raise Wrong(field, f"Part of this credit note is used, so its {field} can no longer change.")
    number = details.contents.number or credit.number or ""
    numbers.refuse_taken(work, Kind.CREDIT_NOTE, number, credit.id)
    head = {**details.contents.head(), "number": number, "number_key": number_key(number)}
    before, after = put(work, credit, head)
    was = _figures(credit)
    sales.write(work, credit, credit.lines, CreditNoteLine, worked_out)
    credit.open_minor = credit.total_minor - used
    if credit in changed_documents(work.session):
        saved(work, credit)
        note(work, "credit_note.changed", credit, credit.title, {**was, **before}, {**_figures(credit), **after})
    return credit


def apply(work: Work, credit_id: UUID | None, parts: Parts, version: int | None) -> CreditNote:
    """Settle open invoices of the same client with what is open on the credit note."""
    credit = _whole(work, credit_id, version)
    if credit.voided_at is not None:
        raise Conflict(VOIDED)
    _settle_with(work, credit, parts)
    note(work, "credit_note.applied", credit, credit.title)
    return credit


def void(work: Work, credit_id: UUID | None, version: int | None) -> CreditNote:
    """It no longer counts: what it settled is open again."""
    credit = _whole(work, credit_id, version)
    if credit.voided_at is not None:
        return credit
    if credit.refunded_minor:
        raise Conflict("Part of this credit note was refunded. Void the refund first.")
    invoices = all_mine(work, Invoice, [part.invoice_id for part in credit.allocations])
    credit.voided_at, credit.open_minor = work.at, 0
    saved(work, credit)
    for invoice in invoices:
        settle(work, invoice)
    note(work, "credit_note.voided", credit, credit.title)
    return credit


def find(tenant_id: UUID, credit_id: UUID | None) -> tuple[CreditNote, Sequence[tuple[CreditAllocation, Invoice]]]:
    with reading() as session:
        query = select(CreditNote).where(CreditNote.id == credit_id, CreditNote.tenant_id == tenant_id)
        loaded = (joinedload(CreditNote.client), selectinload(CreditNote.lines), selectinload(CreditNote.allocations))
        credit = session.scalar(query.options(*loaded))
        if credit is None:
            raise NotFound
        settled = (
            select(CreditAllocation, Invoice)
            .join(Invoice, Invoice.id == CreditAllocation.invoice_id)
            .where(CreditAllocation.credit_note_id == credit.id)
            .order_by(Invoice.issued_on, Invoice.id)
        )
        return credit, [(part, invoice) for part, invoice in session.execute(settled)]


def of_invoice(tenant_id: UUID, invoice_id: UUID) -> Sequence[tuple[CreditAllocation, CreditNote]]:
    """The credits that settle an invoice."""
    query = (
        select(CreditAllocation, CreditNote)
        .join(CreditNote, CreditNote.id == CreditAllocation.credit_note_id)
        .where(CreditAllocation.invoice_id == invoice_id, CreditAllocation.tenant_id == tenant_id)
        .order_by(CreditNote.issued_on, CreditNote.id)
    )
    with reading() as session:
        return [(part, credit) for part, credit in session.execute(query)]


def list_credit_notes(tenant_id: UUID, filters: Filters, after: str = "") -> Page[CreditNote]:
    with reading() as session:
        return page(session, _matching(tenant_id, filters), _order(tenant_id, filters), after)


def matching(tenant_id: UUID, filters: Filters, after: str = "") -> Selection:
    return selection(_matching(tenant_id, filters), _order(tenant_id, filters), after)


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return download(tenant_id, HEAD, _matching(tenant_id, filters), _order(tenant_id, filters), _cells)


def record_of(credit: CreditNote) -> CreditNoteRecord:
    """Needs lines and allocations to be loaded."""
    return CreditNoteRecord(
        id=credit.id,
        revision=credit.revision,
        origin=Origin(credit.origin),
        created_at=credit.created_at,
        client_id=credit.client_id,
        project_id=credit.project_id,
        number=credit.number or "",
        issued_on=credit.issued_on,
        currency=credit.currency,
        prices=Prices(credit.prices),
        note=credit.note,
        lines=sales.line_records(credit.lines),
        subtotal=credit.subtotal_minor,
        discount=credit.discount_minor,
        discount_percent=credit.discount_percent,
        tax=credit.tax_minor,
        total=credit.total_minor,
        exchange_rate=credit.exchange_rate,
        invoice_id=credit.invoice_id,
        voided=credit.voided_at is not None,
        allocations=tuple(AllocationRecord(part.invoice_id, part.amount_minor) for part in credit.allocations),
    )


def _whole(work: Work, credit_id: UUID | None, version: int | None) -> CreditNote:
    loaded = (selectinload(CreditNote.lines), selectinload(CreditNote.allocations))
    return mine(work, CreditNote, credit_id, *loaded, version=version)


def _settle_with(work: Work, credit: CreditNote, parts: Parts) -> None:
    try:
        found = spread(work, credit, credit.open_minor, parts)
    except (Wrong, Conflict) as refused:
        raise Wrong("parts", refused.sentence) from None
    credit.open_minor = found.rest
    saved(work, credit)
    for invoice in found.invoices:
        settle(work, invoice)


def _refuse_other_client(details: Details, invoice: Invoice | None) -> None:
    if invoice is not None and invoice.client_id != details.contents.client_id:
        raise Wrong("client", f"{invoice.title} belongs to another client.")
    if invoice is not None and invoice.currency != details.contents.currency:
        raise Wrong("currency", f"{invoice.title} is in {invoice.currency}.")


def _order(tenant_id: UUID, filters: Filters) -> Sorted:
    if filters.q:
        return BY_NUMBER
    return ByClient(tenant_id, filters.client, CreditNote.client_id, ORDER) if filters.client else ORDER


def _matching(tenant_id: UUID, filters: Filters) -> Select[CreditNote]:
    query = select(CreditNote).join(CreditNote.client).options(contains_eager(CreditNote.client))
    query = query.where(CreditNote.tenant_id == tenant_id)
    if filters.q:
        query = query.where(begins_with(CreditNote.number_key, number_key(filters.q)))
    if filters.client and filters.q:  # a name alone is the order's business
        query = query.where(name_begins(Client.name_key, filters.client))
    if filters.open:
        query = query.where(CreditNote.open_minor > 0)
    if filters.since:
        query = query.where(CreditNote.issued_on >= filters.since)
    if filters.until:
        query = query.where(CreditNote.issued_on <= filters.until)
    return causes.narrowed(query, tenant_id, CreditNote, filters)


def _figures(credit: CreditNote) -> dict[str, Any]:
    return {"total": str(Money(credit.total_minor, credit.currency))}


def _cells(credit: CreditNote) -> Sequence[object]:
    amounts = (credit.tax_minor, credit.total_minor, credit.open_minor, credit.refunded_minor)
    return (
        credit.number,
        credit.client.name,
        credit.issued_on,
        credit.currency,
        exchange.cell(credit.exchange_rate),
        *(Money(amount, credit.currency).major for amount in amounts),
        credit.voided_at is not None,
        credit.id,
    )
