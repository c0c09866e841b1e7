"""What changes the whole company: closed books, subscription, plan, switches."""

from __future__ import annotations

from typing import Any

from simulator.quickbooks import closing
from simulator.quickbooks.company import Company
from simulator.quickbooks.edition import EDITIONS
from simulator.quickbooks.times import is_date

from ...shapes import Deed, Done, Field, Form, RefusedDeed
from . import choices

STATUSES = (
    ("SUBSCRIBED", "Subscribed"), ("TRIAL", "On trial"), ("RESTRICTED", "Restricted: read only"),
    ("SUSPENDED", "Suspended: read only"),
    ("EXPIRED", "Trial expired: read only"), ("CANCELLED", "Cancelled: read only"),
)  # fmt: skip


def company_deeds(company: Company) -> list[Deed]:
    return [_close(company), _numbers(company), _subscription(company), _plan(company)]


def _close(company: Company) -> Deed:
    fields = [
        Field("until", "Closed up to and including", "date", closing.closed_on(company) or "",
              hint="Empty opens the books."),
        Field("password", "With a password", "check",
              chosen=frozenset(("yes",)) if _switches(company).get("_books_password") else frozenset()),
    ]  # fmt: skip
    lead = (
        "Nothing dated on or before the day can be written, changed, voided or deleted any more. "
        "Apps get code 6200, with a password 6210."
    )
    return Deed("close-books", "Close the books", lead, "Save", _closed, fields)


def _switches(company: Company) -> dict[str, Any]:
    return company.table("Preferences").get("1") or {}


def _closed(company: Company, form: Form) -> Done:
    until = form.text("until")
    if until and not is_date(until):
        raise RefusedDeed("Write the day as a date, such as 2026-03-31.")
    held = _switches(company)
    accounting = {key: value for key, value in held["AccountingInfoPrefs"].items() if key != "BookCloseDate"}
    if until:
        accounting["BookCloseDate"] = until
    password = bool(until) and form.ticked("password")
    with company.writing():
        company.replace("Preferences", held, {**held, "AccountingInfoPrefs": accounting, "_books_password": password})
    return Done(f"Books closed up to {until}." if until else "Books opened.")


def _numbers(company: Company) -> Deed:
    on = bool((_switches(company).get("SalesFormsPrefs") or {}).get("CustomTxnNumbers"))
    field = Field("custom", "Whoever writes a sales form gives its number", "check",
                  chosen=frozenset(("yes",)) if on else frozenset())  # fmt: skip
    lead = (
        "Off: QuickBooks counts by itself. On: a document without a number has none, "
        "and one that is taken is refused (6140)."
    )
    return Deed("numbers", "Invoice numbers", lead, "Save", _numbered, [field])


def _numbered(company: Company, form: Form) -> Done:
    held = _switches(company)
    forms = {**held["SalesFormsPrefs"], "CustomTxnNumbers": form.ticked("custom")}
    with company.writing():
        company.replace("Preferences", held, {**held, "SalesFormsPrefs": forms})
    return Done("Invoice numbers are given by hand." if form.ticked("custom") else "QuickBooks counts invoice numbers.")


def _subscription(company: Company) -> Deed:
    field = Field("status", "Subscription", "choice", company.subscription, options=choices.of(*STATUSES))
    lead = "A company that no longer pays can be read, but every write is refused with code 6190."
    return Deed("subscription", "Subscription", lead, "Save", _subscribed, [field], grave=True)


def _subscribed(company: Company, form: Form) -> Done:
    labels = dict(STATUSES)
    if form.text("status") not in labels:
        raise RefusedDeed("Choose one of the states.")
    company.subscription = form.text("status")
    return Done(f"Subscription: {labels[company.subscription].lower()}.")


def _plan(company: Company) -> Deed:
    options = choices.of(*((key, edition.sku) for key, edition in EDITIONS.items()))
    field = Field("plan", "Plan", "choice", company.edition, options=options)
    lead = "What a plan leaves out is refused with code 5030: bills on Simple Start, classes and locations below Plus."
    return Deed("plan", "Plan", lead, "Save", _planned, [field])


def _planned(company: Company, form: Form) -> Done:
    if form.text("plan") not in EDITIONS:
        raise RefusedDeed("Choose one of the plans.")
    company.edition = form.text("plan")
    return Done(f"Plan: {EDITIONS[company.edition].sku}.")
