"""Finalise, mark as sent, mark paid, void, write off, delete: each a form of its own, in place or as the same page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.fields import SelectChoice

from kz_admin.domain.failures import Conflict, Refused
from kz_admin.domain.figures import major_text
from kz_admin.domain.lifecycle import Step, refusal
from kz_admin.domain.payments import Method
from kz_admin.models.invoice import Invoice
from kz_admin.services.documents import invoice_steps, invoices, payments
from kz_admin.web.access import allow, tenant_id
from kz_admin.web.dates import today
from kz_admin.web.deeds import do, do_once
from kz_admin.web.fields import AmountField, EditForm, NewForm, date_field
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.htmx import go, wants_fragment
from kz_admin.web.invoices.blueprint import bp
from kz_admin.web.invoices.pages import page_of
from kz_admin.web.refusals import show_on

METHODS = [SelectChoice(method.value, method.label) for method in Method]


class MoneyForm(KzForm):
    """How much came in, when and how; a payment's own page asks the same."""

    amount = AmountField("Amount", required="Enter an amount.")
    paid_on = date_field("Paid on", "Enter the date of the payment.")
    method = SelectField("Method", choices=METHODS, default=Method.BANK_TRANSFER.value)
    reference = text_field("Reference", 100, required=False, description="As the bank or the payer calls it.")


class PaidForm(MoneyForm, NewForm, EditForm):
    def __init__(self, currency: str, **kwargs: Any) -> None:
        self._currency = currency
        super().__init__(**kwargs)

    def currency_code(self) -> str:
        return self._currency


@bp.post("/<uuid:invoice>/finalise")
@allow("bookkeeper")
def finalise(invoice: UUID) -> ResponseReturnValue:
    return _at_once(invoice, invoice_steps.finalise, "Finalised. It counts from now on.")


@bp.post("/<uuid:invoice>/send")
@allow("bookkeeper")
def send(invoice: UUID) -> ResponseReturnValue:
    return _at_once(invoice, invoice_steps.send, "Marked as sent.")


@bp.route("/<uuid:invoice>/mark-paid", methods=["GET", "POST"])
@allow("bookkeeper")
def mark_paid(invoice: UUID) -> ResponseReturnValue:
    found = invoices.find(tenant_id(), invoice)
    form = PaidForm(found.currency)
    if not form.is_submitted():
        _refuse(Step.PAY, found)
        begun = {"amount": major_text(found.open_minor, found.currency), "paid_on": today(), "version": found.version}
        return _open(found, Step.PAY, PaidForm(found.currency, formdata=None, data=begun))
    if not form.validate():
        return _open(found, Step.PAY, form, 422)
    try:
        do_once(
            form.action_id,
            payments.mark_paid,
            invoice,
            amount=form.amount.minor,
            paid_on=form.paid_on.data or "",
            method=Method(form.method.data),
            reference=form.reference.data or "",
            version=form.version.data,
        )
    except Refused as refused:
        return _refused(invoice, Step.PAY, form, refused)
    flash(f"Payment recorded on {found.title}.", "green")
    return go(url_for("invoices.show", invoice=invoice))


@bp.route("/<uuid:invoice>/void", methods=["GET", "POST"])
@allow("bookkeeper")
def void(invoice: UUID) -> ResponseReturnValue:
    return _confirmed(invoice, Step.VOID, invoice_steps.void, "Voided. Its number stays taken.")


@bp.route("/<uuid:invoice>/write-off", methods=["GET", "POST"])
@allow("bookkeeper")
def write_off(invoice: UUID) -> ResponseReturnValue:
    return _confirmed(invoice, Step.WRITE_OFF, invoice_steps.write_off, "Written off. Nothing of it is open any more.")


@bp.route("/<uuid:invoice>/delete", methods=["GET", "POST"])
@allow("bookkeeper")
def delete(invoice: UUID) -> ResponseReturnValue:
    return _confirmed(invoice, Step.DELETE, invoices.delete, "Draft deleted.")


def _at_once(invoice: UUID, deed: Callable[..., Any], words: str) -> ResponseReturnValue:
    form = EditForm()
    if not form.validate():
        raise Conflict("Load the page again, then repeat it.")
    do(deed, invoice, form.version.data)
    flash(words, "green")
    return go(url_for("invoices.show", invoice=invoice))


def _confirmed(invoice: UUID, step: Step, deed: Callable[..., Any], words: str) -> ResponseReturnValue:
    found, form = invoices.find(tenant_id(), invoice), EditForm()
    if not form.is_submitted():
        _refuse(step, found)
        return _open(found, step, EditForm(formdata=None, version=found.version))
    if not form.validate():
        return _open(found, step, form, 422)
    try:
        do(deed, invoice, form.version.data)
    except Refused as refused:
        return _refused(invoice, step, form, refused)
    flash(words, "green")
    here = url_for("invoices.show", invoice=invoice)
    return go(url_for("invoices.index") if step is Step.DELETE else here)


def _refuse(step: Step, found: Invoice) -> None:
    if reason := refusal(step, found.as_state, found.settled_minor):
        raise Conflict(reason)


def _refused(invoice: UUID, step: Step, form: Any, refused: Refused) -> Response:
    """The form carries the new version, so that doing it all the same is a decision about what is there now."""
    found = invoices.find(tenant_id(), invoice)
    show_on(form, refused)
    form.version.raw_data, form.version.data = None, found.version
    return _open(found, step, form, 409 if isinstance(refused, Conflict) else 422)


def _open(found: Invoice, step: Step, form: Any, status: int = 200) -> Response:
    if wants_fragment():
        body = render_template("partials/invoice_step.html", invoice=found, step=step.value, form=form)
        return make_response(body, status)
    return page_of(found, status, step=step.value, form=form)
