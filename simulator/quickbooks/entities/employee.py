"""Employee: who logs time."""

from __future__ import annotations

from .. import addresses, faults
from ..company import Company, Obj
from ..updates import merged
from . import people
from .entity import Entity, Params

READ_ONLY = people.IGNORED | frozenset(
    ("CompanyName", "CustomField", "DefaultTaxCodeRef", "EmployeeType", "Notes", "UseTimeEntry", "WebAddr",
     "AlternatePhone", "Fax")
)  # fmt: skip
PAYROLL_REFUSES = ("Title", "Suffix", "PrintOnCheckName", "BillRate")


def create(company: Company, body: Obj, params: Params) -> Obj:
    return company.insert("Employee", _complete(company, body, None), "name")


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    if body.get("SSN") and stored.get("SSN") and body["SSN"] == _hidden(stored["SSN"]):
        body["SSN"] = stored["SSN"]  # what a reader was shown comes back with a full update
    fresh = merged(ENTITY, stored, body, sparse)
    return company.replace("Employee", stored, _complete(company, fresh, stored, body))


def _complete(company: Company, body: Obj, stored: Obj | None, sent: Obj | None = None) -> Obj:
    if not body.get("GivenName") and not body.get("FamilyName"):
        raise faults.missing("GivenName or FamilyName")
    if has_payroll(company):
        body = _under_payroll(body, body if sent is None else sent)
    row = people.named(company, "Employee", body, stored)
    people.claim(company, "Employee", row, stored)
    row["PrimaryAddr"] = addresses.kept(company, row.get("PrimaryAddr"), (stored or {}).get("PrimaryAddr"))
    row["BillableTime"] = bool(row.get("BillableTime"))
    return {key: value for key, value in row.items() if value is not None}


def has_payroll(company: Company) -> bool:
    info = company.table("CompanyInfo").get("1") or {}
    return any(each["Name"] == "PayrollFeature" and each["Value"] == "true" for each in info.get("NameValue", ()))


def _under_payroll(body: Obj, sent: Obj) -> Obj:
    """With QuickBooks Payroll on, the name shown is built from the names and some fields are closed."""
    for key in PAYROLL_REFUSES:
        if sent.get(key) is not None:
            raise faults.business(f"{key} of an employee cannot be set while QuickBooks Payroll is on", key)
    built = " ".join(body[key] for key in ("GivenName", "MiddleName", "FamilyName") if body.get(key))
    return {**body, "DisplayName": built}


def render(company: Company, row: Obj) -> Obj:
    if row.get("SSN"):
        return {**row, "SSN": _hidden(row["SSN"])}
    return row


def _hidden(number: str) -> str:
    return "XXX-XX-XXXX" if number else number


ENTITY = Entity(
    name="Employee",
    path="employee",
    family="name",
    create=create,
    update=update,
    render=render,
    is_list=True,
    filterable=frozenset(
        ("DisplayName", "GivenName", "MiddleName", "FamilyName", "Suffix", "PrintOnCheckName", "Active")
    ),
    indexes=people.INDEXES,
    read_only=READ_ONLY,
    lengths={
        **people.LENGTHS,
        **people.phone_lengths(20),
        **people.address_lengths("PrimaryAddr"),
        "EmployeeNumber": 100,
    },
)
