"""The list of invoices, each one's page, the download, and steps for several at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lifecycle import InvoiceState, Step, steps
from kz_admin.models.invoice import Invoice
from kz_admin.services.documents import credit_notes, invoice_steps, invoices, payments, projects
from kz_admin.services.documents.invoices import Filters
from kz_admin.services.documents.listing import COUNTED_AT_MOST
from kz_admin.web import records, selections
from kz_admin.web.access import allow, tenant_id, writes
from kz_admin.web.fields import EditForm
from kz_admin.web.htmx import answer
from kz_admin.web.invoices.blueprint import bp
from kz_admin.web.lists import csv_answer, filters_of, listing, place
from kz_admin.web.nouns import may_change
from kz_admin.web.selections import Many, Own, Several
from kz_admin.web.show import capped

BULK: Mapping[str, Own] = {
    Step.FINALISE.value: Own(
        Several(
            "Finalise",
            "Finalise {these}?",
            "Finalise {these}",
            ("{these} finalised", "{these} finalised"),
            "Are finalised",
        ),
        partial(invoice_steps.take_all, step=Step.FINALISE),
        "Only drafts can be finalised.",
    ),
    Step.SEND.value: Own(
        Several(
            "Mark as sent",
            "Mark {these} as sent?",
            "Mark {these} as sent",
            ("{these} marked as sent", "{these} marked as sent"),
            "Are marked as sent",
        ),
        partial(invoice_steps.take_all, step=Step.SEND),
        "Drafts are finalised first; what is void or written off is not sent any more.",
    ),
}
MANY = Many(Kind.INVOICE, Filters, invoices.matching, links=True, own=BULK)


@bp.get("/")
@bp.get("")
@allow("viewer")
def index() -> ResponseReturnValue:
    filters = _filters()
    found, counts = invoices.list_invoices(tenant_id(), filters, place())
    shown = listing("invoices", found, filters)
    return answer(
        "pages/invoices.html",
        "partials/invoice_list.html",
        shown=shown,
        states=_tabs(counts),
        may_change=may_change(),
        bulk=MANY.bar(),
    )


@bp.get("/download")
@allow("viewer")
@writes
def download() -> ResponseReturnValue:
    return csv_answer(invoices.as_csv(tenant_id(), _filters()), "invoices")


@bp.get("/<uuid:invoice>")
@allow("viewer")
def show(invoice: UUID) -> ResponseReturnValue:
    return page_of(invoices.find(tenant_id(), invoice))


def page_of(found: Invoice, status: int = 200, **more: Any) -> Response:
    """An invoice's page; a step that asks something stands open on it."""
    context = {
        "invoice": found,
        "project": projects.find(tenant_id(), found.project_id) if found.project_id else None,
        "payments": payments.of_invoice(tenant_id(), found.id),
        "credits": credit_notes.of_invoice(tenant_id(), found.id),
        "steps": steps(found.as_state, found.settled_minor),
        "version": EditForm(formdata=None, version=found.version),
        "may_change": may_change(),
        **records.context_of(found),
        "step": "",
    }
    return make_response(render_template("pages/invoice.html", **{**context, **more}), status)


def _filters() -> Filters:
    """A state that is none shows everything, and the tabs say so."""
    found = filters_of(Filters)
    known = {"open", *(state.value for state in InvoiceState)}
    state = found.state if found.state in known else ""
    return replace(found, state=state)


def _tabs(counts: dict[str, int]) -> list[tuple[str, str, str]]:
    words = {"": "All", **{state.value: state.word for state in InvoiceState}}
    return [(state, words[state], capped(count, COUNTED_AT_MOST)) for state, count in counts.items()]


selections.register(bp, MANY)
records.register(bp, records.Family(Kind.INVOICE, lambda row_id: invoices.find(tenant_id(), row_id), page_of))
