"""Lists with parents: `Parent:Child` names, at most five levels, and what a renamed parent does to its children."""

from __future__ import annotations

from . import faults
from .company import Company, Obj
from .references import parent

DEEPEST = 4  # Level counts from 0


def placed(company: Company, entity: str, row: Obj, name_key: str, child_flag: str | None) -> Obj:
    """The row with its FullyQualifiedName, the flag that says it is a child, and its Level."""
    above = parent(company, entity, row.get("ParentRef"))
    if above is None:
        top = {key: value for key, value in row.items() if key not in ("ParentRef", "Level")}
        flag = {child_flag: False} if child_flag else {}
        return {**top, **flag, "FullyQualifiedName": row[name_key]}
    level = level_of(company, entity, above) + 1
    if level > DEEPEST:
        raise faults.Fault("6180", "Maximum levels exceeded", f"A {entity} may have at most {DEEPEST + 1} levels.")
    if row.get("Id"):
        _refuse_circle(company, entity, row["Id"], above)
    flag = {child_flag: True} if child_flag else {}
    return {
        **row,
        **flag,
        "ParentRef": {"value": above["Id"]},
        "Level": level,
        "FullyQualifiedName": f"{above['FullyQualifiedName']}:{row[name_key]}",
    }


def level_of(company: Company, entity: str, row: Obj) -> int:
    level = 0
    while row.get("ParentRef"):
        row = _above(company, entity, row)
        level += 1
    return level


def _above(company: Company, entity: str, row: Obj) -> Obj:
    found = company.table(entity).get(row["ParentRef"]["value"])
    assert found is not None, f"{entity} {row['Id']} has lost its parent"
    return found


def _refuse_circle(company: Company, entity: str, row_id: str, above: Obj) -> None:
    while True:
        if above["Id"] == row_id:
            raise faults.business(f"A {entity} cannot be its own parent", "ParentRef")
        if not above.get("ParentRef"):
            return
        above = _above(company, entity, above)


def children(company: Company, entity: str, row_id: str) -> list[Obj]:
    return company.table(entity).by("ParentRef", row_id)


def carry_name(company: Company, entity: str, row: Obj, name_key: str) -> None:
    """A changed FullyQualifiedName goes down to all below; their SyncTokens stay."""
    for child in children(company, entity, row["Id"]):
        full_name = f"{row['FullyQualifiedName']}:{child[name_key]}"
        if child["FullyQualifiedName"] != full_name:
            moved = company.refresh(entity, child["Id"], FullyQualifiedName=full_name)
            carry_name(company, entity, moved, name_key)
