"""Inventory: what an item that is counted needs, and the opening stock it posts."""

from __future__ import annotations

from decimal import Decimal

from .. import chart, faults, ledger
from ..account_types import require_type
from ..company import Company, Obj
from ..money import cents, plain

NEEDED = ("QtyOnHand", "InvStartDate", "AssetAccountRef", "ExpenseAccountRef")
ZERO = Decimal(0)


def settled(company: Company, row: Obj, stored: Obj | None) -> Obj:
    if row["Type"] != "Inventory":
        if row.get("TrackQtyOnHand") or row.get("QtyOnHand"):
            raise faults.business("Only items of type Inventory are counted", "TrackQtyOnHand")
        return {**row, "TrackQtyOnHand": False, "QtyOnHand": None}
    if not row.get("TrackQtyOnHand", stored is not None):
        raise faults.missing("TrackQtyOnHand")
    for key in NEEDED:
        if row.get(key) is None:
            raise faults.missing(key)
    require_type(company, row, "AssetAccountRef", frozenset(("Other Current Asset",)))
    require_type(company, row, "ExpenseAccountRef", frozenset(("Cost of Goods Sold",)))
    return {**row, "TrackQtyOnHand": True, "QtyOnHand": plain(row["QtyOnHand"])}


def open_stock(company: Company, row: Obj) -> None:
    """What is there on the first day is worth its cost: an asset, against Opening Balance Equity."""
    if row["Type"] != "Inventory":
        return
    worth = cents(row["QtyOnHand"] * row["PurchaseCost"])
    asset, equity = row["AssetAccountRef"]["value"], chart.opening_balance_equity(company)
    legs = (ledger.Posting(asset, worth, worth), ledger.Posting(equity, -worth, -worth))
    ledger.post(company, "Item", row["Id"], row["InvStartDate"], legs)


def check_change(stored: Obj, fresh: Obj) -> None:
    """Counting differently is an inventory adjustment, which the simulator does not model."""
    if stored["Type"] != "Inventory":
        return
    if (fresh.get("QtyOnHand") or ZERO) != (stored.get("QtyOnHand") or ZERO):
        raise faults.not_modelled("changing QtyOnHand of an item (an inventory adjustment)")
    if fresh.get("Active") is False and stored.get("QtyOnHand"):
        raise faults.not_modelled("making an item inactive while there is stock of it")
