"""PaymentMethod: how money came in."""

from __future__ import annotations

from .. import faults
from ..company import Company, Obj
from . import simple_list
from .entity import Entity, Params

TYPES = frozenset(("CREDIT_CARD", "NON_CREDIT_CARD"))


def create(company: Company, body: Obj, params: Params) -> Obj:
    return simple_list.create(company, ENTITY, _typed(body), None)


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    if not sparse or body.get("Type"):
        body = _typed(body)
    return simple_list.update(company, ENTITY, stored, body, sparse, None)


def _typed(body: Obj) -> Obj:
    kind = body.get("Type") or "NON_CREDIT_CARD"
    if kind not in TYPES:
        raise faults.bad_enumeration("Type", kind)
    return {**body, "Type": kind}


ENTITY = Entity(
    name="PaymentMethod",
    path="paymentmethod",
    family="PaymentMethod",
    create=create,
    update=update,
    is_list=True,
    filterable=frozenset(("Name", "Type", "Active")),
    indexes=simple_list.INDEXES,
    required=("Name",),
    read_only=frozenset(("CustomField",)),
    lengths={"Name": 31},
)
