"""What is fixed about a company that every start has: who it is, its ids, and who writes its first books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .clerk import Clerk

Fill = Callable[[Clerk], None]


@dataclass(frozen=True)
class Seed:
    key: str
    name: str
    country: str
    home_currency: str
    edition: str
    ids: Mapping[str, str]  # the company's id in each world
    fill: Fill
    multicurrency: bool = False
