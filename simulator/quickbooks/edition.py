"""The plans a company can have, and what each leaves out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edition:
    key: str
    sku: str  # as CompanyInfo.NameValue shows it
    bills: bool  # Bill, BillPayment, VendorCredit
    bill_items: bool  # item lines on them
    tracking: bool  # Class, Department
    inventory: bool  # inventory items, purchase orders
    multicurrency: bool
    time: bool


EDITIONS = {
    each.key: each
    for each in (
        Edition("SimpleStart", "QuickBooks Online Simple Start", False, False, False, False, False, False),
        Edition("Essentials", "QuickBooks Online Essentials", True, False, False, False, True, True),
        Edition("Plus", "QuickBooks Online Plus", True, True, True, True, True, True),
        Edition("Advanced", "QuickBooks Online Advanced", True, True, True, True, True, True),
    )
}
# Entity -> the switch of the plan it needs.
NEEDS = {
    "Bill": "bills",
    "BillPayment": "bills",
    "VendorCredit": "bills",
    "Class": "tracking",
    "Department": "tracking",
    "PurchaseOrder": "inventory",
    "CompanyCurrency": "multicurrency",
    "TimeActivity": "time",
}
READ_ONLY_STATUSES = frozenset(("RESTRICTED", "SUSPENDED", "EXPIRED", "CANCELLED"))
