"""All entities by name. Each module exports ENTITY, or ENTITIES when it holds several; one line here names it."""

from __future__ import annotations

from importlib import import_module

from ..table import declare_table
from .entity import Entity

MODULES = (
    "entities.company_info",
    "entities.preferences",
    "entities.customer",
    "entities.vendor",
    "entities.employee",
    "entities.item",
    "entities.account",
    "entities.klass",
    "entities.department",
    "entities.term",
    "entities.payment_method",
    "entities.tax",
    "entities.currency",
    "entities.attachable",
    "documents.invoice",
    "documents.payment",
    "documents.credit_memo",
    "documents.refund_receipt",
    "documents.sales_receipt",
    "documents.estimate",
    "documents.bill",
    "documents.bill_payment",
    "documents.purchase",
    "documents.purchase_order",
    "documents.vendor_credit",
    "documents.deposit",
    "documents.transfer",
    "documents.journal_entry",
    "documents.time_activity",
    "documents.tax_service",
)

ENTITIES: dict[str, Entity] = {}
BY_PATH: dict[str, Entity] = {}


def register(entity: Entity) -> None:
    ENTITIES[entity.name] = entity
    BY_PATH[entity.path] = entity
    declare_table(entity.name, entity.indexes)


def _load(module: str) -> None:
    name = f"simulator.quickbooks.{module}"
    try:
        loaded = import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name and name.startswith(missing.name):
            return  # not written yet
        raise
    for entity in getattr(loaded, "ENTITIES", None) or (loaded.ENTITY,):
        register(entity)


for _module in MODULES:
    _load(_module)
