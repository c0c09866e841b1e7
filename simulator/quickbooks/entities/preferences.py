"""Preferences: the company's switches."""

from __future__ import annotations

from typing import Any

from .. import faults
from ..company import Company, Obj
from ..edition import EDITIONS
from .entity import Entity, Params

TRACKING = ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine", "TrackDepartments")


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    """Sections and the keys in them change one by one; a key that is not sent stays, in a full update too."""
    fresh = dict(stored)
    for section, sent in body.items():
        if isinstance(sent, dict):
            fresh[section] = _merged(stored.get(section, {}), sent)
    _check(company, stored, fresh)
    _check_plan(company, fresh)
    return company.replace("Preferences", stored, fresh)


def _merged(held: Obj, sent: Obj) -> Obj:
    made = dict(held)
    for key, value in sent.items():
        if value is None:
            made.pop(key, None)
        elif isinstance(value, dict) and isinstance(held.get(key), dict):
            made[key] = _merged(held[key], value)
        else:
            made[key] = value
    return made


def _check(company: Company, stored: Obj, fresh: Obj) -> None:
    """Multicurrency, the home currency and sales tax are not switched through the API."""
    for path in (("CurrencyPrefs", "MultiCurrencyEnabled"), ("CurrencyPrefs", "HomeCurrency"),
                 ("TaxPrefs", "UsingSalesTax"), ("TaxPrefs", "PartnerTaxEnabled")):  # fmt: skip
        if _at(stored, path) != _at(fresh, path):
            raise faults.business(f"{'.'.join(path)} cannot be changed through the API", path[-1])


def _check_plan(company: Company, fresh: Obj) -> None:
    """What the plan does not have cannot be turned on."""
    wanted = fresh.get("AccountingInfoPrefs", {})
    if EDITIONS[company.edition].tracking:
        return
    for key in TRACKING:
        if wanted.get(key):
            raise faults.not_in_plan(f"{key} is not part of {EDITIONS[company.edition].sku}.")


def _at(row: Obj, path: tuple[str, ...]) -> Any:
    found: Any = row
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found.get("value") if isinstance(found, dict) else found


ENTITY = Entity(
    name="Preferences",
    path="preferences",
    update=update,
    singleton=True,
    read_only=frozenset(("CustomField",)),
    unnamed=frozenset(("CurrencyRef", "HomeCurrency")),
)
