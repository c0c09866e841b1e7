"""References between objects: what each field points at, whether it may be used, and the name shown beside the id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import faults
from .company import Company, Obj
from .currencies import NAMES as CURRENCY_NAMES

ACCOUNT_FIELDS = (
    "AccountRef", "APAccountRef", "ARAccountRef", "AssetAccountRef", "BankAccountRef", "CCAccountRef", "COGSAccountRef",
    "CreditCardAccountRef", "DepositToAccountRef", "DiscountAccountRef", "ExpenseAccountRef", "FromAccountRef",
    "IncomeAccountRef", "ItemAccountRef", "MarkUpIncomeAccountRef", "ToAccountRef",
)  # fmt: skip
TARGETS: dict[str, str] = {
    **dict.fromkeys(ACCOUNT_FIELDS, "Account"),
    "AgencyRef": "TaxAgency",
    "ClassRef": "Class",
    "CustomerRef": "Customer",
    "DefaultTaxCodeRef": "TaxCode",
    "DepartmentRef": "Department",
    "EmployeeRef": "Employee",
    "ItemRef": "Item",
    "PaymentMethodRef": "PaymentMethod",
    "PrefVendorRef": "Vendor",
    "ProjectRef": "Customer",
    "PurchaseTaxCodeRef": "TaxCode",
    "SalesTaxCodeRef": "TaxCode",
    "SalesTermRef": "Term",
    "TaxCodeRef": "TaxCode",
    "TaxRateRef": "TaxRate",
    "TermRef": "Term",
    "TxnTaxCodeRef": "TaxCode",
    "VendorRef": "Vendor",
}
# By the `type` beside the id (Purchase.EntityRef, JournalEntry's and Deposit's Entity).
TYPED = frozenset(("EntityRef", "Entity"))
# Answered with the id alone, as recorded.
UNNAMED = frozenset(
    ("AgencyRef", "DefaultTaxCodeRef", "ParentRef", "TaxCodeRef", "TaxRateRef", "TermRef", "TxnTaxCodeRef")
)
PLURALS = {
    "Account": "Accounts", "Customer": "Names", "Vendor": "Names", "Employee": "Names", "Class": "Klasses",
    "Department": "Depts", "Item": "Items", "Term": "Terms", "PaymentMethod": "PaymentMethods",
    "TaxCode": "TaxCodes", "TaxRate": "TaxRates", "TaxAgency": "TaxAgencies",
}  # fmt: skip
NAMES = frozenset(("Customer", "Vendor", "Employee"))
# What taxes a document is looked at where tax is computed, with the rules of the country.
CHECKED_ELSEWHERE = frozenset(("TaxCodeRef", "TxnTaxCodeRef", "DefaultTaxCodeRef"))
_NAME_KEYS = ("DisplayName", "Name", "CompanyName")


def name_of(row: Obj) -> str | None:
    """What a row is called where it is referred to: sub-items by their own name, sub-customers by theirs."""
    for key in _NAME_KEYS:
        if row.get(key):
            return str(row[key])
    return None


def target_of(field: str, ref: Obj) -> str | None:
    """The table a reference field points into; None for what is no reference to a row of ours."""
    if field in TYPED:
        kind = ref.get("type")
        return kind if kind in NAMES else None
    return TARGETS.get(field)


def find(company: Company, field: str, ref: Obj) -> Obj | None:
    table = target_of(field, ref)
    value = ref.get("value")
    return company.table(table).get(value) if table and value else None


def each_reference(body: Any) -> Iterator[tuple[str, Obj]]:
    """Every (field, reference) in a body, however deep."""
    if isinstance(body, list):
        for each in body:
            yield from each_reference(each)
    elif isinstance(body, dict):
        for key, value in body.items():
            if isinstance(value, dict):
                if key.endswith("Ref") or (key in TYPED and "value" in value):
                    yield key, value
                else:
                    yield from each_reference(value)
            elif isinstance(value, list):
                yield from each_reference(value)


def check(company: Company, body: Obj, stored: Obj | None = None) -> None:
    """Every reference leads to an active row (2500, 610). What was there before may stay though inactive."""
    held = {(key, ref.get("value")) for key, ref in each_reference(stored)} if stored else frozenset()
    for field, ref in each_reference(body):
        table = target_of(field, ref)
        if table is None or field in CHECKED_ELSEWHERE:
            continue
        row = find(company, field, ref)
        if row is None:
            raise faults.bad_reference(PLURALS[table], ref.get("value"))
        if row.get("Active") is False and (field, ref["value"]) not in held:
            raise inactive(table, ref["value"])


def inactive(table: str, value: str) -> faults.Fault:
    """Customers, vendors and employees answer 610; other lists 2500 with the table's plural."""
    if table in NAMES:
        return faults.not_found()
    return faults.inactive_reference(PLURALS[table], value)


def parent(company: Company, entity: str, ref: Obj | None) -> Obj | None:
    """The row that a ParentRef names; 2500 or 610 when it cannot be used."""
    if not ref:
        return None
    row = company.table(entity).get(str(ref.get("value")))
    if row is None:
        raise faults.bad_reference(PLURALS[entity], ref.get("value"))
    if row.get("Active") is False:
        raise inactive(entity, row["Id"])
    return row


def named(company: Company, field: str, ref: Obj) -> Obj:
    """`{"value", "name", "type"}` with today's name of the row."""
    value = ref.get("value")
    if field == "CurrencyRef":
        name: str | None = CURRENCY_NAMES.get(str(value))
    else:
        row = find(company, field, ref)
        name = name_of(row) if row else ref.get("name")
    shown: Obj = {"value": value}
    if name:
        shown["name"] = name
    if ref.get("type"):
        shown["type"] = ref["type"]
    return shown
