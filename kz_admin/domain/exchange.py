"""Exchange rates of our own: how much of the company's currency one unit of a document's currency is."""

from __future__ import annotations

from decimal import Decimal

from kz_admin.domain.failures import Wrong
from kz_admin.domain.figures import MOST_DIGITS, plain_text

PLACES = 7  # what QuickBooks keeps: one more would come back as another rate
FIELD = "exchange_rate"


def check(rate: Decimal | None) -> None:
    """None leaves it to the provider, which has a rate for every day."""
    if rate is None:
        return
    if not rate.is_finite() or rate <= 0:
        raise Wrong(FIELD, "An exchange rate is greater than zero.")
    if round(rate, PLACES) != rate or rate >= 10 ** (MOST_DIGITS - PLACES):
        raise Wrong(FIELD, f"An exchange rate has at most {PLACES} decimals.")


def cell(rate: Decimal | None) -> str:
    """As a file or a form shows it."""
    return "" if rate is None else plain_text(rate)
