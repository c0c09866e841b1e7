"""Refunds: money given back, of a payment or of a credit note."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from kz_admin.domain.failures import Conflict, Refused
from kz_admin.domain.figures import major_text
from kz_admin.domain.payments import Method
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.payment import Payment
from kz_admin.services.documents import credit_notes, payments, refunds
from kz_admin.services.documents.refunds import Details, Filters
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
    return answer("pages/refunds.html", "partials/refund_list.html", shown=shown, may_change=may_change())


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


@bp.route("/<uuid:refund>/void", methods=["GET", "POST"])
@allow("bookkeeper")
def void(refund: UUID) -> ResponseReturnValue:
    found, form = refunds.find(tenant_id(), refund), EditForm()
    if form.is_submitted() and form.validate():
        try:
            do(refunds.void, refund, form.version.data)
        except Refused as refused:
            show_on(form, refused)
            return _void(refund, form, 409 if isinstance(refused, Conflict) else 422)
        flash("Voided. The money counts as kept again.", "green")
        return go(url_for("refunds.index"))
    return _void(refund, EditForm(formdata=None, version=found.version), 200 if request.method == "GET" else 422)


def _void(refund: UUID, form: Any, status: int) -> Response:
    found = refunds.find(tenant_id(), refund)
    form.version.raw_data, form.version.data = None, found.version
    return make_response(render_template("pages/refund_void.html", refund=found, form=form), status)


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
        do_once(form.action_id, refunds.create, details)
    except Refused as refused:
        show_on(form, refused)
        return _form(found, left, form)
    flash("Refund recorded.", "green")
    return go(_back(found))


def _form(found: Payment | CreditNote, left: int, form: NewRefund) -> Response:
    context = {"found": found, "left": left, "form": form, "back": _back(found), "here": request.path}
    return make_response(render_template("pages/refund_form.html", **context), 422 if form.errors else 200)


def _back(found: Payment | CreditNote) -> str:
    if isinstance(found, Payment):
        return url_for("payments.show", payment=found.id)
    return url_for("credit_notes.show", credit_note=found.id)
