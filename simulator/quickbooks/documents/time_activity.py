"""TimeActivity: somebody's time. It posts nothing; an invoice that links it has billed it."""

from __future__ import annotations

from ..company import Obj
from ..faults import Fault, bad_enumeration, missing
from ..money import plain
from ..preferences_lookup import preference
from ..times import instant
from .entry import entity_of
from .expense_lines import BILLABLE, BILLED, NOT_BILLABLE, billable_without_customer
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


def _fault(code: str, message: str, detail: str, element: str) -> Fault:
    return Fault(code, message, f"{message} : {detail}", element)


def _who(fields: Obj) -> Obj:
    kind = fields["NameOf"]
    if kind not in NAMED:
        raise bad_enumeration("NameOf", kind)
    field = NAMED[kind]
    other = next(each for each in NAMED.values() if each != field)
    if not (fields.get(field) or {}).get("value"):
        raise _fault("6300", "Employee or vendor is required", f"NameOf is {kind}, {field} is missing.", field)
    if (fields.get(other) or {}).get("value"):
        raise _fault("6290", "Employee and vendor exclude each other", f"NameOf is {kind}.", other)
    return {"NameOf": kind, field: {"value": fields[field]["value"]}}


def _check_item(draft: Draft) -> None:
    company, ref = draft.company, draft.fields.get("ItemRef")
    if not ref:
        if preference(company, "TimeTrackingPrefs", "UseServices"):
            raise missing("ItemRef")
        return
    item = company.table("Item").get(ref["value"]) or {}
    if item.get("Type") != "Service":
        raise _fault("2500", "Invalid Reference Id", f"Items element id {ref['value']} is not a service.", "ItemRef")


def _billable(draft: Draft) -> str:
    fields, stored = draft.fields, draft.stored or {}
    status = fields.get("BillableStatus") or NOT_BILLABLE
    if status == BILLED and stored.get("BillableStatus") != BILLED:
        raise bad_enumeration("BillableStatus", "HAS_BEEN_BILLED")
    if stored.get("BillableStatus") == BILLED and status != BILLED:
        raise _fault("6320", "The billable status cannot be changed", "It is on an invoice.", "BillableStatus")
    if status == BILLABLE:
        if not (fields.get("CustomerRef") or {}).get("value"):
            raise billable_without_customer()
        if fields.get("HourlyRate") is None:
            raise _fault("6330", "Hourly rate is required", "The time is billable and has no rate.", "HourlyRate")
    if fields.get("HourlyRate") is not None and fields["HourlyRate"] < 0:
        raise _fault("6330", "Hourly rate is wrong", "It cannot be negative.", "HourlyRate")
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
        raise _fault("6390", "Two forms of time", "Send Hours and Minutes, or StartTime and EndTime.", "Hours")
    if span:
        return _span(fields)
    if not duration:
        raise _fault("6340", "Time is missing", "Send Hours and Minutes, or StartTime and EndTime.", "Hours")
    return _duration(fields)


def _duration(fields: Obj) -> Obj:
    hours, minutes, seconds = (int(fields.get(name) or 0) for name in DURATION)
    if not (0 <= hours <= MOST_HOURS and 0 <= minutes <= 59 and 0 <= seconds <= 59):
        raise _fault("6350", "Time is wrong", "Hours are 0 to 8760, minutes and seconds 0 to 59.", "Hours")
    made = {"Hours": hours, "Minutes": minutes}
    return {**made, "Seconds": seconds} if fields.get("Seconds") is not None else made


def _span(fields: Obj) -> Obj:
    for name in SPAN:
        if fields.get(name) is None:
            raise _fault("6360", "Time is missing", f"{name} is missing.", name)
    if instant(fields["StartTime"]) >= instant(fields["EndTime"]):
        raise _fault("6370", "Time is wrong", "StartTime is after EndTime.", "StartTime")
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
