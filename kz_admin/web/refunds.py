"""Refunds: money given back, of a payment or of a credit note."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from kz_admin.domain.failures import Conflict, Refused
from kz_admin.domain.figures import major_text
from kz_admin.domain.kinds import Kind
from kz_admin.domain.payments import Method
from kz_admin.domain.status import NOT_SYNCED
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.payment import Payment
from kz_admin.models.refund import Refund
from kz_admin.services import pills
from kz_admin.services.documents import credit_notes, payments, refunds
from kz_admin.services.documents.refunds import Details, Filters
from kz_admin.web import records, selections
from kz_admin.web.access import allow, tenant_id, writes
from kz_admin.web.dates import today
from kz_admin.web.deeds import do, do_once
from kz_admin.web.fields import AmountField, EditForm, NewForm, date_field
from kz_admin.web.forms import text_field
from kz_admin.web.htmx import answer, go
from kz_admin.web.invoices.steps import METHODS
from kz_admin.web.lists import csv_answer, filters_of, listing, place
from kz_admin.web.nouns import may_change
from kz_admin.web.refusals import show_on
from kz_admin.web.selections import Many

MANY = Many(Kind.REFUND, Filters, refunds.matching)
bp = Blueprint("refunds", __name__, url_prefix="/kz-admin/refunds")


class NewRefund(NewForm):
    amount = AmountField("Amount", required="Enter an amount.")
    refunded_on = date_field("Given back on", "Enter the date.")
    method = SelectField("Method", choices=METHODS)
    reference = text_field("Reference", 100, required=False)

    def __init__(self, currency: str, **kwargs: Any) -> None:
        self._currency = currency
        super().__init__(**kwargs)

    def currency_code(self) -> str:
        return self._currency


@bp.get("/")
@bp.get("")
@allow("viewer")
def index() -> ResponseReturnValue:
    filters = filters_of(Filters)
    shown = listing("refunds", refunds.list_refunds(tenant_id(), filters, place()), filters)
    return answer(
        "pages/refunds.html", "partials/refund_list.html", shown=shown, may_change=may_change(), bulk=MANY.bar()
    )


@bp.get("/download")
@allow("viewer")
@writes
def download() -> ResponseReturnValue:
    return csv_answer(refunds.as_csv(tenant_id(), filters_of(Filters)), "refunds")


@bp.route("/of-payment/<uuid:payment>", methods=["GET", "POST"])
@allow("bookkeeper")
def of_payment(payment: UUID) -> ResponseReturnValue:
    found, _ = payments.find(tenant_id(), payment)
    return _new(found, found.amount_minor - found.refunded_minor, payment_id=payment)


@bp.route("/of-credit-note/<uuid:credit_note>", methods=["GET", "POST"])
@allow("bookkeeper")
def of_credit_note(credit_note: UUID) -> ResponseReturnValue:
    found, _ = credit_notes.find(tenant_id(), credit_note)
    return _new(found, found.open_minor, credit_note_id=credit_note)


@bp.get("/<uuid:refund>")
@allow("viewer")
def show(refund: UUID) -> ResponseReturnValue:
    return _page(refunds.find(tenant_id(), refund))


@bp.route("/<uuid:refund>/void", methods=["GET", "POST"])
@allow("bookkeeper")
def void(refund: UUID) -> ResponseReturnValue:
    form = EditForm()
    if not form.is_submitted():
        return _page(refunds.find(tenant_id(), refund), step="void")
    if not form.validate():
        return _page(refunds.find(tenant_id(), refund), 422, step="void", form=form)
    try:
        do(refunds.void, refund, form.version.data)
    except Refused as refused:
        show_on(form, refused)
        status = 409 if isinstance(refused, Conflict) else 422
        return _page(refunds.find(tenant_id(), refund), status, step="void", form=form)
    flash("Voided. The money counts as kept again.", "green")
    return go(url_for("refunds.show", refund=refund))


def _page(found: Refund, status: int = 200, *, step: str = "", form: Any = None, **more: Any) -> Response:
    source = refunds.source_of(tenant_id(), found)
    there = pills.of_ids(tenant_id(), [source.id]).get(source.id, NOT_SYNCED)
    shown = form or EditForm(formdata=None, version=found.version)
    shown.version.raw_data, shown.version.data = None, found.version
    context = {
        "refund": found,
        "given_back": source,
        "source_there": there.word in ("Success", "Pending"),  # else there is no credit over there to pay out
        "form": shown,
        "step": step,
        **records.context_of(found),
        "may_change": may_change(),
        **more,
    }
    return make_response(render_template("pages/refund.html", **context), status)


def _new(found: Payment | CreditNote, left: int, **of: UUID) -> ResponseReturnValue:
    form = NewRefund(found.currency)
    if not form.is_submitted():
        if found.voided_at is not None or left <= 0:
            raise Conflict("Nothing is left of it to give back.")
        begun = {"amount": major_text(left, found.currency), "refunded_on": today()}
        if isinstance(found, Payment):
            begun["method"] = found.method
        return _form(found, left, NewRefund(found.currency, formdata=None, data=begun))
    if not form.validate():
        return _form(found, left, form)
    details = Details(
        amount=form.amount.minor or 0,
        refunded_on=form.refunded_on.data or "",
        method=Method(form.method.data),
        reference=form.reference.data or "",
        **of,
    )
    try:
        made = do_once(form.action_id, refunds.create, details)
    except Refused as refused:
        show_on(form, refused)
        return _form(found, left, form)
    flash("Refund recorded.", "green")
    return go(url_for("refunds.show", refund=made))


def _form(found: Payment | CreditNote, left: int, form: NewRefund) -> Response:
    context = {"found": found, "left": left, "form": form, "back": _back(found), "here": request.path}
    return make_response(render_template("pages/refund_form.html", **context), 422 if form.errors else 200)


def _back(found: Payment | CreditNote) -> str:
    if isinstance(found, Payment):
        return url_for("payments.show", payment=found.id)
    return url_for("credit_notes.show", credit_note=found.id)


selections.register(bp, MANY)
records.register(bp, records.Family(Kind.REFUND, lambda row_id: refunds.find(tenant_id(), row_id), _page))
