"""Builds a seeded company: once per day of the virtual clock, after that it is revived from memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .. import founding
from ..company import Company
from ..times import pacific_date
from .clerk import Clerk
from .seed import Seed

# The ids of one world mean nothing in the other: in production every sequence starts further on.
FAMILIES = ("txn", "name", "Item", "Account", "Class", "Department", "Term", "PaymentMethod")
HEAD_START = {"production": 140, "sandbox": 0}

_states: dict[tuple[str, str, str], dict[str, Any]] = {}
_building = threading.Lock()


def build(seed: Seed, environment: str, now_ms: Callable[[], int]) -> Company:
    """The company as it stands today. Rows are never changed in place, so revived companies can share them."""
    key = (seed.key, environment, pacific_date(now_ms()))
    with _building:
        if key not in _states:
            _states[key] = _written(seed, environment, now_ms).to_state()
    return Company.from_state(_states[key], now_ms)


def _written(seed: Seed, environment: str, now_ms: Callable[[], int]) -> Company:
    clerk = Clerk(now_ms())
    company = founding.found(
        key=seed.key,
        realm=seed.ids[environment],
        world=environment,
        name=seed.name,
        country=seed.country,
        home_currency=seed.home_currency,
        multicurrency=seed.multicurrency,
        edition=seed.edition,
        now_ms=clerk.now_ms,
    )
    for family in FAMILIES:
        company.counters[family] = company.counters.get(family, 0) + HEAD_START[environment]
    clerk.take(company)
    seed.fill(clerk)
    return company
