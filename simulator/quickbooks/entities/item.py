"""Item: what is sold and bought: services, goods, categories to keep them in."""

from __future__ import annotations

from decimal import Decimal

from .. import faults, hierarchy, names
from ..account_types import EXPENSE, INCOME, require_type
from ..company import Company, Obj
from ..money import plain
from ..table import Indexes, reference
from ..updates import merged
from . import item_stock
from .entity import Entity, Params

MADE_HERE = frozenset(("Service", "NonInventory", "Inventory", "Category"))
SOLD = frozenset(("Service", "NonInventory"))
BUYS_AND_SELLS = frozenset(("CA", "GB"))
READ_ONLY = frozenset(
    ("AvgCost", "BuildPoint", "COGSAccountRef", "CustomField", "DeferredRevenue", "DepositToAccountRef",
     "FullyQualifiedName", "ItemAssemblyDetail", "Level", "PaymentMethodRef", "PercentBased", "PrintGroupedItems",
     "QtyOnPurchaseOrder", "QtyOnSalesOrder", "RatePercent", "Source", "SpecialItem", "SpecialItemType", "UOMSetRef")
)  # fmt: skip
INDEXES: Indexes = {
    "FullName": lambda row: row["FullyQualifiedName"],
    "Name": lambda row: row["Name"],
    "Sku": lambda row: row.get("Sku"),
    "Type": lambda row: row["Type"],
    "ParentRef": reference("ParentRef"),
}
ZERO = Decimal(0)


def create(company: Company, body: Obj, params: Params) -> Obj:
    if body["Type"] not in MADE_HERE:
        raise faults.not_modelled(f"creating an item of type {body['Type']}")
    row = company.insert("Item", _complete(company, body, None), "Item")
    item_stock.open_stock(company, row)
    return row


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    fresh = {"Type": stored["Type"], **merged(ENTITY, stored, body, sparse)}
    if fresh["Type"] != stored["Type"]:
        raise faults.business("The type of an item cannot be changed", "Type")
    item_stock.check_change(stored, fresh)
    row = company.replace("Item", stored, _complete(company, fresh, stored))
    hierarchy.carry_name(company, "Item", row, "Name")
    return row


def _complete(company: Company, body: Obj, stored: Obj | None) -> Obj:
    row = {**body, "Name": names.list_name(body), "Active": body.get("Active", True)}
    row = names.after_activity(stored, row, "Name", lambda name: bool(company.table("Item").by("Name", name)))
    row = hierarchy.placed(company, "Item", row, "Name", "SubItem")
    names.claim_in_list(company, "Item", row["FullyQualifiedName"], stored["Id"] if stored else None)
    if row["Type"] == "Category":
        row = _category(row)
    else:
        _check_accounts(company, row)
        row = _priced(company, row)
        row = item_stock.settled(company, row, stored)
    if not row.get("ParentRef"):
        row.pop("SubItem", None)
    return {key: value for key, value in row.items() if value is not None}


def _category(row: Obj) -> Obj:
    """A folder: a name and a place, nothing that could be put on a line."""
    for key in ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "UnitPrice", "PurchaseCost"):
        if row.get(key):
            raise faults.business(f"A category has no {key}", key)
    keep = ("Id", "SyncToken", "MetaData", "domain", "sparse", "Name", "Active", "Type", "FullyQualifiedName",
            "SubItem", "ParentRef", "Level")  # fmt: skip
    return {key: row[key] for key in keep if key in row}


def _check_accounts(company: Company, row: Obj) -> None:
    bought_only = row["Type"] == "NonInventory" and row.get("ExpenseAccountRef") and not row.get("UnitPrice")
    if not row.get("IncomeAccountRef") and not bought_only:
        raise faults.missing("IncomeAccountRef")
    if company.country in BUYS_AND_SELLS and row["Type"] in SOLD and not row.get("ExpenseAccountRef"):
        raise faults.missing("ExpenseAccountRef")
    require_type(company, row, "IncomeAccountRef", INCOME)
    require_type(company, row, "ExpenseAccountRef", EXPENSE)


def _priced(company: Company, row: Obj) -> Obj:
    priced = {**row, "UnitPrice": plain(row.get("UnitPrice") or ZERO)}
    priced["PurchaseCost"] = plain(row.get("PurchaseCost") or ZERO)
    if company.country == "US":
        priced["Taxable"] = bool(row.get("Taxable"))
    return priced


ENTITY = Entity(
    name="Item",
    path="item",
    family="Item",
    create=create,
    update=update,
    is_list=True,
    filterable=frozenset(
        ("Name", "Type", "Active", "FullyQualifiedName", "SubItem", "Taxable", "Sku", "UnitPrice", "Description")
    ),
    indexes=INDEXES,
    required=("Name", "Type"),
    read_only=READ_ONLY,
    lengths={"Name": 100, "Description": 4000, "PurchaseDesc": 1000, "Sku": 100},
)
