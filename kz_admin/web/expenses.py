"""Expenses: list, page, form with the receipt; the receipt itself is opened only for its tenant."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, ValidationError
from wtforms.fields import SelectChoice

from kz_admin import ids
from kz_admin.domain.failures import Conflict, NotFound, Refused
from kz_admin.domain.figures import major_text
from kz_admin.models.expense import Expense
from kz_admin.services import pills
from kz_admin.services.documents import clients, expenses, files, members, projects, tax_rates, vendors
from kz_admin.services.documents.expenses import Details, Filters, PaidWith
from kz_admin.services.documents.files import Given
from kz_admin.services.documents.work import Work
from kz_admin.web.access import allow, here, tenant_id, writes
from kz_admin.web.dates import today
from kz_admin.web.deeds import do, do_once
from kz_admin.web.fields import (
    AmountField,
    EditForm,
    NamedField,
    NewForm,
    choices_of,
    currency_field,
    date_field,
    long_text,
)
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.htmx import answer, go
from kz_admin.web.lists import csv_answer, filters_of, listing, place
from kz_admin.web.nouns import differences, may_change
from kz_admin.web.pickers import client_named, label_of, project_named, vendor_named
from kz_admin.web.refusals import show_on

bp = Blueprint("expenses", __name__, url_prefix="/kz-admin/expenses")


class ExpenseFields(KzForm):
    spent_on = date_field("Date", "Enter a date.")
    amount = AmountField("Amount", required="Enter an amount.", description="What was paid, tax included.")
    currency = currency_field()
    tax = AmountField("Tax in it")
    tax_rate = SelectField("Tax rate", validate_choice=False)
    category = text_field("Category", 100, description="Pick one or write a new one.")
    vendor = NamedField("Vendor", vendor_named)
    paid_with = SelectField("Paid with", choices=[SelectChoice(one.value, one.label) for one in PaidWith])
    member = SelectField("Member", validate_choice=False)
    client = NamedField("Client", client_named, description="When it was bought for one.")
    project = NamedField("Project", project_named)
    billable = BooleanField("Billed to the client")
    description = long_text("Description")
    receipt = FileField("Receipt", description="A PDF or a picture, at most 1.9 MB.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.member.choices = choices_of(members.choices(tenant_id()))
        self.tax_rate.choices = choices_of(tax_rates.choices(tenant_id()))

    def currency_code(self) -> str:
        return str(self.currency.data)

    def validate_project(self, field: NamedField) -> None:
        if field.data and not self.client.data:
            raise ValidationError("Choose the project's client too.")

    def details(self, category_id: UUID) -> Details:
        return Details(
            category_id=category_id,
            spent_on=self.spent_on.data or "",
            currency=self.currency_code(),
            amount=self.amount.minor or 0,
            tax=self.tax.minor or 0,
            tax_rate_id=ids.parse(self.tax_rate.data or ""),
            vendor_id=self.vendor.found.id if self.vendor.found else None,
            client_id=self.client.found.id if self.client.found else None,
            project_id=self.project.found.id if self.project.found else None,
            member_id=ids.parse(self.member.data or ""),
            description=self.description.data or "",
            paid_with=PaidWith(self.paid_with.data),
            billable=bool(self.billable.data),
        )

    def given(self) -> Given | None:
        upload = self.receipt.data
        return Given(upload.filename or "", upload.read()) if upload else None


class NewExpense(ExpenseFields, NewForm):
    pass


class EditExpense(ExpenseFields, EditForm):
    without_receipt = BooleanField("Remove the receipt")


@bp.get("/")
@bp.get("")
@allow("viewer")
def index() -> ResponseReturnValue:
    filters = filters_of(Filters)
    shown = listing("expenses", expenses.list_expenses(tenant_id(), filters, place()), filters)
    categories = [(str(one.id), one.name) for one in expenses.categories(tenant_id())]
    context: dict[str, Any] = {"shown": shown, "categories": categories, "may_change": may_change()}
    return answer("pages/expenses.html", "partials/expense_list.html", **context)


@bp.get("/download")
@allow("viewer")
@writes
def download() -> ResponseReturnValue:
    return csv_answer(expenses.as_csv(tenant_id(), filters_of(Filters)), "expenses")


@bp.route("/new", methods=["GET", "POST"])
@allow("bookkeeper")
def new() -> ResponseReturnValue:
    form = NewExpense()
    if not form.is_submitted():
        return _form(NewExpense(formdata=None, data={"spent_on": today(), "currency": here().currency}), None)
    if form.validate():
        try:
            made = do_once(form.action_id, _create, form)
        except Refused as refused:
            show_on(form, refused)
        else:
            flash("Expense saved.", "green")
            return go(url_for("expenses.show", expense=made))
    return _form(form, None)


@bp.get("/<uuid:expense>")
@allow("viewer")
def show(expense: UUID) -> ResponseReturnValue:
    return _page(expenses.find(tenant_id(), expense))


@bp.route("/<uuid:expense>/edit", methods=["GET", "POST"])
@allow("bookkeeper")
def edit(expense: UUID) -> ResponseReturnValue:
    found, form = expenses.find(tenant_id(), expense), EditExpense()
    if not form.is_submitted():
        return _form(EditExpense(formdata=None, data=_saved(found)), found)
    if not form.validate():
        return _form(form, found)
    try:
        do(_change, expense, form)
    except Refused as refused:
        return _refused(form, refused, expense)
    flash("Saved.", "green")
    return go(url_for("expenses.show", expense=expense))


@bp.route("/<uuid:expense>/delete", methods=["GET", "POST"])
@allow("bookkeeper")
def delete(expense: UUID) -> ResponseReturnValue:
    found, form = expenses.find(tenant_id(), expense), EditForm()
    if form.is_submitted() and form.validate():
        do(expenses.delete, expense, form.version.data)
        flash("Expense deleted.", "green")
        return go(url_for("expenses.index"))
    return _page(found, step="delete")


@bp.get("/<uuid:expense>/receipt")
@allow("viewer")
def receipt(expense: UUID) -> ResponseReturnValue:
    """Always downloaded, never shown on our own site: what people upload is theirs, not ours."""
    found = expenses.find(tenant_id(), expense)
    if found.receipt is None:
        raise NotFound
    answer = Response(stream_with_context(files.content(found.receipt)), mimetype=found.receipt.content_type)
    answer.headers.set("Content-Disposition", "attachment", filename=found.receipt.name)
    answer.content_length = found.receipt.size
    return answer


def _create(work: Work, form: NewExpense) -> Expense:
    category = expenses.category(work, form.category.data or "")
    return expenses.create(work, form.details(category.id), form.given())


def _change(work: Work, expense: UUID, form: EditExpense) -> Expense:
    category = expenses.category(work, form.category.data or "")
    gone = bool(form.without_receipt.data)
    details = form.details(category.id)
    return expenses.change(work, expense, details, form.version.data, form.given(), without_receipt=gone)


def _saved(found: Expense) -> dict[str, Any]:
    project = projects.find(tenant_id(), found.project_id).name if found.project_id else ""
    return {
        "spent_on": found.spent_on,
        "amount": major_text(found.amount_minor, found.currency),
        "currency": found.currency,
        "tax": major_text(found.tax_minor, found.currency) if found.tax_minor else "",
        "tax_rate": str(found.tax_rate_id or ""),
        "category": found.category.name,
        "vendor": found.vendor.name if found.vendor else "",
        "paid_with": found.paid_with,
        "member": str(found.member_id or ""),
        "client": label_of(found.client),
        "project": project,
        "billable": found.billable,
        "description": found.description,
        "version": found.version,
    }


def _refused(form: EditExpense, refused: Refused, expense: UUID) -> Response:
    found = expenses.find(tenant_id(), expense)
    if not isinstance(refused, Conflict):
        show_on(form, refused)
        return _form(form, found)
    form.version.raw_data, form.version.data = None, found.version
    return _form(form, found, status=409, conflict=differences(form, _saved(found)))


def _form(
    form: Any,
    found: Expense | None,
    *,
    status: int | None = None,
    conflict: list[tuple[str, Any, Any]] | None = None,
) -> Response:
    body = render_template(
        "pages/expense_form.html",
        form=form,
        expense=found,
        conflict=conflict,
        clients=[label_of(client) for client in clients.choices(tenant_id(), "")],
        projects=[project.name for project in projects.choices(tenant_id())],
        vendors=[vendor.name for vendor in vendors.choices(tenant_id())],
        categories=[category.name for category in expenses.categories(tenant_id())],
    )
    return make_response(body, status or (422 if form.errors else 200))


def _page(found: Expense, step: str = "") -> Response:
    context = {
        "expense": found,
        "form": EditForm(formdata=None, version=found.version),
        "paid_with": PaidWith(found.paid_with).label,
        "project": projects.find(tenant_id(), found.project_id) if found.project_id else None,
        "may_change": may_change(),
        "sync": pills.one(tenant_id(), found),
        "step": step,
    }
    return make_response(render_template("pages/expense.html", **context), 422 if request.method == "POST" else 200)
