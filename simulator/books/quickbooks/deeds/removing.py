"""Void, delete, deactivate, merge: what takes something away from those who counted on it."""

from __future__ import annotations

from simulator.quickbooks import merging, operations
from simulator.quickbooks.company import Company, Obj
from simulator.quickbooks.entities import ENTITIES

from ...shapes import Deed, Done, Field, Form, Option, RefusedDeed
from .. import cells
from ..kinds import KINDS, title_of
from . import choices

READ_ONLY_IN_API = frozenset(("TaxCode",))  # a person can switch these off, an app cannot


def removals(company: Company, name: str, row: Obj) -> list[Deed]:
    entity = ENTITIES[name]
    deeds = []
    if entity.void is not None and not row.get("_voided"):
        deeds.append(_void(name, row))
    if entity.delete is not None:
        deeds.append(_delete(name, row))
    if name == "Customer" and row.get("Active") is not False:
        deeds.append(_merge(company, row))
    if entity.is_list and "Active" in row and (entity.update is not None or name in READ_ONLY_IN_API):
        deeds.append(_activity(name, row))
    return deeds


def _void(name: str, row: Obj) -> Deed:
    one = KINDS[name].one.lower()
    return Deed(
        "void",
        "Void",
        f"The {one} stays, with all amounts nought and “Voided” in its note. What was applied to it becomes free.",
        "Void it",
        lambda company, _form: _voided(company, name, row["Id"]),
        grave=True,
    )


def _voided(company: Company, name: str, row_id: str) -> Done:
    operations.void(company, name, _now(company, name, row_id), {})
    return Done(f"{KINDS[name].one} voided.", f"{name}/{row_id}")


def _delete(name: str, row: Obj) -> Deed:
    one = KINDS[name].one.lower()
    return Deed(
        "delete",
        "Delete",
        f"The {one} is gone for good. An app that holds its id is told that another user has deleted it.",
        "Delete it",
        lambda company, _form: _deleted(company, name, row["Id"]),
        grave=True,
    )


def _deleted(company: Company, name: str, row_id: str) -> Done:
    title = title_of(name, company.table(name).get(row_id) or {"Id": row_id})
    operations.delete(company, name, _now(company, name, row_id), {})
    return Done(f"{KINDS[name].one} {title} deleted.", name)


def _now(company: Company, name: str, row_id: str) -> Obj:
    row = company.table(name).get(row_id)
    if row is None:
        raise RefusedDeed("It is not there any more.")
    return {"Id": row_id, "SyncToken": row["SyncToken"]}


def _activity(name: str, row: Obj) -> Deed:
    if row["Active"]:
        lead = ("The name gets “ (deleted)” at its end and the row disappears from lists. "
                "What refers to it stays, new documents cannot use it.")  # fmt: skip
        return Deed("deactivate", "Make inactive", lead, "Make inactive", _switch(name, row["Id"], False), grave=True)
    lead = "The row can be used again, under its old name if nobody has taken it."
    return Deed("activate", "Make active", lead, "Make active", _switch(name, row["Id"], True))


def _switch(name: str, row_id: str, active: bool):  # type: ignore[no-untyped-def]  # a factory of deeds
    def do(company: Company, _form: Form) -> Done:
        row = company.table(name).get(row_id)
        if row is None:
            raise RefusedDeed("It is not there any more.")
        if name in READ_ONLY_IN_API:
            with company.writing():
                company.replace(name, row, {**row, "Active": active})
        else:
            named = {"Name": row["Name"]} if "Name" in row else {}
            body = {"Id": row_id, "SyncToken": row["SyncToken"], "sparse": True, **named, "Active": active}
            operations.update(company, name, body, {})
        word = "active" if active else "inactive"
        return Done(f"{KINDS[name].one} made {word}.", f"{name}/{row_id}")

    return do


def _merge(company: Company, row: Obj) -> Deed:
    others = choices.rows(company, "Customer", lambda other: other["Id"] != row["Id"])
    lead = (f"{cells.full_name(row)} disappears; its documents, payments and jobs move to the customer you choose. "
            "Apps hear of it as a merge with the lost id.")  # fmt: skip
    return Deed(
        "merge",
        "Merge into another",
        lead,
        "Merge",
        lambda books, form: _merged(books, row["Id"], form.text("into")),
        [
            Field(
                "into",
                "Merge into",
                "choice",
                required=True,
                options=[Option("", "Choose a customer"), *others],
            )
        ],
        grave=True,
    )


def _merged(company: Company, losing_id: str, winning_id: str) -> Done:
    if not winning_id:
        raise RefusedDeed("Choose the customer that stays.")
    merging.merge_customers(company, losing_id, winning_id)
    winner = company.table("Customer").get(winning_id)
    return Done(f"Merged into {cells.full_name(winner) if winner else winning_id}.", f"Customer/{winning_id}")
