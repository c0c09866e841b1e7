"""What customers, vendors and employees share: their name fields, phone, e-mail and the rules on them."""

from __future__ import annotations

from .. import faults, names
from ..company import Company, Obj
from ..table import Indexes, reference

# Known to the schema, not used by QuickBooks Online or written by the server: ignored in a request.
IGNORED = frozenset(
    ("FullyQualifiedName", "IntuitId", "Organization", "OtherAddr", "OtherContactInfo", "UserId", "V4IDPseudonym")
)  # fmt: skip
LENGTHS = {
    "DisplayName": 500,
    "Title": 16,
    "Suffix": 16,
    "GivenName": 100,
    "MiddleName": 100,
    "FamilyName": 100,
    "PrintOnCheckName": 110,
    "PrimaryEmailAddr.Address": 100,
}
ADDRESS_LENGTHS = {
    "Line1": 500, "Line2": 500, "Line3": 500, "Line4": 500, "Line5": 500,
    "City": 255, "CountrySubDivisionCode": 255, "PostalCode": 30, "Country": 255,
}  # fmt: skip
PHONES = ("PrimaryPhone", "AlternatePhone", "Mobile", "Fax")
FILTERABLE = frozenset(
    ("DisplayName", "GivenName", "MiddleName", "FamilyName", "CompanyName", "PrintOnCheckName", "FullyQualifiedName",
     "PrimaryEmailAddr", "PrimaryPhone", "Active", "Balance")
)  # fmt: skip


def address_lengths(*fields: str) -> dict[str, int]:
    return {f"{field}.{part}": limit for field in fields for part, limit in ADDRESS_LENGTHS.items()}


def phone_lengths(limit: int) -> dict[str, int]:
    return {f"{phone}.FreeFormNumber": limit for phone in PHONES}


def _email(row: Obj) -> str | None:
    return (row.get("PrimaryEmailAddr") or {}).get("Address")


INDEXES: Indexes = {
    "FullName": lambda row: row.get("FullyQualifiedName") or row["DisplayName"],
    "DisplayName": lambda row: row["DisplayName"],
    "PrimaryEmailAddr": _email,
    "ParentRef": reference("ParentRef"),
}


def named(company: Company, entity: str, body: Obj, stored: Obj | None) -> Obj:
    """Name and activity settled: DisplayName built if need be, ` (deleted)` put on or taken off, e-mail looked at."""
    display = names.display_name({"DisplayName": stored["DisplayName"], **body} if stored else body)
    row = {
        **body,
        "DisplayName": display,
        "PrintOnCheckName": body.get("PrintOnCheckName") or body.get("CompanyName") or display,
        "Active": body.get("Active", True),
    }
    check_email(row)
    return names.after_activity(stored, row, "DisplayName", lambda name: _taken(company, entity, name))


def _taken(company: Company, entity: str, name: str) -> bool:
    return bool(company.table(entity).by("DisplayName", name))


def check_email(row: Obj) -> None:
    address = _email(row)
    if address and ("@" not in address or "." not in address):
        raise faults.bad_email()


def claim(company: Company, entity: str, row: Obj, stored: Obj | None) -> None:
    full_name = row.get("FullyQualifiedName") or row["DisplayName"]
    names.claim(company, entity, full_name, stored["Id"] if stored else None)


def refuse_leaving_with_balance(row: Obj, stored: Obj | None, entity: str) -> None:
    """A customer or vendor that still owes or is owed cannot be made inactive."""
    if stored and stored.get("Active", True) and not row["Active"] and stored.get("Balance"):
        raise faults.Fault(
            "6220",
            "Delete Failed, has a balance",
            f"{entity} {stored['DisplayName']} has a balance of {stored['Balance']} and cannot be made inactive.",
        )


def check_tax_code(company: Company, row: Obj) -> None:
    """The default tax code is one of the company's (2500)."""
    ref = row.get("DefaultTaxCodeRef")
    if ref and company.table("TaxCode").get(str(ref.get("value"))) is None:
        raise faults.bad_reference("TaxCodes", ref.get("value"))


def masked(number: str, keep: int = 4) -> str:
    """`XXXXXX9875`: all but the last four."""
    return "X" * max(len(number) - keep, 0) + number[-keep:]
