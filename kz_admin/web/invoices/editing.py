"""New and changed invoices. Adding and removing lines are submits of the same form, so they need no script."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin import ids
from kz_admin.domain.failures import Conflict, NotFound, Refused
from kz_admin.domain.lifecycle import Step, refusal
from kz_admin.models.invoice import Invoice
from kz_admin.services.documents import clients, invoice_steps, invoices, projects, services, tax_rates
from kz_admin.services.documents.invoices import Details
from kz_admin.services.documents.work import Work
from kz_admin.web.access import allow, here, tenant_id
from kz_admin.web.dates import today
from kz_admin.web.deeds import do, do_once
from kz_admin.web.fields import EditForm, NewForm
from kz_admin.web.htmx import go, wants_fragment
from kz_admin.web.invoices.blueprint import bp
from kz_admin.web.invoices.form import InvoiceFields, SaleFields, values_of
from kz_admin.web.nouns import differences
from kz_admin.web.pickers import label_of
from kz_admin.web.refusals import show_on

WORKED_OUT = ("totals", "rate")
NEW_LINE = {"description": "", "service": "", "quantity": "1", "unit_price": "", "tax_rate": ""}


class NewInvoice(InvoiceFields, NewForm):
    def details(self) -> Details:
        return Details(self.contents(), due_on=self.due_on.data or "", terms=self.terms.data or "")


class EditInvoice(InvoiceFields, EditForm):
    def details_of(self, invoice: Invoice) -> Details:
        contents = self.contents(invoice.lines, invoice)
        return Details(contents, due_on=self.due_on.data or "", terms=self.terms.data or "")


@bp.route("/new", methods=["GET", "POST"])
@allow("bookkeeper")
def new() -> ResponseReturnValue:
    rates = tax_rates.choices(tenant_id())
    form = NewInvoice(rates=rates)
    if not form.is_submitted():
        return _show(NewInvoice(formdata=None, data=_begun(), rates=rates), None)
    if edited := edited_lines(form):
        return _show(NewInvoice(formdata=None, data=edited, rates=rates), None, focus=_new_line(edited))
    if request.form.get("step") in WORKED_OUT:
        return _totals(form)
    if not form.validate():
        return _show(form, None)
    try:
        made = do_once(form.action_id, _create, form.details(), request.form.get("step") == "finalise")
    except Refused as refused:
        show_on(form, refused)
        return _show(form, None)
    flash("Saved.", "green")
    return go(url_for("invoices.show", invoice=made))


@bp.route("/<uuid:invoice>/edit", methods=["GET", "POST"])
@allow("bookkeeper")
def edit(invoice: UUID) -> ResponseReturnValue:
    found = invoices.find(tenant_id(), invoice)
    if reason := refusal(Step.EDIT, found.as_state, found.settled_minor):
        raise Conflict(reason)
    kept: dict[str, Any] = {"rates": tax_rates.choices(tenant_id()), "terms": found.terms}
    form = EditInvoice(**kept)
    if not form.is_submitted():
        return _show(EditInvoice(formdata=None, data=_saved(found), **kept), found)
    if edited := edited_lines(form):
        return _show(EditInvoice(formdata=None, data=edited, **kept), found, focus=_new_line(edited))
    if request.form.get("step") in WORKED_OUT:
        return _totals(form)
    if not form.validate():
        return _show(form, found)
    try:
        do(invoices.change, invoice, form.details_of(found), form.version.data)
    except Refused as refused:
        return _refused(form, refused, invoice)
    flash("Saved.", "green")
    return go(url_for("invoices.show", invoice=invoice))


def _create(work: Work, details: Details, finalised: bool) -> Invoice:
    invoice = invoices.create(work, details)
    return invoice_steps.take(work, invoice, Step.FINALISE) if finalised else invoice


def _begun() -> dict[str, Any]:
    """A new invoice: today, in the client's currency when one is named in the address."""
    begun = {"issued_on": today(), "currency": here().currency, "terms": "Net 30", "lines": [NEW_LINE]}
    try:
        client = clients.find(tenant_id(), ids.parse(request.args.get("client", "")))
    except NotFound:
        return begun
    return {**begun, "client": label_of(client), "currency": client.currency}


def _saved(found: Invoice) -> dict[str, Any]:
    names = services.names(tenant_id(), [line.service_id for line in found.lines if line.service_id])
    project = projects.find(tenant_id(), found.project_id).name if found.project_id else ""
    shown = values_of(found, found.lines, names, project)
    return {**shown, "due_on": found.due_on, "terms": found.terms}


def edited_lines(form: InvoiceFields) -> dict[str, Any] | None:
    """The entries with a line more or fewer, when that was asked."""
    step = request.form.get("step", "")
    lines = [dict(line) for line in form.lines.data]
    if step == "add-line":
        return {**form.data, "lines": [*lines, NEW_LINE]}
    if step.startswith("remove-line-") and step[12:].isdecimal():
        kept = [line for position, line in enumerate(lines) if position != int(step[12:])]
        return {**form.data, "lines": kept or [NEW_LINE]}
    return None


def _new_line(edited: dict[str, Any]) -> int:
    return len(edited["lines"]) - 1


def _refused(form: EditInvoice, refused: Refused, invoice: UUID) -> Response:
    found = invoices.find(tenant_id(), invoice)
    if not isinstance(refused, Conflict):
        show_on(form, refused)
        return _show(form, found)
    form.version.raw_data, form.version.data = None, found.version
    conflict = differences(form, {name: value for name, value in _saved(found).items() if name != "lines"})
    conflict += _changed_lines(form, _saved(found)["lines"])
    return _show(form, found, status=409, conflict=conflict)


def _changed_lines(form: EditInvoice, saved: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    mine = [entry.form for entry in form.lines if not entry.form.empty]
    found = []
    for position in range(max(len(mine), len(saved))):
        theirs = _in_words(saved[position]) if position < len(saved) else "–"
        ours = _in_words(mine[position].data) if position < len(mine) else "–"
        if theirs != ours:
            found.append((f"Line {position + 1}", theirs, ours))
    return found


def _in_words(line: dict[str, Any]) -> str:
    return f"{line['description'] or line['service'] or 'Line'}: {line['quantity']} × {line['unit_price']}"


def _totals(form: InvoiceFields) -> Response:
    if not wants_fragment():
        return _show(form, None if isinstance(form, NewInvoice) else _found(), checked=False)
    return worked_out(form)


def worked_out(form: SaleFields) -> Response:
    """What the entries mean so far: the totals, or whether there is a currency to exchange."""
    if request.form.get("step") == "rate":
        return make_response(render_template("partials/sale_rate.html", form=form))
    totals, amounts = form.preview()
    context = {"totals": totals, "amounts": amounts, "currency": form.currency_code(), "swapped": True}
    return make_response(render_template("partials/sale_totals.html", **context))


def _found() -> Invoice:
    row_id: UUID | None = (request.view_args or {}).get("invoice")
    return invoices.find(tenant_id(), row_id)


def _show(
    form: Any,
    found: Invoice | None,
    *,
    status: int = 200,
    conflict: list[tuple[str, Any, Any]] | None = None,
    focus: int | None = None,
    checked: bool = True,
) -> Response:
    totals, amounts = form.preview()
    name = "partials/invoice_form.html" if wants_fragment() else "pages/invoice_form.html"
    body = render_template(
        name,
        form=form,
        invoice=found,
        conflict=conflict,
        focus=focus,
        totals=totals,
        amounts=amounts,
        currency=form.currency_code(),
        clients=[label_of(client) for client in clients.choices(tenant_id(), "")],
        projects=[project.name for project in projects.choices(tenant_id())],
        services=services.choices(tenant_id()),
    )
    return make_response(body, 422 if checked and form.errors and status == 200 else status)
