"""Payments: what came in, which invoices it settled, and what is still to be used."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import ValidationError

from kz_admin import ids
from kz_admin.domain import exchange
from kz_admin.domain.failures import Conflict, NotFound, Refused, Wrong
from kz_admin.domain.figures import NotANumber, minor_of
from kz_admin.domain.kinds import Kind
from kz_admin.domain.payments import Method
from kz_admin.models.client import Client
from kz_admin.models.invoice import Invoice
from kz_admin.services.documents import clients, invoices, payments, refunds
from kz_admin.services.documents.payments import Details, Filters
from kz_admin.web import records, selections
from kz_admin.web.access import allow, tenant_id, writes
from kz_admin.web.dates import today
from kz_admin.web.deeds import do, do_once
from kz_admin.web.fields import DecimalField, EditForm, NewForm, currency_field, long_text
from kz_admin.web.htmx import answer, go
from kz_admin.web.invoices.form import asks_rate
from kz_admin.web.invoices.steps import MoneyForm
from kz_admin.web.lists import csv_answer, filters_of, listing, place
from kz_admin.web.nouns import may_change
from kz_admin.web.pickers import client_named, label_of
from kz_admin.web.refusals import show_on
from kz_admin.web.selections import Many

MANY = Many(Kind.PAYMENT, Filters, payments.matching)
bp = Blueprint("payments", __name__, url_prefix="/kz-admin/payments")
PART = "part-"


class NewPayment(MoneyForm, NewForm):
    currency = currency_field()
    exchange_rate = DecimalField("Exchange rate", places=exchange.PLACES)
    note = long_text("Note")

    @property
    def asks_rate(self) -> bool:
        return asks_rate(self.currency_code())

    def currency_code(self) -> str:
        return str(self.currency.data)


@bp.get("/")
@bp.get("")
@allow("viewer")
def index() -> ResponseReturnValue:
    filters = filters_of(Filters)
    shown = listing("payments", payments.list_payments(tenant_id(), filters, place()), filters)
    methods = [(method.value, method.label) for method in Method]
    context: dict[str, Any] = {"shown": shown, "methods": methods, "may_change": may_change(), "bulk": MANY.bar()}
    return answer("pages/payments.html", "partials/payment_list.html", **context)


@bp.get("/download")
@allow("viewer")
@writes
def download() -> ResponseReturnValue:
    return csv_answer(payments.as_csv(tenant_id(), filters_of(Filters)), "payments")


@bp.route("/new", methods=["GET", "POST"])
@allow("bookkeeper")
def new() -> ResponseReturnValue:
    """First whose money it is, then how much and for which of their open invoices."""
    client, wrong = _client()
    if client is None:
        return _whose(wrong)
    form = NewPayment()
    if not form.is_submitted():
        begun = {"currency": client.currency, "paid_on": today()}
        return _form(client, NewPayment(formdata=None, data=begun))
    if not form.validate():
        return _form(client, form)
    try:
        made = do_once(form.action_id, payments.record, _details(client, form))
    except Refused as refused:
        show_on(form, refused)
        return _form(client, form)
    flash("Payment recorded.", "green")
    return go(url_for("payments.show", payment=made))


@bp.get("/<uuid:payment>")
@allow("viewer")
def show(payment: UUID) -> ResponseReturnValue:
    return _page(payment)


@bp.post("/<uuid:payment>/apply")
@allow("bookkeeper")
def apply(payment: UUID) -> ResponseReturnValue:
    found, _ = payments.find(tenant_id(), payment)
    form = EditForm()
    if not form.validate():
        return _page(payment, 422, form=form)
    try:
        parts = parts_written(found.currency)
        if not parts:
            raise Wrong("parts", "Enter at least one amount.")
        do(payments.apply, payment, parts, form.version.data)
    except Refused as refused:
        show_on(form, refused)
        return _page(payment, 409 if isinstance(refused, Conflict) else 422, form=form)
    flash("Used for the invoices you chose.", "green")
    return go(url_for("payments.show", payment=payment))


@bp.route("/<uuid:payment>/void", methods=["GET", "POST"])
@allow("bookkeeper")
def void(payment: UUID) -> ResponseReturnValue:
    form = EditForm()
    if not form.is_submitted():
        return _page(payment, step="void")
    if not form.validate():
        return _page(payment, 422, step="void", form=form)
    try:
        do(payments.void, payment, form.version.data)
    except Refused as refused:
        show_on(form, refused)
        return _page(payment, 409, step="void", form=form)
    flash("Voided. The invoices it settled are open again.", "green")
    return go(url_for("payments.show", payment=payment))


def _client() -> tuple[Client | None, str]:
    """By id in the address, or by the name a person typed; with the reason when it is nobody."""
    if known := ids.parse(request.args.get("client", "")):
        try:
            return clients.find(tenant_id(), known), ""
        except NotFound:
            return None, "This client is gone. Choose another."
    typed = request.args.get("client", "").replace("\x00", "").strip()[:400]
    if not typed:
        return None, ""
    try:
        return client_named(typed, None), ""
    except ValidationError as refused:
        return None, str(refused)


def _whose(wrong: str) -> Response:
    context = {"wrong": wrong, "typed": request.args.get("client", "")[:400]}
    choices = [label_of(client) for client in clients.choices(tenant_id(), "")]
    body = render_template("pages/payment_client.html", clients=choices, **context)
    return make_response(body, 422 if wrong else 200)


def _details(client: Client, form: NewPayment) -> Details:
    return Details(
        client_id=client.id,
        amount=form.amount.minor or 0,
        currency=form.currency_code(),
        paid_on=form.paid_on.data or "",
        method=Method(form.method.data),
        reference=form.reference.data or "",
        note=form.note.data or "",
        exchange_rate=form.exchange_rate.number if form.asks_rate else None,
        parts=parts_written(form.currency_code()),
    )


def parts_written(currency: str) -> dict[UUID, int | None]:
    """What a person wrote beside each open invoice."""
    found: dict[UUID, int | None] = {}
    for name, text in request.form.items():
        invoice = ids.parse(name.removeprefix(PART)) if name.startswith(PART) else None
        if invoice is None or not text.strip():
            continue
        try:
            found[invoice] = minor_of(text, currency)
        except NotANumber as wrong:
            raise Wrong("parts", str(wrong)) from None
    return found


def _form(client: Client, form: NewPayment) -> Response:
    still_open = invoices.open_of_client(tenant_id(), client.id)
    context = {"client": client, "form": form, "open_invoices": still_open, "written": request.form}
    return make_response(render_template("pages/payment_form.html", **context), 422 if form.errors else 200)


def _page(payment: UUID, status: int = 200, *, step: str = "", form: Any = None, **more: Any) -> Response:
    found, settled = payments.find(tenant_id(), payment)
    shown = EditForm(formdata=None, version=found.version)
    if form is not None:
        form.version.raw_data, form.version.data = None, found.version
    context = {
        "payment": found,
        "settled": settled,
        "refunds": refunds.of(tenant_id(), found.id),
        "open_invoices": _usable(found),
        "written": request.form,
        "form": form or shown,
        "step": step,
        **records.context_of(found),
        "may_change": may_change(),
        **more,
    }
    return make_response(render_template("pages/payment.html", **context), status)


def _usable(found: Any) -> list[Invoice]:
    if found.voided_at is not None or not found.unallocated_minor:
        return []
    return list(invoices.open_of_client(tenant_id(), found.client_id, found.currency))


def _shown(found: Any, status: int = 200, **more: Any) -> Response:
    return _page(found.id, status, **more)


selections.register(bp, MANY)
records.register(bp, records.Family(Kind.PAYMENT, lambda row_id: payments.find(tenant_id(), row_id)[0], _shown))
