"""What a refund takes back of the sales its payment settled: the same services and taxes, in proportion, to the cent.

Money that is given back undoes that much of each sale, with its tax. Every service and every tax rate keeps its share,
and the shares add up to the money that left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from kz_admin.domain.invoices import Prices, half_up, spread
from kz_admin.domain.money import Money
from kz_admin.domain.records import LineRecord

Key = tuple[object, ...]


@dataclass(frozen=True)
class Settled:
    """A sale, and how much of it the payment paid."""

    paid: int
    prices: Prices
    lines: Sequence[LineRecord]


@dataclass
class _Part:
    """All of one service under one tax."""

    like: LineRecord
    net: int = 0
    tax: int = 0

    @property
    def gross(self) -> int:
        return self.net + self.tax


def lines_of(amount: int, currency: str, said: str, sales: Sequence[Settled]) -> tuple[LineRecord, ...]:
    """Net lines with their tax; none where no sale is known."""
    back: dict[Key, _Part] = {}
    for sale, share in zip(sales, spread(amount, [sale.paid for sale in sales]), strict=True):
        sold = _parts_of(sale)
        for (key, part), gross in zip(sold.items(), spread(share, [one.gross for one in sold.values()]), strict=True):
            mine = back.setdefault(key, _Part(part.like))
            tax = half_up(Fraction(gross * part.tax, part.gross)) if part.gross else 0
            mine.net, mine.tax = mine.net + gross - tax, mine.tax + tax
    return tuple(_line(part, currency, said) for part in back.values() if part.net or part.tax)


def _parts_of(sale: Settled) -> dict[Key, _Part]:
    parts: dict[Key, _Part] = {}
    for line in sale.lines:
        part = parts.setdefault((line.service_id, line.tax_rate_id, line.tax_name, line.tax_percent), _Part(line))
        part.net += line.amount - line.discount - (line.tax if sale.prices is Prices.INCLUSIVE else 0)
        part.tax += line.tax
    return parts


def _line(part: _Part, currency: str, said: str) -> LineRecord:
    price = Money(part.net, currency).major
    one = replace(part.like, description=said, quantity=Decimal(1), unit_price=price)
    return replace(one, amount=part.net, discount=0, tax=part.tax)
