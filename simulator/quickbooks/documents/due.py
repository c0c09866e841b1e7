"""When a document is due: its own terms, the customer's, or the company's."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from ..company import Obj
from ..preferences_lookup import preference
from .form import Draft


def settle(draft: Draft, party: Obj | None, default: str | None) -> None:
    """Fill in `DueDate` when none is said. `default` is the preference that names the company's usual terms."""
    fields, company = draft.fields, draft.company
    if fields.get("DueDate"):
        return
    named = (fields.get("SalesTermRef") or {}).get("value")
    usual = (preference(company, "SalesFormsPrefs", default, "value") if default else None) or ""
    theirs = ((party or {}).get("SalesTermRef") or (party or {}).get("TermRef") or {}).get("value")
    term = company.table("Term").get(str(named or theirs or usual))
    fields["DueDate"] = due_date(term, fields["TxnDate"]) if term else fields["TxnDate"]


def due_date(term: Obj, day: str) -> str:
    """`DueDays` after the day, or the next `DayOfMonthDue`, one month later when that is too near."""
    start = date.fromisoformat(day)
    if term.get("DayOfMonthDue") is None:
        return (start + timedelta(days=int(term.get("DueDays") or 0))).isoformat()
    due = _day_of(start.year, start.month, int(term["DayOfMonthDue"]))
    months = 0
    while due < start or (months == 0 and (due - start).days < int(term.get("DueNextMonthDays") or 0)):
        months += 1
        year, month = divmod(start.month - 1 + months, 12)
        due = _day_of(start.year + year, month + 1, int(term["DayOfMonthDue"]))
    return due.isoformat()


def _day_of(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
