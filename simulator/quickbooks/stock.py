"""Inventory items: what documents take out of and bring into stock, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .company import Company, Obj
from .money import ZERO, cents, number, plain

TABLE = "_stock"
_DETAILS = ("SalesItemLineDetail", "ItemBasedExpenseLineDetail")


def moves(company: Company, row: Obj) -> dict[str, Decimal]:
    """Inventory item id to the quantity a document speaks of."""
    found: dict[str, Decimal] = {}
    for item, detail in _inventory_lines(company, row):
        found[item["Id"]] = found.get(item["Id"], ZERO) + number(detail.get("Qty") or 0)
    return found


def _inventory_lines(company: Company, row: Obj) -> Iterable[tuple[Obj, Obj]]:
    for line in row.get("Line") or ():
        detail = next((line[name] for name in _DETAILS if line.get(name)), None)
        if detail and detail.get("ItemRef"):
            item = company.table("Item").get(detail["ItemRef"]["value"])
            if item and item.get("Type") == "Inventory":
                yield item, detail


def move(company: Company, key: str, sign: int, row: Obj) -> None:
    """Set the quantities a document stands for; what it stood for before is taken back."""
    if not sign:
        return
    held = company.table(TABLE).get(key)
    before: dict[str, Decimal] = held["moves"] if held else {}
    after = {item: sign * quantity for item, quantity in moves(company, row).items() if quantity}
    if before == after:
        return
    for item_id in sorted({*before, *after}):
        change = after.get(item_id, ZERO) - before.get(item_id, ZERO)
        item = company.table("Item").get(item_id)
        if change and item:
            company.refresh("Item", item_id, QtyOnHand=plain(number(item.get("QtyOnHand") or 0) + change))
    if after:
        company.table(TABLE).put({"Id": key, "moves": after})
    else:
        company.table(TABLE).remove(key)


def costs(company: Company, row: Obj, stored: Obj | None) -> Obj:
    """What one of each inventory item cost when the document was written. Kept: later prices do not change it."""
    known = (stored or {}).get("_costs") or {}
    return {
        item["Id"]: known.get(item["Id"], number(item.get("PurchaseCost") or 0))
        for item, _ in _inventory_lines(company, row)
    }


def cost_of(row: Obj, item_id: str, quantity: Decimal) -> Decimal:
    return cents((row.get("_costs") or {}).get(item_id, ZERO) * quantity)
