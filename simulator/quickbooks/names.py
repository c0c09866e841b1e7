"""Names: unique over customers, vendors and employees together; renamed when a row is made inactive."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import faults
from .company import Company, Obj

HOLDERS = ("Customer", "Vendor", "Employee")
FORBIDDEN = (":", "\t", "\n")
PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_ENDING = re.compile(r" \(deleted(-\d+)?\)$")
_SENTENCE = "Another customer, vendor or employee is already using this name. Please use a different name."


def display_name(body: Obj) -> str:
    """The DisplayName sent, else built from the parts; 6080 when there is neither."""
    name = body.get("DisplayName") or " ".join(body[part] for part in PARTS if body.get(part))
    name = str(name).strip()
    if not name:
        raise faults.Fault(
            "6080",
            "No name provided",
            "At least one of the name fields has to be given: Title, GivenName, MiddleName, FamilyName, Suffix "
            "or DisplayName.",
        )
    refuse_forbidden(name, "DisplayName")
    return name


def refuse_forbidden(name: str, element: str, forbidden: tuple[str, ...] = FORBIDDEN) -> None:
    for mark in forbidden:
        if mark in name:
            raise faults.bad_string(element, f"{element} holds a character that is not allowed: {mark!r}")


def list_name(body: Obj, forbidden: tuple[str, ...] = FORBIDDEN) -> str:
    """The Name of a list entry, spaces around it taken off."""
    name = str(body.get("Name") or "").strip()  # an update may clear it
    if not name:
        raise faults.missing("Name")
    refuse_forbidden(name, "Name", forbidden)
    return name


def claim(company: Company, entity: str, full_name: str, own_id: str | None) -> None:
    """6240 when any customer, vendor or employee has the fully qualified name already."""
    for holder in HOLDERS:
        for row in company.table(holder).by("FullName", full_name):
            if holder != entity or row["Id"] != own_id:
                raise faults.duplicate_name(_detail(entity, holder, row))


def _detail(entity: str, holder: str, row: Obj) -> str:
    """Three variants are known: the holder's id, `null`, a sentence. Which one depends on who holds the name."""
    if holder != entity:
        shown = _SENTENCE
    elif row.get("ParentRef"):
        shown = "null"
    else:
        shown = f"Id={row['Id']}"
    return f"The name supplied already exists. : {shown}"


def claim_in_list(company: Company, entity: str, full_name: str, own_id: str | None) -> None:
    """The same inside one list (items, accounts, classes, ...)."""
    for row in company.table(entity).by("FullName", full_name):
        if row["Id"] != own_id:
            raise faults.duplicate_name(f"The name supplied already exists. : Id={row['Id']}")


def after_activity(stored: Obj | None, row: Obj, key: str, taken: Callable[[str], bool]) -> Obj:
    """Making a row inactive appends ` (deleted)` to its name; making it active again takes the ending off."""
    was, now = stored is None or stored.get("Active", True), row.get("Active", True)
    name = str(row[key])
    if was and not now and not _ENDING.search(name):
        return {**row, key: _first_free(name, taken)}
    if not was and now:
        return {**row, key: _ENDING.sub("", name)}
    return row


def _first_free(name: str, taken: Callable[[str], bool]) -> str:
    """An older inactive row may already be `<name> (deleted)`."""
    candidate, number = f"{name} (deleted)", 1
    while taken(candidate):
        candidate, number = f"{name} (deleted-{number})", number + 1
    return candidate
