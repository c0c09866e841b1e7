"""Merge of two customers, as somebody over there does it: the loser disappears, what it had belongs to the winner."""

from __future__ import annotations

from . import faults, hierarchy
from .company import Company, Obj
from .documents import renaming


def merge_customers(company: Company, losing_id: str, winning_id: str) -> Obj:
    """The winner as it stands afterwards. Reads of the losing id answer 610 from now on."""
    with company.writing():
        loser, winner = _customer(company, losing_id), _customer(company, winning_id)
        if losing_id == winning_id:
            raise faults.business("A customer cannot be merged with itself")
        if loser["CurrencyRef"]["value"] != winner["CurrencyRef"]["value"]:
            raise faults.business("Customers with different currencies cannot be merged")
        for child in hierarchy.children(company, "Customer", losing_id):
            _move_child(company, child, winner)
        renaming.move_name(company, "Customer", losing_id, winning_id)
        company.remove("Customer", losing_id, operation="Merge", tell=False)
        company.emit("Customer", winning_id, "Merge", deletedId=losing_id)
        return company.refresh("Customer", winning_id)


def _customer(company: Company, row_id: str) -> Obj:
    row = company.table("Customer").get(row_id)
    if row is None:
        raise faults.not_found()
    return row


def _move_child(company: Company, child: Obj, winner: Obj) -> None:
    fresh = hierarchy.placed(company, "Customer", {**child, "ParentRef": {"value": winner["Id"]}}, "DisplayName", "Job")
    row = company.replace("Customer", child, fresh)
    hierarchy.carry_name(company, "Customer", row, "DisplayName")
