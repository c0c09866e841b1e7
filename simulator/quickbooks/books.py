"""How the frame makes, revives and shows a QuickBooks company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.frame.provider import Books, CompanySeed

from . import seeds
from .company import Company
from .edition import EDITIONS
from .entities import ENTITIES
from .ledger import trial_balance
from .render import rendered
from .seeds import SEEDS

_SEEDS = {seed.key: seed for seed in SEEDS}


def build(known: CompanySeed, environment: str, now_ms: Callable[[], int]) -> Company:
    return seeds.build(_SEEDS[known.key], environment, now_ms)


def describe(company: Company) -> dict[str, Any]:
    with company.lock:
        return {
            "country": company.country,
            "currency": company.home_currency,
            "multicurrency": company.multicurrency,
            "plan": EDITIONS[company.edition].sku,
            "subscription": company.subscription,
            "counts": {name: len(company.table(name)) for name in ENTITIES if len(company.table(name))},
            "trial_balance_sum": sum(trial_balance(company).values()),
        }


def objects(company: Company) -> dict[str, list[Any]]:
    with company.lock:
        shown = {
            name: [rendered(company, entity, row) for row in company.table(name).all()]
            for name, entity in ENTITIES.items()
            if len(company.table(name))
        }
        shown["deleted"] = [
            {"type": each["entity"], "id": each["id"], "at": each["time"]} for each in company.table("_deleted").all()
        ]
        return shown


BOOKS = Books(build, Company.from_state, describe, objects)
COMPANIES = tuple(
    CompanySeed(seed.key, seed.name, seed.country, EDITIONS[seed.edition].sku, seed.ids) for seed in SEEDS
)
