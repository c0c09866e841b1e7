"""The currency of a document, and our exchange rate where somebody gave one (quickbooks.md 3.13)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from kz_admin.domain.pushing import Refs


def header(currency: str, refs: Refs, rate: Decimal | None = None) -> dict[str, Any]:
    """Nothing where the company keeps one currency only. Without a rate of ours theirs of that day is used."""
    if not refs.company.facts.get("multicurrency"):
        return {}
    said: dict[str, Any] = {"CurrencyRef": {"value": currency}}
    # their rate is in the company's currency; ours is in the tenant's, which may be another one
    if rate is not None and currency != refs.company.currency and refs.own_currency in ("", refs.company.currency):
        said["ExchangeRate"] = rate
    return said


def shared(rates: Iterable[Decimal | None]) -> Decimal | None:
    """The one rate that all of them have."""
    found = set(rates)
    return found.pop() if len(found) == 1 else None
