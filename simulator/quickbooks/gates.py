"""What the subscription and the plan allow, asked before anything else: 6190 and 5030."""

from __future__ import annotations

from . import faults
from .company import Company, Obj
from .edition import EDITIONS, NEEDS, READ_ONLY_STATUSES, Edition
from .entities.entity import Entity
from .preferences_lookup import preference

# Entity -> the preferences of which one has to be on before there can be any.
SWITCHES = {
    "Class": ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine"),
    "Department": ("TrackDepartments",),
}


def check(company: Company, entity: Entity, body: Obj, operation: str) -> None:
    """Raise when this company may not do this; reads come through here with operation "read" or "query"."""
    edition = EDITIONS[company.edition]
    need = NEEDS.get(entity.name)
    if need and not getattr(edition, need):
        raise faults.not_in_plan(f"{entity.name} is not part of {edition.sku}.")
    if operation in ("read", "query"):
        return
    if company.subscription in READ_ONLY_STATUSES:
        raise lapsed(edition)
    if isinstance(body, dict):
        _check_body(edition, entity, body)
    if operation == "create":
        _check_switch(company, entity)
    if entity.gate is not None:
        entity.gate(company, body, operation)


def lapsed(edition: Edition) -> faults.Fault:
    return faults.Fault(
        "6190",
        "Invalid Company Status",
        "Subscription period has ended or canceled or there was a billing problem : You can't add data to "
        f"{edition.sku} because your trial or subscription period ended, you canceled your subscription, "
        "or there was a billing problem. An admin can sign in and update the billing information.",
    )


def _check_switch(company: Company, entity: Entity) -> None:
    """Classes and locations are made only where somebody has turned them on."""
    switches = SWITCHES.get(entity.name)
    if switches and not any(preference(company, "AccountingInfoPrefs", each) for each in switches):
        raise faults.not_in_plan(f"{entity.name} tracking is not turned on in this company.")


def _check_body(edition: Edition, entity: Entity, body: Obj) -> None:
    if entity.name == "Item" and body.get("Type") == "Inventory" and not edition.inventory:
        raise faults.not_in_plan(f"Inventory items are not part of {edition.sku}.")
    if NEEDS.get(entity.name) == "bills" and not edition.bill_items:
        lines = body.get("Line")
        for line in lines if isinstance(lines, list) else ():
            if isinstance(line, dict) and line.get("DetailType") == "ItemBasedExpenseLineDetail":
                raise faults.not_in_plan(f"Item lines on a {entity.name} are not part of {edition.sku}.")
