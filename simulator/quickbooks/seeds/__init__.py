"""The companies every start has. One line names a company; `fill` writes its first books."""

from __future__ import annotations

from dataclasses import dataclass

from ..company import Company
from .first_books import fill

__all__ = ["SEEDS", "Seed", "fill"]


@dataclass(frozen=True)
class Seed:
    key: str
    name: str
    country: str
    home_currency: str
    edition: str
    ids: dict[str, str]
    multicurrency: bool = False

    def books(self, company: Company) -> None:
        with company.writing():
            fill(company, self.name)


def _ids(production: str, sandbox: str) -> dict[str, str]:
    return {"production": production, "sandbox": sandbox}


SEEDS = (
    Seed("US", "Nordlicht Studio", "US", "USD", "Plus", _ids("9341452873016550", "4620816365291840310")),
    Seed("CA", "Maple Row Design", "CA", "CAD", "Plus", _ids("9341452873017212", "4620816365291841560")),
    Seed("GB", "Harbour Lane Works", "GB", "GBP", "Plus", _ids("9341452873017896", "4620816365291842870")),
    Seed("AU", "Wattle Street Media", "AU", "AUD", "Plus", _ids("9341452873018431", "4620816365291843930")),
    Seed("MC", "Two Rivers Trading", "US", "USD", "Advanced", _ids("9341452873019007", "4620816365291844720"), True),
)
