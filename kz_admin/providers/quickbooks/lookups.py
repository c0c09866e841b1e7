"""The lists of a company, whole and page by page: what our services, members, clients and the rest are mapped to.

Inactive ones are read too, so that a mapping to one of them can be named and repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from kz_admin.domain.lists import Choice, List
from kz_admin.providers.base import Access
from kz_admin.providers.quickbooks import accounts, api, payment_methods

Row = Mapping[str, Any]

# Folders and bundles are items too, and no line of ours can carry them.
ON_LINES = frozenset({"Service", "NonInventory", "Inventory"})
EXPENSES = frozenset({"Expense", "Other Expense", "Cost of Goods Sold"})
# Classes and departments are numbered apart, so one list needs more than the number.
CLASS, DEPARTMENT = "class", "department"
GROUP_OF = {CLASS: "Class", DEPARTMENT: "Location"}


def read_items(access: Access) -> Sequence[Choice]:
    return [
        _choice(
            row, _path(row), str(row.get("Type") or ""), code=row.get("Sku"), account=_named(row, "IncomeAccountRef")
        )
        for row in _all(access, "Item")
        if row.get("Type") in ON_LINES
    ]


def read_employees(access: Access) -> Sequence[Choice]:
    return [_choice(row, _display(row), "Employee", email=_email(row)) for row in _all(access, "Employee")]


def read_customers(access: Access) -> Sequence[Choice]:
    """Grouped by currency: a client is another customer in each currency it is invoiced in."""
    return [
        _choice(row, _display(row), _currency(row), email=_email(row), company=row.get("CompanyName"))
        for row in _all(access, "Customer")
        if not row.get("Job")
    ]


def read_projects(access: Access) -> Sequence[Choice]:
    """Sub-customers, each under the customer it belongs to."""
    return [
        _choice(row, _display(row), _named(row, "ParentRef") or _parent(row), parent=_id_of(row, "ParentRef"))
        for row in _all(access, "Customer")
        if row.get("Job")
    ]


def read_vendors(access: Access) -> Sequence[Choice]:
    return [_choice(row, _display(row), _currency(row), email=_email(row)) for row in _all(access, "Vendor")]


def read_taxes(access: Access) -> Sequence[Choice]:
    """Codes, which lines carry, with the percentage their rates add up to."""
    percents = {str(row["Id"]): _decimal(row.get("RateValue")) for row in _all(access, "TaxRate")}
    return [
        _choice(row, str(row.get("Name") or ""), _use(row), percent=_percent(row, percents))
        for row in _all(access, "TaxCode")
    ]


def read_tracking(access: Access) -> Sequence[Choice]:
    return [*_tracked(access, "Class", CLASS), *_tracked(access, "Department", DEPARTMENT)]


def read_categories(access: Access) -> Sequence[Choice]:
    return [choice for choice in accounts.read_accounts(access) if choice.group in EXPENSES]


def read_terms(access: Access) -> Sequence[Choice]:
    return [_choice(row, str(row.get("Name") or ""), "Term", days=row.get("DueDays")) for row in _all(access, "Term")]


def _tracked(access: Access, entity: str, kind: str) -> Iterator[Choice]:
    for row in _all(access, entity):
        yield Choice(f"{kind}/{row['Id']}", _path(row), GROUP_OF[kind], bool(row.get("Active", True)), {})


def _all(access: Access, entity: str) -> list[dict[str, Any]]:
    return api.query(access, f"SELECT * FROM {entity} WHERE Active IN (true, false)", entity)


def _choice(row: Row, name: str, group: str, **details: object) -> Choice:
    said = {key: str(value) for key, value in details.items() if value not in (None, "")}
    return Choice(str(row["Id"]), name, group, bool(row.get("Active", True)), said)


def _display(row: Row) -> str:
    return str(row.get("DisplayName") or row.get("FullyQualifiedName") or "")


def _path(row: Row) -> str:
    return str(row.get("FullyQualifiedName") or row.get("Name") or "")


def _parent(row: Row) -> str:
    return str(row.get("FullyQualifiedName") or "").rpartition(":")[0]


def _email(row: Row) -> str:
    return str((row.get("PrimaryEmailAddr") or {}).get("Address") or "")


def _currency(row: Row) -> str:
    return _id_of(row, "CurrencyRef")


def _named(row: Row, ref: str) -> str:
    return str((row.get(ref) or {}).get("name") or "")


def _id_of(row: Row, ref: str) -> str:
    return str((row.get(ref) or {}).get("value") or "")


def _use(row: Row) -> str:
    """What a code can be put on: its rates say so."""
    sales, purchases = _rates(row, "SalesTaxRateList"), _rates(row, "PurchaseTaxRateList")
    return "Sales and purchases" if sales and purchases else "Purchases" if purchases else "Sales"


def _rates(row: Row, which: str) -> list[str]:
    found = (row.get(which) or {}).get("TaxRateDetail") or []
    return [_id_of(rate, "TaxRateRef") for rate in found]


def _percent(row: Row, percents: Mapping[str, Decimal]) -> str:
    rates = _rates(row, "SalesTaxRateList") or _rates(row, "PurchaseTaxRateList")
    return format(sum((percents.get(rate, Decimal(0)) for rate in rates), Decimal(0)).normalize(), "f") if rates else ""


def _decimal(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)


LOOKUPS: Mapping[List, Callable[[Access], Sequence[Choice]]] = {
    List.ACCOUNTS: accounts.read_accounts,
    List.PAYMENT_METHODS: payment_methods.read_payment_methods,
    List.ITEMS: read_items,
    List.CUSTOMERS: read_customers,
    List.PROJECTS: read_projects,
    List.VENDORS: read_vendors,
    List.EMPLOYEES: read_employees,
    List.TAXES: read_taxes,
    List.TRACKING: read_tracking,
    List.CATEGORIES: read_categories,
    List.TERMS: read_terms,
}
