"""Amounts as QuickBooks writes them: `100.00`, but `0`; prices and quantities without idle zeros."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ZERO = Decimal("0")
CENT = Decimal("0.01")
_SEVEN_PLACES = Decimal("0.0000001")


def number(value: object) -> Decimal:
    """A number out of a request: int, Decimal or text."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def cents(value: object) -> Decimal:
    """Rounded to cents, half up; nought is written `0`."""
    rounded = number(value).quantize(CENT, ROUND_HALF_UP)
    return rounded if rounded else ZERO


def plain(value: object) -> Decimal:
    """At most seven places and no idle zeros: `75`, `22.5`, `33.333333`."""
    amount = number(value)
    if amount == amount.to_integral_value():
        return amount.quantize(Decimal(1))
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -7:
        amount = amount.quantize(_SEVEN_PLACES, ROUND_HALF_UP)
    text = format(amount, "f").rstrip("0").rstrip(".")
    return Decimal(text)


def total(amounts: Sequence[Decimal]) -> Decimal:
    return cents(sum(amounts, ZERO))


def prorate(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount by weight into cents that add up; what rounding leaves goes to the largest rest."""
    whole = sum(weights, ZERO)
    if not whole:
        return [amount, *([ZERO] * (len(weights) - 1))] if weights else []
    sign = -1 if amount < 0 else 1
    exact = [abs(amount) * weight / whole for weight in weights]
    parts = [share.quantize(CENT, ROUND_DOWN) for share in exact]
    left = int((abs(amount) - sum(parts, ZERO)) / CENT)
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[:left]:
        parts[place] += CENT
    return [cents(sign * part) for part in parts]
