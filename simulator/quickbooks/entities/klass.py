"""Class: what lines and documents are sorted by (Plus and Advanced)."""

from __future__ import annotations

from ..company import Company, Obj
from . import simple_list
from .entity import Entity, Params


def create(company: Company, body: Obj, params: Params) -> Obj:
    return simple_list.create(company, ENTITY, body, "SubClass")


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    return simple_list.update(company, ENTITY, stored, body, sparse, "SubClass")


ENTITY = Entity(
    name="Class",
    path="class",
    family="Class",
    create=create,
    update=update,
    is_list=True,
    filterable=frozenset(("Name", "FullyQualifiedName", "Active", "SubClass")),
    indexes=simple_list.INDEXES,
    required=("Name",),
    required_sparse=("Name",),
    read_only=frozenset(("CustomField", "FullyQualifiedName", "SubClass")),
    lengths={"Name": 100},
)
