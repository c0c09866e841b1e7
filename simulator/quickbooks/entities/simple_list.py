"""Lists that are a name, perhaps under a parent, and nothing more to work out: classes, departments, terms, methods."""

from __future__ import annotations

from .. import hierarchy, names
from ..company import Company, Obj
from ..table import Indexes, reference
from ..updates import merged
from .entity import Entity

INDEXES: Indexes = {
    "FullName": lambda row: row.get("FullyQualifiedName") or row["Name"],
    "Name": lambda row: row["Name"],
    "ParentRef": reference("ParentRef"),
}


def create(company: Company, entity: Entity, body: Obj, child_flag: str | None) -> Obj:
    row = settled(company, entity.name, body, None, child_flag)
    return company.insert(entity.name, row, entity.family)


def update(company: Company, entity: Entity, stored: Obj, body: Obj, sparse: bool, child_flag: str | None) -> Obj:
    fresh = merged(entity, stored, body, sparse)
    row = company.replace(entity.name, stored, settled(company, entity.name, fresh, stored, child_flag))
    if child_flag:
        hierarchy.carry_name(company, entity.name, row, "Name")
    return row


def settled(company: Company, entity: str, body: Obj, stored: Obj | None, child_flag: str | None) -> Obj:
    """Name allowed, free and with its ending; place in the hierarchy worked out."""
    row = {**body, "Name": names.list_name(body), "Active": body.get("Active", True)}
    row = names.after_activity(stored, row, "Name", lambda name: bool(company.table(entity).by("Name", name)))
    if child_flag:
        row = hierarchy.placed(company, entity, row, "Name", child_flag)
        row.pop("Level", None)
    names.claim_in_list(company, entity, row.get("FullyQualifiedName") or row["Name"], stored["Id"] if stored else None)
    return {key: value for key, value in row.items() if value is not None}
