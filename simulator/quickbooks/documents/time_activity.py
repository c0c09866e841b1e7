"""TimeActivity: somebody's time. It posts nothing; an invoice that links it has billed it."""

from __future__ import annotations

from ..company import Obj
from ..faults import bad_enumeration, missing
from ..money import plain
from ..preferences_lookup import preference
from ..times import instant
from . import refusals
from .entry import entity_of
from .expense_lines import BILLABLE, BILLED, NOT_BILLABLE
from .form import Draft, Form

MOST_HOURS = 8760
NAMED = {"Employee": "EmployeeRef", "Vendor": "VendorRef"}
DURATION, SPAN = ("Hours", "Minutes", "Seconds"), ("StartTime", "EndTime")
_KEPT = (
    "CustomerRef",
    "DepartmentRef",
    "ItemRef",
    "ClassRef",
    "ProjectRef",
    "PayrollItemRef",
    "BreakHours",
    "BreakMinutes",
    "Description",
)


def compose(draft: Draft) -> Obj:
    fields = draft.fields
    row: Obj = {"TxnDate": fields["TxnDate"], **_who(fields)}
    row |= {name: fields[name] for name in _KEPT if fields.get(name) is not None}
    _check_item(draft)
    row["BillableStatus"] = _billable(draft)
    row["Taxable"] = bool(fields.get("Taxable"))
    for name in ("HourlyRate", "CostRate"):
        if fields.get(name) is not None:
            row[name] = plain(fields[name])
    return {**row, **_time(draft)}


def _who(fields: Obj) -> Obj:
    kind = fields["NameOf"]
    if kind not in NAMED:
        raise bad_enumeration("NameOf", kind)
    field = NAMED[kind]
    other = next(each for each in NAMED.values() if each != field)
    if not (fields.get(field) or {}).get("value"):
        raise refusals.no_person(field)
    if (fields.get(other) or {}).get("value"):
        raise refusals.both_people()
    return {"NameOf": kind, field: {"value": fields[field]["value"]}}


def _check_item(draft: Draft) -> None:
    company, ref = draft.company, draft.fields.get("ItemRef")
    if not ref:
        if preference(company, "TimeTrackingPrefs", "UseServices"):
            raise missing("ItemRef")
        return
    item = company.table("Item").get(ref["value"]) or {}
    if item.get("Type") != "Service":
        raise refusals.no_service(ref["value"])


def _billable(draft: Draft) -> str:
    fields, stored = draft.fields, draft.stored or {}
    status = fields.get("BillableStatus") or NOT_BILLABLE
    if status == BILLED and stored.get("BillableStatus") != BILLED:
        raise bad_enumeration("BillableStatus", "HAS_BEEN_BILLED")
    if stored.get("BillableStatus") == BILLED and status != BILLED:
        raise refusals.bad_billable(status)
    if status == BILLABLE:
        if not (fields.get("CustomerRef") or {}).get("value"):
            raise refusals.billable_needs_customer()
        if fields.get("HourlyRate") is None:
            raise refusals.bad_rate("none")
    if fields.get("HourlyRate") is not None and fields["HourlyRate"] < 0:
        raise refusals.bad_rate(fields["HourlyRate"])
    return str(status)


def _time(draft: Draft) -> Obj:
    """Hours and minutes, or start and end. A change of form in a sparse update drops the other."""
    fields, sent = draft.fields, draft.sent
    duration = [name for name in DURATION if fields.get(name) is not None]
    span = [name for name in SPAN if fields.get(name) is not None]
    if duration and span and draft.stored:
        if not any(sent.get(name) is not None for name in SPAN):
            span = []
        elif not any(sent.get(name) is not None for name in DURATION):
            duration = []
    if duration and span:
        raise refusals.two_durations()
    if span:
        return _span(fields)
    if not duration:
        raise refusals.no_time()
    return _duration(fields)


def _duration(fields: Obj) -> Obj:
    hours, minutes, seconds = (int(fields.get(name) or 0) for name in DURATION)
    if hours < 0 or not (0 <= minutes <= 59 and 0 <= seconds <= 59):
        raise refusals.bad_time()
    if hours > MOST_HOURS:
        raise refusals.too_long_time()
    made = {"Hours": hours, "Minutes": minutes}
    return {**made, "Seconds": seconds} if fields.get("Seconds") is not None else made


def _span(fields: Obj) -> Obj:
    for name in SPAN:
        if fields.get(name) is None:
            raise refusals.half_span(name)
    if instant(fields["StartTime"]) >= instant(fields["EndTime"]):
        raise refusals.backwards()
    return {name: fields[name] for name in SPAN}


ENTITY = entity_of(
    Form(
        name="TimeActivity",
        path="timeactivity",
        compose=compose,
        posts=False,
        family="TimeActivity",
        required=("NameOf",),
        read_only=frozenset(("TimeChargeId", "CustomField")),
        lengths={"Description": 4000},
        filterable=frozenset(("TxnDate", "BillableStatus", "ProjectRef")),
        indexed=("CustomerRef",),
        settings={"cdc": False},  # the reference says so; a note of 2021 says otherwise: poll by query
    )
)
