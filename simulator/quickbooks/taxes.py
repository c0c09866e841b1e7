"""Tax on a document, pure: per rate on the summed net; out of gross amounts by line; a sent total shared out.

Which rates apply to a line is looked up elsewhere (`tax_codes.py`, `automated_tax.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .company import Obj
from .money import ZERO, cents, plain, prorate, total


@dataclass(frozen=True, slots=True)
class Rate:
    id: str
    percent: Decimal
    agency: str = ""


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """What one line is taxed on. `gross` is set when the amounts include tax."""

    base: Decimal
    rates: tuple[Rate, ...]
    gross: Decimal | None = None

    @property
    def percent(self) -> Decimal:
        return sum((rate.percent for rate in self.rates), ZERO)


@dataclass(frozen=True, slots=True)
class RateSum:
    """One `TaxLine`: a rate, the net it applies to, the tax."""

    rate: Rate
    net: Decimal
    tax: Decimal


def exclusive(lines: Iterable[TaxedLine]) -> list[RateSum]:
    """Tax is reckoned once per rate, on the sum of the net amounts, then rounded."""
    return [RateSum(rate, net, cents(net * rate.percent / 100)) for rate, net in _nets(lines)]


def inclusive(lines: Sequence[TaxedLine]) -> list[RateSum]:
    """Tax is taken out of each gross amount and rounded there: totals may differ from `exclusive`."""
    taxes: dict[str, Decimal] = {}
    for line in lines:
        parts = prorate(tax_within(line), [rate.percent for rate in line.rates])
        for rate, part in zip(line.rates, parts, strict=True):
            taxes[rate.id] = taxes.get(rate.id, ZERO) + part
    return [RateSum(rate, net, cents(taxes[rate.id])) for rate, net in _nets(lines)]


def tax_within(line: TaxedLine) -> Decimal:
    """The tax inside a gross amount; without one, the tax on the net of this line alone."""
    if line.gross is None:
        return cents(line.base * line.percent / 100)
    return cents(line.gross * line.percent / (100 + line.percent))


def _nets(lines: Iterable[TaxedLine]) -> list[tuple[Rate, Decimal]]:
    rates: dict[str, Rate] = {}
    nets: dict[str, Decimal] = {}
    for line in lines:
        for rate in line.rates:
            rates[rate.id] = rate
            nets[rate.id] = nets.get(rate.id, ZERO) + line.base
    return [(rate, cents(nets[rate.id])) for rate in rates.values()]


def overridden(found: Sequence[RateSum], wanted: Decimal) -> list[RateSum]:
    """A sent total tax is honoured: shared over the rates by what they came to, or by their percentages."""
    weights = [each.tax for each in found]
    if not any(weights):
        weights = [each.rate.percent for each in found]
    parts = prorate(cents(wanted), weights)
    return [replace(each, tax=part) for each, part in zip(found, parts, strict=True)]


def total_tax(found: Sequence[RateSum]) -> Decimal:
    return total([each.tax for each in found])


def tax_line(each: RateSum) -> Obj:
    return {
        "Amount": each.tax,
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": each.rate.id},
            "PercentBased": True,
            "TaxPercent": plain(each.rate.percent),
            "NetAmountTaxable": each.net,
        },
    }


def detail(found: Sequence[RateSum], code: str | None = None) -> Obj:
    """`TxnTaxDetail` as it is answered: only a total when no rate applies."""
    made: Obj = {"TxnTaxCodeRef": {"value": code}} if code else {}
    made["TotalTax"] = total_tax(found)
    if found:
        made["TaxLine"] = [tax_line(each) for each in found]
    return made
