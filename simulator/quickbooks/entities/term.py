"""Term: when a document falls due, in days or on a day of the month."""

from __future__ import annotations

from .. import faults
from ..company import Company, Obj
from ..updates import merged
from . import simple_list
from .entity import Entity, Params

DAYS = ("DueDays", "DiscountDays")
OF_MONTH = ("DayOfMonthDue", "DueNextMonthDays", "DiscountDayOfMonth")


def create(company: Company, body: Obj, params: Params) -> Obj:
    return simple_list.create(company, ENTITY, _typed(body), None)


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    fresh = _typed(merged(ENTITY, stored, body, sparse))
    row = simple_list.settled(company, "Term", fresh, stored, None)
    return company.replace("Term", stored, row)


def _typed(body: Obj) -> Obj:
    """The kind follows from the fields; days and day of the month exclude each other."""
    by_date = body.get("DayOfMonthDue") is not None
    if by_date and body.get("DueDays") is not None:
        raise faults.business("A term has either DueDays or DayOfMonthDue", "DueDays")
    if not by_date and body.get("DueDays") is None:
        raise faults.missing("DueDays")
    _between(body, "DueDays", 0, 999)
    _between(body, "DiscountDays", 0, 999)
    _between(body, "DayOfMonthDue", 1, 31)
    _between(body, "DiscountPercent", 0, 100)
    return {**body, "Type": "DATE_DRIVEN" if by_date else "STANDARD"}


def _between(body: Obj, key: str, low: int, high: int) -> None:
    value = body.get(key)
    if value is not None and not low <= value <= high:
        raise faults.bad_number(key, value)


ENTITY = Entity(
    name="Term",
    path="term",
    family="Term",
    create=create,
    update=update,
    is_list=True,
    filterable=frozenset(("Name", "Type", "Active", "DueDays", "DiscountDays")),
    indexes=simple_list.INDEXES,
    required=("Name",),
    read_only=frozenset(("CustomField", "Type")),
    lengths={"Name": 31},
)
