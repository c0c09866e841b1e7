"""Invoices: made, changed, listed. What happens to them afterwards is in invoice_steps.py."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from kz_admin.domain import exchange
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.figures import major_text
from kz_admin.domain.invoices import Prices
from kz_admin.domain.kinds import Kind, Origin
from kz_admin.domain.lifecycle import InvoiceState, Step, refusal
from kz_admin.domain.money import Money
from kz_admin.domain.names import number_key
from kz_admin.domain.records import InvoiceRecord
from kz_admin.domain.terms import due_on, is_date
from kz_admin.models.client import Client
from kz_admin.models.document import changed_documents
from kz_admin.models.invoice import Invoice, InvoiceLine
from kz_admin.models.session import reading
from kz_admin.services import causes
from kz_admin.services.documents import numbers, sales
from kz_admin.services.documents.by_client import ByClient
from kz_admin.services.documents.listing import (
    Order,
    Page,
    Selection,
    Sorted,
    begins_with,
    counted,
    download,
    name_begins,
    page,
    selection,
)
from kz_admin.services.documents.sales import Contents
from kz_admin.services.documents.saving import mine, note, put, removed, saved
from kz_admin.services.documents.settling import settle
from kz_admin.services.documents.work import Work

ORDER = Order(Invoice.issued_on, Invoice.id, descending=True)
BY_NUMBER = Order(Invoice.number_key, Invoice.id)
HEAD = (
    "Number",
    "Client",
    "State",
    "Date",
    "Due",
    "Currency",
    "Exchange rate",
    "Subtotal",
    "Discount",
    "Tax",
    "Total",
    "Open",
    "Project",
    "Id",
)


@dataclass(frozen=True)
class Details:
    contents: Contents
    due_on: str = ""
    terms: str = ""

    def check(self) -> None:
        self.contents.check()
        if self.due_on and not is_date(self.due_on):
            raise Wrong("due_on", "Enter a date such as 2026-07-31.")
        if self.due_on and self.due_on < self.contents.issued_on:
            raise Wrong("due_on", "The due date is before the date of the invoice.")

    def columns(self) -> dict[str, Any]:
        due = self.due_on or due_on(self.contents.issued_on, self.terms) or ""
        return {**self.contents.head(), "due_on": due, "terms": self.terms}


@dataclass(frozen=True)
class Filters:
    state: str = ""  # a state, or "open"
    q: str = ""  # how the number begins
    client: str = ""  # how the client's name begins
    client_id: UUID | None = None
    since: str = ""
    until: str = ""
    books: str = ""  # one of pills.BOOKS
    cause: str = ""  # a key of the board of causes


def create(work: Work, details: Details, *, origin: Origin = Origin.OURS) -> Invoice:
    """A draft; invoice_steps.finalise() makes it count."""
    details.check()
    sales.check_partners(work, details.contents)
    invoice = Invoice(
        tenant_id=work.tenant_id,
        created_at=work.at,
        origin=origin.value,
        state=InvoiceState.DRAFT.value,
        paid_minor=0,
        credited_minor=0,
        **details.columns(),
    )
    if invoice.number:
        numbers.refuse_taken(work, Kind.INVOICE, invoice.number, invoice.id)
    sales.write(work, invoice, invoice.lines, InvoiceLine, sales.work_out(work, details.contents))
    invoice.open_minor = invoice.total_minor
    saved(work, invoice)
    note(work, "invoice.created", invoice, invoice.title, after=_figures(invoice))
    return invoice


def change(work: Work, invoice_id: UUID | None, details: Details, version: int | None) -> Invoice:
    """Also after it was sent: what is over there follows (decision C20)."""
    invoice = mine(work, Invoice, invoice_id, selectinload(Invoice.lines), version=version)
    if reason := refusal(Step.EDIT, invoice.as_state, invoice.settled_minor):
        raise Conflict(reason)
    details.check()
    sales.check_partners(work, details.contents)
    _refuse_late_changes(invoice, details)
    if details.contents.number:
        numbers.refuse_taken(work, Kind.INVOICE, details.contents.number, invoice.id)
    worked_out = sales.work_out(work, details.contents)
    _refuse_less_than_settled(invoice, worked_out.totals.total)
    was = _figures(invoice)
    before, after = put(work, invoice, details.columns())
    sales.write(work, invoice, invoice.lines, InvoiceLine, worked_out)
    if invoice in changed_documents(work.session):
        settle(work, invoice)
        note(work, "invoice.changed", invoice, invoice.title, {**was, **before}, {**_figures(invoice), **after})
    return invoice


def delete(work: Work, invoice_id: UUID | None, version: int | None) -> None:
    invoice = mine(work, Invoice, invoice_id, selectinload(Invoice.lines), version=version)
    if reason := refusal(Step.DELETE, invoice.as_state):
        raise Conflict(reason)
    note(work, "invoice.deleted", invoice, invoice.title, before=_figures(invoice))
    removed(work, invoice)


def find(tenant_id: UUID, invoice_id: UUID | None) -> Invoice:
    """With its client and lines."""
    options = (joinedload(Invoice.client), selectinload(Invoice.lines))
    with reading() as session:
        query = select(Invoice).where(Invoice.id == invoice_id, Invoice.tenant_id == tenant_id)
        invoice = session.scalar(query.options(*options))
    if invoice is None:
        raise NotFound
    return invoice


def list_invoices(
    tenant_id: UUID, filters: Filters, after: str = "", *, counts: bool = True
) -> tuple[Page[Invoice], dict[str, int]]:
    """One screen, and for the tabs how many there are in each state (counted up to a limit)."""
    with reading() as session:
        shown = page(session, _matching(tenant_id, filters), _order(tenant_id, filters), after)
        return shown, counted(session, _by_state(tenant_id)) if counts else {}


def matching(tenant_id: UUID, filters: Filters, after: str = "") -> Selection:
    return selection(_matching(tenant_id, filters), _order(tenant_id, filters), after)


def open_of_client(tenant_id: UUID, client_id: UUID, currency: str = "") -> Sequence[Invoice]:
    """What a payment of this client can settle, oldest first."""
    query = _all(tenant_id).where(Invoice.client_id == client_id, Invoice.open_minor > 0)
    query = query.where(Invoice.state.in_([state.value for state in InvoiceState if state.open]))
    if currency:
        query = query.where(Invoice.currency == currency)
    with reading() as session:
        return session.scalars(query.order_by(Invoice.issued_on, Invoice.id).limit(100)).all()


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return download(tenant_id, HEAD, _matching(tenant_id, filters), _order(tenant_id, filters), _cells)


def record_of(invoice: Invoice) -> InvoiceRecord:
    """Needs the lines to be loaded."""
    return InvoiceRecord(
        id=invoice.id,
        revision=invoice.revision,
        origin=Origin(invoice.origin),
        created_at=invoice.created_at,
        client_id=invoice.client_id,
        project_id=invoice.project_id,
        number=invoice.number or "",
        issued_on=invoice.issued_on,
        currency=invoice.currency,
        prices=Prices(invoice.prices),
        note=invoice.note,
        lines=sales.line_records(invoice.lines),
        subtotal=invoice.subtotal_minor,
        discount=invoice.discount_minor,
        discount_percent=invoice.discount_percent,
        tax=invoice.tax_minor,
        total=invoice.total_minor,
        exchange_rate=invoice.exchange_rate,
        due_on=invoice.due_on,
        terms=invoice.terms,
        state=invoice.as_state,
        open=invoice.open_minor,
        paid_at=invoice.paid_at,
    )


def _refuse_late_changes(invoice: Invoice, details: Details) -> None:
    if invoice.as_state is InvoiceState.DRAFT:
        return
    if not details.contents.number:
        raise Wrong("number", "A finalised invoice keeps a number.")
    for name, field, words in (("client_id", "client", "client"), ("currency", "currency", "currency")):
        if getattr(details.contents, name) != getattr(invoice, name) and invoice.settled_minor:
            raise Wrong(field, f"Money was recorded on this invoice, so its {words} can no longer change.")


def _refuse_less_than_settled(invoice: Invoice, total: int) -> None:
    if total < invoice.settled_minor:
        settled = Money(invoice.settled_minor, invoice.currency)
        raise Wrong("lines", f"{settled} are paid or credited already, so the total cannot be less than that.")


def _all(tenant_id: UUID) -> Select[Invoice]:
    query = select(Invoice).join(Invoice.client).options(contains_eager(Invoice.client))
    return query.where(Invoice.tenant_id == tenant_id)


def _order(tenant_id: UUID, filters: Filters) -> Sorted:
    """Newest first; what is searched by a number or a name goes by that, as an index does."""
    if filters.q:
        return BY_NUMBER
    return ByClient(tenant_id, filters.client, Invoice.client_id, ORDER) if filters.client else ORDER


def _matching(tenant_id: UUID, filters: Filters) -> Select[Invoice]:
    query = _all(tenant_id)
    if filters.state == "open":
        query = query.where(Invoice.state.in_([state.value for state in InvoiceState if state.open]))
    elif filters.state:
        query = query.where(Invoice.state == filters.state)
    if filters.q:
        query = query.where(begins_with(Invoice.number_key, number_key(filters.q)))
    if filters.client and filters.q:  # a name alone is the order's business
        query = query.where(name_begins(Client.name_key, filters.client))
    if filters.client_id:
        query = query.where(Invoice.client_id == filters.client_id)
    if filters.since:
        query = query.where(Invoice.issued_on >= filters.since)
    if filters.until:
        query = query.where(Invoice.issued_on <= filters.until)
    return causes.narrowed(query, tenant_id, Invoice, filters)


def _by_state(tenant_id: UUID) -> dict[str, Select[Any]]:
    every = select(Invoice.id).where(Invoice.tenant_id == tenant_id)
    return {"": every, **{state.value: every.where(Invoice.state == state.value) for state in InvoiceState}}


def _figures(invoice: Invoice) -> dict[str, Any]:
    return {"total": f"{major_text(invoice.total_minor, invoice.currency)} {invoice.currency}"}


def _cells(invoice: Invoice) -> Sequence[object]:
    amounts = (
        invoice.subtotal_minor,
        invoice.discount_minor,
        invoice.tax_minor,
        invoice.total_minor,
        invoice.open_minor,
    )
    return (
        invoice.number,
        invoice.client.name,
        invoice.as_state.word,
        invoice.issued_on,
        invoice.due_on,
        invoice.currency,
        exchange.cell(invoice.exchange_rate),
        *(Money(amount, invoice.currency).major for amount in amounts),
        invoice.project_id,
        invoice.id,
    )
