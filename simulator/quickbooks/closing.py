"""Closed books: nothing dated on or before the closing date is made, changed, voided or deleted."""

from __future__ import annotations

from .company import Company
from .faults import Fault
from .preferences_lookup import preference

WEBSITE = (
    "The account period has closed and the account books cannot be updated through the QuickBooks Online "
    "Services API. Please use the QuickBooks Online website to make these changes."
)


def closed_on(company: Company) -> str | None:
    """The last closed day; None while the books are open (the key is then missing)."""
    last = preference(company, "AccountingInfoPrefs", "BookCloseDate")
    return str(last) if last else None


def check(company: Company, *dates: str) -> None:
    """6200, or 6210 where closing the books took a password."""
    last = closed_on(company)
    if not last or min(dates) > last:
        return
    if preference(company, "_books_password"):
        message = "Account Period Closed, Cannot Update Through Services"
        raise Fault("6210", message, f"{message} : {WEBSITE}")
    message = "Account Period Closed Error"
    raise Fault("6200", message, f"{message} : {WEBSITE}")
