"""The order in which the server writes keys: the document's own, the entity's, the transaction's, the family's."""

from __future__ import annotations

from functools import cache

from ..company import Company, Obj
from ..shapes import shape

_ENTITY = ("domain", "status", "sparse", "Id", "SyncToken", "MetaData", "CustomField", "AttachableRef")
_FAMILIES = ("SalesTransaction", "PurchaseByVendor")
_LAST = 10_000


@cache
def _rank(entity: str) -> dict[str, int]:
    every = shape(entity).fields
    transaction = shape("Transaction").fields if "TxnStatus" in every else shape("IntuitEntity").fields
    family = next((shape(each).fields for each in _FAMILIES if shape(each).fields.keys() <= every.keys()), transaction)
    own = [key for key in every if key not in family]
    middle = [key for key in family if key not in transaction]
    order = [*own, *_ENTITY, *(key for key in transaction if key not in _ENTITY), *middle]
    return {key: place for place, key in enumerate(dict.fromkeys(order))}


def in_order(entity: str, company: Company, row: Obj) -> Obj:
    rank = _rank(entity)
    return dict(sorted(row.items(), key=lambda pair: rank.get(pair[0], _LAST)))
