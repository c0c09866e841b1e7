"""What an invoice or a credit note adds up to. Whole minor units and exact fractions; rounding happens once, here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kz_admin.domain.regions import minor_digits


class Prices(StrEnum):
    """Whether the amounts of the lines contain their tax."""

    EXCLUSIVE = "exclusive"
    INCLUSIVE = "inclusive"


class Rounding(StrEnum):
    """Where tax is rounded: on each line, or once on all lines of a rate."""

    LINE = "line"
    RATE = "rate"


@dataclass(frozen=True)
class Charge:
    """What a line contributes: its amount, the percentage on it, and its tax when the sender stated one."""

    amount: int
    percent: Decimal | None = None
    stated_tax: int | None = None


@dataclass(frozen=True)
class RateTotal:
    percent: Decimal
    base: int  # without tax, after the discount
    tax: int


@dataclass(frozen=True)
class Totals:
    subtotal: int  # sum of the lines as they are written
    discount: int
    tax: int
    total: int
    line_discounts: tuple[int, ...]
    line_taxes: tuple[int, ...]
    by_rate: tuple[RateTotal, ...]


def line_amount(quantity: Decimal, unit_price: Decimal, currency: str) -> int:
    scale = 10 ** minor_digits(currency)
    return half_up(Fraction(quantity) * Fraction(unit_price) * scale)


def percentage_of(subtotal: int, percent: Decimal) -> int:
    return half_up(Fraction(subtotal) * Fraction(percent) / 100)


def totals(
    charges: Sequence[Charge],
    *,
    prices: Prices,
    discount: int = 0,
    rounding: Rounding = Rounding.LINE,
    stated_tax: int | None = None,
) -> Totals:
    """A discount lowers every line by its share before tax; tax that the sender stated stands as stated."""
    amounts = [charge.amount for charge in charges]
    shares = spread(discount, amounts)
    bases = [amount - share for amount, share in zip(amounts, shares, strict=True)]
    taxes = _taxes(charges, bases, prices, rounding)
    if stated_tax is not None and stated_tax != sum(taxes):
        taxes = _as_stated(stated_tax, charges, bases, taxes)
    tax = sum(taxes)
    return Totals(
        subtotal=sum(amounts),
        discount=discount,
        tax=tax,
        total=sum(bases) + (tax if prices is Prices.EXCLUSIVE else 0),
        line_discounts=shares,
        line_taxes=tuple(taxes),
        by_rate=_by_rate(charges, bases, taxes, prices),
    )


def spread(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split a whole number in proportion; the parts always add up to it (largest remainders get the last units)."""
    if not weights:
        return ()
    whole = sum(weights)
    if whole == 0:
        return (amount, *(0 for _ in weights[1:]))
    exact = [Fraction(amount * weight, whole) for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    missing = amount - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[:missing]:
        parts[index] += 1
    return tuple(parts)


def half_up(value: Fraction) -> int:
    """To the nearest whole unit, halves away from zero, as tax offices round."""
    rounded = (abs(value) + Fraction(1, 2)).__floor__()
    return rounded if value >= 0 else -rounded


def _taxes(charges: Sequence[Charge], bases: Sequence[int], prices: Prices, rounding: Rounding) -> list[int]:
    computed = [_tax(base, charge.percent, prices) for charge, base in zip(charges, bases, strict=True)]
    rounded = [half_up(tax) for tax in computed]
    if rounding is Rounding.RATE:
        for indexes in _groups(charges).values():
            exact = half_up(sum((computed[index] for index in indexes), Fraction(0)))
            parts = spread(exact, [bases[index] for index in indexes])
            for index, part in zip(indexes, parts, strict=True):
                rounded[index] = part
    return [rounded[index] if charge.stated_tax is None else charge.stated_tax for index, charge in enumerate(charges)]


def _tax(base: int, percent: Decimal | None, prices: Prices) -> Fraction:
    if not percent:
        return Fraction(0)
    rate = Fraction(percent) / 100
    return Fraction(base) * rate / (1 + rate) if prices is Prices.INCLUSIVE else Fraction(base) * rate


def _groups(charges: Sequence[Charge]) -> dict[Decimal, list[int]]:
    groups: dict[Decimal, list[int]] = {}
    for index, charge in enumerate(charges):
        if charge.percent is not None:
            groups.setdefault(charge.percent.normalize(), []).append(index)
    return groups


def _as_stated(stated: int, charges: Sequence[Charge], bases: Sequence[int], taxes: Sequence[int]) -> list[int]:
    """The sender's total stands: spread it as our own taxes are, else over the taxed lines, else over all."""
    taxed = [base if charge.percent else 0 for charge, base in zip(charges, bases, strict=True)]
    weights = next((found for found in (taxes, taxed, bases) if sum(found)), bases)
    return list(spread(stated, list(weights)))


def _by_rate(
    charges: Sequence[Charge], bases: Sequence[int], taxes: Sequence[int], prices: Prices
) -> tuple[RateTotal, ...]:
    found = []
    for percent, indexes in sorted(_groups(charges).items()):
        tax = sum(taxes[index] for index in indexes)
        base = sum(bases[index] for index in indexes)
        found.append(RateTotal(percent, base - tax if prices is Prices.INCLUSIVE else base, tax))
    return tuple(found)
