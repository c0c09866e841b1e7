"""Expenses: what was bought, of whom, for which client, with the receipt."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from kz_admin.domain.failures import NotFound, Wrong
from kz_admin.domain.kinds import Origin
from kz_admin.domain.money import Money
from kz_admin.domain.names import name_key
from kz_admin.domain.records import ExpenseRecord
from kz_admin.domain.regions import CURRENCIES
from kz_admin.domain.terms import is_date
from kz_admin.models.client import Client
from kz_admin.models.expense import Expense, ExpenseCategory
from kz_admin.models.member import Member
from kz_admin.models.project import Project
from kz_admin.models.session import reading
from kz_admin.models.tax_rate import TaxRate
from kz_admin.models.vendor import Vendor
from kz_admin.services.documents import files
from kz_admin.services.documents.files import Given
from kz_admin.services.documents.listing import Order, Page, download, name_begins, page
from kz_admin.services.documents.saving import kept, known, mine, note, put, removed, saved
from kz_admin.services.documents.work import Work

ORDER = Order(Expense.spent_on, Expense.id, descending=True)
HEAD = ("Date", "Vendor", "Category", "Client", "Member", "Currency", "Amount", "Tax", "Paid with", "Description", "Id")
MOST_CATEGORIES = 200


class PaidWith(StrEnum):
    """How it was paid decides what it becomes in the books: a purchase, or a bill that is still open."""

    CARD = "card"
    BANK = "bank"
    CASH = "cash"
    MEMBER = "member"
    UNPAID = "unpaid"

    @property
    def label(self) -> str:
        return _PAID_WITH[self]


_PAID_WITH = {
    PaidWith.CARD: "Company card",
    PaidWith.BANK: "Bank account",
    PaidWith.CASH: "Cash",
    PaidWith.MEMBER: "A member, to be paid back",
    PaidWith.UNPAID: "Not paid yet",
}


@dataclass(frozen=True)
class Details:
    category_id: UUID | None
    spent_on: str
    currency: str
    amount: int
    tax: int = 0
    tax_rate_id: UUID | None = None
    vendor_id: UUID | None = None
    client_id: UUID | None = None
    project_id: UUID | None = None
    member_id: UUID | None = None
    description: str = ""
    paid_with: PaidWith = PaidWith.CARD
    billable: bool = False

    def check(self) -> None:
        if self.category_id is None:
            raise Wrong("category", "Choose a category or write a new one.")
        if not is_date(self.spent_on):
            raise Wrong("spent_on", "Enter a date such as 2026-07-31.")
        if self.currency not in CURRENCIES:
            raise Wrong("currency", "Choose a currency from the list.")
        if self.amount <= 0:
            raise Wrong("amount", "Enter an amount greater than zero.")
        if not 0 <= self.tax < self.amount:
            raise Wrong("tax", "The tax in it is less than the amount.")
        if self.billable and self.client_id is None:
            raise Wrong("client", "Choose the client it is billed to.")
        if self.paid_with is PaidWith.MEMBER and self.member_id is None:
            raise Wrong("member", "Choose the member who paid.")

    def columns(self) -> dict[str, Any]:
        values = {name: value for name, value in vars(self).items() if name not in ("amount", "tax", "paid_with")}
        return {**values, "amount_minor": self.amount, "tax_minor": self.tax, "paid_with": self.paid_with.value}


@dataclass(frozen=True)
class Filters:
    vendor: str = ""
    category: UUID | None = None
    since: str = ""
    until: str = ""


def create(work: Work, details: Details, receipt: Given | None = None, *, origin: Origin = Origin.OURS) -> Expense:
    details.check()
    _check(work, details)
    expense = Expense(tenant_id=work.tenant_id, created_at=work.at, origin=origin.value, **details.columns())
    if receipt is not None:
        expense.receipt_id = files.store(work, receipt).id
    saved(work, expense)
    note(work, "expense.created", expense, _label(expense))
    return expense


def change(
    work: Work,
    expense_id: UUID | None,
    details: Details,
    version: int | None,
    receipt: Given | None = None,
    *,
    without_receipt: bool = False,
) -> Expense:
    details.check()
    expense = mine(work, Expense, expense_id, version=version)
    _check(work, details)
    old = expense.receipt_id
    new = files.store(work, receipt).id if receipt is not None else None if without_receipt else old
    before, after = put(work, expense, {**details.columns(), "receipt_id": new})
    if after:
        saved(work, expense)
        note(work, "expense.changed", expense, _label(expense), before, after)
    if old is not None and old != new:
        files.drop(work, old)
    return expense


def delete(work: Work, expense_id: UUID | None, version: int | None) -> None:
    expense = mine(work, Expense, expense_id, version=version)
    receipt = expense.receipt_id
    note(work, "expense.deleted", expense, _label(expense))
    removed(work, expense)
    if receipt is not None:
        files.drop(work, receipt)


def category(work: Work, name: str) -> ExpenseCategory:
    """The category of this name, made when there is none."""
    key = name_key(name, 100)
    query = select(ExpenseCategory).where(ExpenseCategory.tenant_id == work.tenant_id)
    found = work.session.scalar(query.where(ExpenseCategory.name_key == key))
    if found is not None:
        return found
    made = ExpenseCategory(tenant_id=work.tenant_id, created_at=work.at, name=name.strip()[:100], name_key=key)
    return kept(work, made)


def categories(tenant_id: UUID) -> Sequence[ExpenseCategory]:
    query = select(ExpenseCategory).where(ExpenseCategory.tenant_id == tenant_id)
    with reading() as session:
        return session.scalars(query.order_by(ExpenseCategory.name_key).limit(MOST_CATEGORIES)).all()


def find(tenant_id: UUID, expense_id: UUID | None) -> Expense:
    with reading() as session:
        expense = session.scalar(_all(tenant_id).where(Expense.id == expense_id))
    if expense is None:
        raise NotFound
    return expense


def list_expenses(tenant_id: UUID, filters: Filters, after: str = "") -> Page[Expense]:
    with reading() as session:
        return page(session, _matching(tenant_id, filters), ORDER, after)


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return download(tenant_id, HEAD, _matching(tenant_id, filters), ORDER, _cells)


def record_of(expense: Expense) -> ExpenseRecord:
    return ExpenseRecord(
        id=expense.id,
        revision=expense.revision,
        origin=Origin(expense.origin),
        created_at=expense.created_at,
        member_id=expense.member_id,
        vendor_id=expense.vendor_id,
        client_id=expense.client_id,
        project_id=expense.project_id,
        category_id=expense.category_id,
        spent_on=expense.spent_on,
        description=expense.description,
        currency=expense.currency,
        amount=expense.amount_minor,
        tax=expense.tax_minor,
        tax_rate_id=expense.tax_rate_id,
        paid_with=expense.paid_with,
        billable=expense.billable,
        receipt_id=expense.receipt_id,
    )


def _check(work: Work, details: Details) -> None:
    """Everything it names is the tenant's own, and a project belongs to the client."""
    named: tuple[tuple[type[Any], UUID | None], ...] = (
        (ExpenseCategory, details.category_id),
        (Vendor, details.vendor_id),
        (Client, details.client_id),
        (Member, details.member_id),
        (TaxRate, details.tax_rate_id),
    )
    for model, row_id in named:
        if row_id is not None:
            known(work, model, row_id)
    if details.project_id is not None and known(work, Project, details.project_id).client_id != details.client_id:
        raise Wrong("project", "This project belongs to another client.")


def _all(tenant_id: UUID) -> Select[Expense]:
    query = select(Expense).join(Expense.category).outerjoin(Expense.vendor)
    query = query.options(contains_eager(Expense.category), contains_eager(Expense.vendor))
    loaded = (joinedload(Expense.client), joinedload(Expense.member), joinedload(Expense.receipt))
    return query.options(*loaded).where(Expense.tenant_id == tenant_id)


def _matching(tenant_id: UUID, filters: Filters) -> Select[Expense]:
    query = _all(tenant_id)
    if filters.vendor:
        query = query.where(name_begins(Vendor.name_key, filters.vendor))
    if filters.category:
        query = query.where(Expense.category_id == filters.category)
    if filters.since:
        query = query.where(Expense.spent_on >= filters.since)
    if filters.until:
        query = query.where(Expense.spent_on <= filters.until)
    return query


def _label(expense: Expense) -> str:
    return f"{expense.spent_on}, {Money(expense.amount_minor, expense.currency)}"


def _cells(expense: Expense) -> Sequence[object]:
    return (
        expense.spent_on,
        expense.vendor.name if expense.vendor else "",
        expense.category.name,
        expense.client.name if expense.client else "",
        expense.member.name if expense.member else "",
        expense.currency,
        Money(expense.amount_minor, expense.currency).major,
        Money(expense.tax_minor, expense.currency).major,
        PaidWith(expense.paid_with).label,
        expense.description,
        expense.id,
    )
