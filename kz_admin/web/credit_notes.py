"""Credit notes: list, page, form; from an invoice its lines are offered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin import ids
from kz_admin.domain.failures import Conflict, NotFound, Refused, Wrong
from kz_admin.domain.kinds import Kind
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.invoice import Invoice
from kz_admin.services.documents import clients, credit_notes, invoices, projects, refunds, services, tax_rates
from kz_admin.services.documents.credit_notes import Details, Filters
from kz_admin.web import records, selections
from kz_admin.web.access import allow, here, tenant_id, writes
from kz_admin.web.dates import today
from kz_admin.web.deeds import do, do_once
from kz_admin.web.fields import EditForm, NewForm
from kz_admin.web.htmx import answer, go, wants_fragment
from kz_admin.web.invoices.editing import NEW_LINE, WORKED_OUT, edited_lines, worked_out
from kz_admin.web.invoices.form import SaleFields, values_of
from kz_admin.web.lists import csv_answer, filters_of, listing, place
from kz_admin.web.nouns import differences, may_change
from kz_admin.web.payments import parts_written
from kz_admin.web.pickers import label_of
from kz_admin.web.refusals import show_on
from kz_admin.web.selections import Many

MANY = Many(Kind.CREDIT_NOTE, Filters, credit_notes.matching)
bp = Blueprint("credit_notes", __name__, url_prefix="/kz-admin/credit-notes")


class NewCreditNote(SaleFields, NewForm):
    pass


class EditCreditNote(SaleFields, EditForm):
    pass


@bp.get("/")
@bp.get("")
@allow("viewer")
def index() -> ResponseReturnValue:
    filters = filters_of(Filters)
    shown = listing("credit_notes", credit_notes.list_credit_notes(tenant_id(), filters, place()), filters)
    context: dict[str, Any] = {"shown": shown, "may_change": may_change(), "bulk": MANY.bar()}
    return answer("pages/credit_notes.html", "partials/credit_note_list.html", **context)


@bp.get("/download")
@allow("viewer")
@writes
def download() -> ResponseReturnValue:
    return csv_answer(credit_notes.as_csv(tenant_id(), filters_of(Filters)), "credit-notes")


@bp.route("/new", methods=["GET", "POST"])
@allow("bookkeeper")
def new() -> ResponseReturnValue:
    of, rates = _invoice(), tax_rates.choices(tenant_id())
    form = NewCreditNote(rates=rates)
    if not form.is_submitted():
        return _show(NewCreditNote(formdata=None, data=_begun(of), rates=rates), None, of)
    if edited := edited_lines(form):
        focus = len(edited["lines"]) - 1
        return _show(NewCreditNote(formdata=None, data=edited, rates=rates), None, of, focus=focus)
    if request.form.get("step") in WORKED_OUT:
        return _totals(form, None, of)
    if not form.validate():
        return _show(form, None, of)
    details = Details(form.contents(of.lines if of else (), of), of.id if of else None)
    try:
        made = do_once(form.action_id, credit_notes.create, details)
    except Refused as refused:
        show_on(form, refused)
        return _show(form, None, of)
    flash("Credit note saved.", "green")
    return go(url_for("credit_notes.show", credit_note=made))


@bp.route("/<uuid:credit_note>/edit", methods=["GET", "POST"])
@allow("bookkeeper")
def edit(credit_note: UUID) -> ResponseReturnValue:
    found, _ = credit_notes.find(tenant_id(), credit_note)
    if found.voided_at is not None:
        raise Conflict(credit_notes.VOIDED)
    rates = tax_rates.choices(tenant_id())
    form = EditCreditNote(rates=rates)
    if not form.is_submitted():
        return _show(EditCreditNote(formdata=None, data=_saved(found), rates=rates), found, None)
    if edited := edited_lines(form):
        focus = len(edited["lines"]) - 1
        return _show(EditCreditNote(formdata=None, data=edited, rates=rates), found, None, focus=focus)
    if request.form.get("step") in WORKED_OUT:
        return _totals(form, found, None)
    if not form.validate():
        return _show(form, found, None)
    try:
        details = Details(form.contents(found.lines, found), found.invoice_id)
        do(credit_notes.change, credit_note, details, form.version.data)
    except Refused as refused:
        return _refused(form, refused, credit_note)
    flash("Saved.", "green")
    return go(url_for("credit_notes.show", credit_note=credit_note))


@bp.get("/<uuid:credit_note>")
@allow("viewer")
def show(credit_note: UUID) -> ResponseReturnValue:
    return _page(credit_note)


@bp.post("/<uuid:credit_note>/apply")
@allow("bookkeeper")
def apply(credit_note: UUID) -> ResponseReturnValue:
    found, _ = credit_notes.find(tenant_id(), credit_note)
    form = EditForm()
    if not form.validate():
        return _page(credit_note, 422, form=form)
    try:
        parts = parts_written(found.currency)
        if not parts:
            raise Wrong("parts", "Enter at least one amount.")
        do(credit_notes.apply, credit_note, parts, form.version.data)
    except Refused as refused:
        show_on(form, refused)
        return _page(credit_note, 409 if isinstance(refused, Conflict) else 422, form=form)
    flash("Used for the invoices you chose.", "green")
    return go(url_for("credit_notes.show", credit_note=credit_note))


@bp.route("/<uuid:credit_note>/void", methods=["GET", "POST"])
@allow("bookkeeper")
def void(credit_note: UUID) -> ResponseReturnValue:
    form = EditForm()
    if not form.is_submitted():
        return _page(credit_note, step="void")
    if not form.validate():
        return _page(credit_note, 422, step="void", form=form)
    try:
        do(credit_notes.void, credit_note, form.version.data)
    except Refused as refused:
        show_on(form, refused)
        return _page(credit_note, 409, step="void", form=form)
    flash("Voided. What it settled is open again.", "green")
    return go(url_for("credit_notes.show", credit_note=credit_note))


def _invoice() -> Invoice | None:
    """The invoice named in the address, whose lines are offered."""
    named = ids.parse(request.args.get("invoice", ""))
    return invoices.find(tenant_id(), named) if named else None


def _begun(of: Invoice | None) -> dict[str, Any]:
    if of is None:
        return {"issued_on": today(), "currency": here().currency, "lines": [NEW_LINE]}
    names = services.names(tenant_id(), [line.service_id for line in of.lines if line.service_id])
    project = projects.find(tenant_id(), of.project_id).name if of.project_id else ""
    return {**values_of(of, of.lines, names, project), "number": "", "issued_on": today(), "note": ""}


def _saved(found: CreditNote) -> dict[str, Any]:
    names = services.names(tenant_id(), [line.service_id for line in found.lines if line.service_id])
    project = projects.find(tenant_id(), found.project_id).name if found.project_id else ""
    return values_of(found, found.lines, names, project)


def _refused(form: EditCreditNote, refused: Refused, credit_note: UUID) -> Response:
    found, _ = credit_notes.find(tenant_id(), credit_note)
    if not isinstance(refused, Conflict):
        show_on(form, refused)
        return _show(form, found, None)
    form.version.raw_data, form.version.data = None, found.version
    saved = {name: value for name, value in _saved(found).items() if name != "lines"}
    return _show(form, found, None, status=409, conflict=differences(form, saved))


def _totals(form: SaleFields, found: CreditNote | None, of: Invoice | None) -> Response:
    return worked_out(form) if wants_fragment() else _show(form, found, of)


def _show(
    form: Any,
    found: CreditNote | None,
    of: Invoice | None,
    *,
    status: int = 200,
    conflict: list[tuple[str, Any, Any]] | None = None,
    focus: int | None = None,
) -> Response:
    totals, amounts = form.preview()
    name = "partials/credit_note_form.html" if wants_fragment() else "pages/credit_note_form.html"
    body = render_template(
        name,
        form=form,
        credit=found,
        of=of,
        conflict=conflict,
        focus=focus,
        totals=totals,
        amounts=amounts,
        currency=form.currency_code(),
        clients=[label_of(client) for client in clients.choices(tenant_id(), "")],
        projects=[project.name for project in projects.choices(tenant_id())],
        services=services.choices(tenant_id()),
    )
    return make_response(body, 422 if form.errors and status == 200 else status)


def _page(credit_note: UUID, status: int = 200, *, step: str = "", form: Any = None, **more: Any) -> Response:
    found, settled = credit_notes.find(tenant_id(), credit_note)
    if form is not None:
        form.version.raw_data, form.version.data = None, found.version
    usable = found.open_minor and found.voided_at is None
    context = {
        "credit": found,
        "settled": settled,
        "refunds": refunds.of(tenant_id(), found.id),
        "corrects": _corrected(found),
        "open_invoices": invoices.open_of_client(tenant_id(), found.client_id, found.currency) if usable else [],
        "written": request.form,
        "form": form or EditForm(formdata=None, version=found.version),
        "step": step,
        **records.context_of(found),
        "may_change": may_change(),
        **more,
    }
    return make_response(render_template("pages/credit_note.html", **context), status)


def _corrected(found: CreditNote) -> Invoice | None:
    try:
        return invoices.find(tenant_id(), found.invoice_id) if found.invoice_id else None
    except NotFound:
        return None


def _shown(found: Any, status: int = 200, **more: Any) -> Response:
    return _page(found.id, status, **more)


selections.register(bp, MANY)
records.register(bp, records.Family(Kind.CREDIT_NOTE, lambda row_id: credit_notes.find(tenant_id(), row_id)[0], _shown))
