"""The companies every start has. One line names a company; its module writes its first books."""

from __future__ import annotations

from . import australia, britain, canada, multicurrency, small_plans, us
from .building import build
from .seed import Fill, Seed

__all__ = ["SEEDS", "Seed", "build"]


def _seed(key: str, name: str, money: str, plan: str, ids: str, fill: Fill, **more: bool) -> Seed:
    """`money` is country and home currency, `ids` those of production and sandbox."""
    country, currency = money.split()
    production, sandbox = ids.split()
    return Seed(key, name, country, currency, plan, {"production": production, "sandbox": sandbox}, fill, **more)


SEEDS = (
    _seed("US", "Nordlicht Studio", "US USD", "Plus", "9341452873016550 4620816365291840310", us.fill),
    _seed("CA", "Maple Row Design", "CA CAD", "Plus", "9341452873017212 4620816365291841560", canada.fill),
    _seed("GB", "Harbour Lane Works", "GB GBP", "Plus", "9341452873017896 4620816365291842870", britain.fill),
    _seed("AU", "Wattle Street Media", "AU AUD", "Plus", "9341452873018431 4620816365291843930", australia.fill),
    _seed(
        "MC",
        "Two Rivers Trading",
        "US USD",
        "Advanced",
        "9341452873019007 4620816365291844720",
        multicurrency.fill,
        multicurrency=True,
    ),
    _seed(
        "START",
        "Cactus Wren Pianos",
        "US USD",
        "SimpleStart",
        "9341452873020118 4620816365291845810",
        small_plans.fill_simple_start,
    ),
    _seed(
        "ESSENTIALS",
        "Tidal Creek Surveys",
        "US USD",
        "Essentials",
        "9341452873021774 4620816365291846390",
        small_plans.fill_essentials,
    ),
)
