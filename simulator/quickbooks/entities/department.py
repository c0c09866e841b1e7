"""Department, shown to people as Location (Plus and Advanced)."""

from __future__ import annotations

from .. import addresses
from ..company import Company, Obj
from . import simple_list
from .entity import Entity, Params


def create(company: Company, body: Obj, params: Params) -> Obj:
    body["Address"] = addresses.kept(company, body.get("Address"))
    return simple_list.create(company, ENTITY, body, "SubDepartment")


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    if body.get("Address"):
        body["Address"] = addresses.kept(company, body["Address"], stored.get("Address"))
    return simple_list.update(company, ENTITY, stored, body, sparse, "SubDepartment")


ENTITY = Entity(
    name="Department",
    path="department",
    family="Department",
    create=create,
    update=update,
    is_list=True,
    filterable=frozenset(("Name", "FullyQualifiedName", "Active", "SubDepartment")),
    indexes=simple_list.INDEXES,
    required=("Name",),
    read_only=frozenset(("CustomField", "FullyQualifiedName", "SubDepartment")),
    lengths={"Name": 100},
)
