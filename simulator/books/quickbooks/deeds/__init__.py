"""All that a person can do in a QuickBooks company, by what it is done to."""

from __future__ import annotations

from simulator.quickbooks.company import Company

from ...shapes import Deed
from ..kinds import KINDS
from .company_wide import company_deeds
from .editing import edit, new
from .paying import deposit, money_deeds
from .removing import removals


def deeds(company: Company, name: str, row_id: str) -> list[Deed]:
    """For one object; for a whole list with an empty id; for the company with both empty."""
    if not name:
        return company_deeds(company)
    if name not in KINDS:
        return []
    if not row_id:
        return _of_list(company, name)
    row = company.table(name).get(row_id)
    if row is None:
        return []
    changed = edit(company, name, row)
    return [*money_deeds(company, name, row), *([changed] if changed else []), *removals(company, name, row)]


def _of_list(company: Company, name: str) -> list[Deed]:
    made = new(company, name)
    banked = [deposit(company)] if name in ("Payment", "Deposit") else []
    return [*([made] if made else []), *banked]
