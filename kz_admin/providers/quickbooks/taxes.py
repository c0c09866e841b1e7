"""Tax on a sale as a whole: ours beside what theirs will come to, worked out before it leaves.

Outside the US they reckon tax once for each rate, on what all lines of it come to without tax; where prices include
tax, on each line. We know the rates of mapped codes, so we can say beforehand what they make of it. By the setting
`tax_mode` our tax then stands over theirs (our_total), stands where only rounding parts us (mapped), or gives way
(provider). In the US their automated tax goes by address, which nobody can foresee: what differs is told afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kz_admin.domain.figures import plain_text
from kz_admin.domain.invoices import Prices, half_up, spread
from kz_admin.domain.lists import DEFAULT, List
from kz_admin.domain.presets import TaxMode
from kz_admin.domain.pushing import Refs, decimal_of
from kz_admin.domain.records import LineRecord, SalesRecord
from kz_admin.domain.regions import minor_digits
from kz_admin.providers.quickbooks import refusals
from kz_admin.providers.quickbooks.tax_codes import NO_TAX, US, Code, CodeOf, is_taxed, percent_of, tax_within

EXCLUDED, INCLUSIVE = "TaxExcluded", "TaxInclusive"
BY_ADDRESS = f"{refusals.PROVIDER} works out sales tax by address"
BY_RATE = f"{refusals.PROVIDER} rounds tax once for each rate"


@dataclass(frozen=True)
class Reckoned:
    """What their side is going to make of it."""

    tax: int | None  # None: only they know
    parts: Sequence[tuple[str, Decimal, int, int]] = ()  # rate, its percentage, on what, how much


@dataclass(frozen=True)
class Said:
    """What the document says of tax as a whole, and what comes of it."""

    header: Mapping[str, Any] = field(default_factory=dict)
    theirs: int | None = None
    why: str = ""


def includes_tax(record: SalesRecord, refs: Refs, code: CodeOf) -> bool:
    """Whether amounts go over with their tax inside; not where our tax could not stand that way, nor discounts."""
    if refs.company.country == US or not refs.company.facts.get("taxes"):
        return False
    if record.prices is not Prices.INCLUSIVE or record.discount:
        return False
    return not _ours_stands(record, refs, code, _within(record, code))


def _within(record: SalesRecord, code: CodeOf) -> Reckoned:
    codes = [code(line) for line in record.lines]
    if any(one is None or one.percent is None for one in codes):
        return Reckoned(None)
    return Reckoned(sum(tax_within(line, one) for line, one in zip(record.lines, codes, strict=True)))


def said(record: SalesRecord, refs: Refs, code: CodeOf, bases: Sequence[tuple[Code | None, int]], *, off: int) -> Said:
    """`bases`: code and net amount of each line as it goes over; `off`: the discount that stands beside them."""
    if not refs.company.facts.get("taxes"):
        return Said()
    if refs.company.country == US:
        return _in_the_us(record, refs, discounted=bool(off))
    if includes_tax(record, refs, code):
        return Said({"GlobalTaxCalculation": INCLUSIVE}, record.total, _reason(record, code))
    reckoned = _on_top(bases, off)
    why = _reason(record, code)
    if _ours_stands(record, refs, code, reckoned):
        return Said({"GlobalTaxCalculation": EXCLUDED, "TxnTaxDetail": _override(record, reckoned)}, record.total, why)
    theirs = None if reckoned.tax is None else record.total - record.tax + reckoned.tax
    return Said({"GlobalTaxCalculation": EXCLUDED}, theirs, why)


def _ours_stands(record: SalesRecord, refs: Refs, code: CodeOf, reckoned: Reckoned) -> bool:
    """Whether our tax has to be said over theirs: only when it differs, and the setting wants it."""
    if refs.settings.tax_mode is TaxMode.PROVIDER or reckoned.tax == record.tax:
        return False
    if refs.settings.tax_mode is TaxMode.OUR_TOTAL:
        return bool(record.tax) or reckoned.tax is not None
    return reckoned.tax is not None and not _other_rates(record, code)


def _other_rates(record: SalesRecord, code: CodeOf) -> list[tuple[LineRecord, Code]]:
    """Lines whose code is known to stand for another percentage than ours."""
    found = []
    for line in record.lines:
        theirs, ours = code(line), percent_of(line)
        if theirs is not None and theirs.percent is not None and ours is not None and theirs.percent != ours:
            found.append((line, theirs))
    return found


def _reason(record: SalesRecord, code: CodeOf) -> str:
    if not (other := _other_rates(record, code)):
        return BY_RATE
    line, theirs = other[0]
    there, here = plain_text(theirs.percent or NO_TAX), plain_text(percent_of(line) or NO_TAX)
    return f"tax code {theirs.name or theirs.remote_id} is {there}% there, {line.tax_name or 'the line'} {here}% here"


def _on_top(bases: Sequence[tuple[Code | None, int]], off: int) -> Reckoned:
    """Once for each rate, on all that carries it, less its share of the discount."""
    codes = [code for code, _ in bases]
    if any(code is None or code.percent is None for code in codes):
        return Reckoned(None)
    shares = spread(off, [net for _, net in bases])
    nets: dict[tuple[str, Decimal], int] = {}
    for (code, net), share in zip(bases, shares, strict=True):
        for rate in _rates(code):
            nets[rate] = nets.get(rate, 0) + net - share
    parts = [
        (rate, percent, net, half_up(Fraction(net) * Fraction(percent) / 100)) for (rate, percent), net in nets.items()
    ]
    known = all(code is not None and code.rates for code in codes)
    return Reckoned(sum(tax for *_, tax in parts), parts if known else ())


def _rates(code: Code | None) -> Sequence[tuple[str, Decimal]]:
    """Where we only know what a code comes to, it counts as one rate of its own."""
    if code is None or code.percent is None:
        return ()
    return code.rates or ((f"code {code.remote_id}", code.percent),)


def _override(record: SalesRecord, reckoned: Reckoned) -> dict[str, Any]:
    """Our tax; with a line for every rate, as they ask, where we know the rates."""
    digits = minor_digits(record.currency)
    detail: dict[str, Any] = {"TotalTax": decimal_of(record.tax, digits)}
    taxed = [part for part in reckoned.parts if part[3]] or reckoned.parts
    if reckoned.parts:
        ours = dict(zip([part[0] for part in taxed], spread(record.tax, [abs(part[3]) for part in taxed]), strict=True))
        detail["TaxLine"] = [
            _tax_line(part, decimal_of(ours.get(part[0], 0), digits), decimal_of(part[2], digits))
            for part in reckoned.parts
        ]
    return detail


def _tax_line(part: tuple[str, Decimal, int, int], amount: Decimal, net: Decimal) -> dict[str, Any]:
    rate, percent, *_ = part
    return {
        "Amount": amount,
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate},
            "PercentBased": True,
            "TaxPercent": percent,
            "NetAmountTaxable": net,
        },
    }


def _in_the_us(record: SalesRecord, refs: Refs, *, discounted: bool) -> Said:
    """Lines say taxed or not; the document carries our tax, or asks for theirs."""
    if not record.tax:
        return Said(why=BY_ADDRESS)
    detail: dict[str, Any] = {}
    if not refs.company.facts.get("automated_tax") and (code := _document_code(record, refs)):
        detail["TxnTaxCodeRef"] = {"value": code}
    if refs.settings.tax_mode is not TaxMode.PROVIDER:
        detail["TotalTax"] = decimal_of(record.tax, minor_digits(record.currency))
    elif refs.company.facts.get("automated_tax"):
        detail["UseAutomatedSalesTax"] = True
    after = {"ApplyTaxAfterDiscount": True} if discounted else {}
    why = BY_ADDRESS if refs.company.facts.get("automated_tax") else BY_RATE
    return Said({"TxnTaxDetail": detail, **after} if detail else after, why=why)


def _document_code(record: SalesRecord, refs: Refs) -> str:
    """Without automated tax the document names the one code; it is only known when all taxed lines share it."""
    subjects = {str(line.tax_rate_id) for line in record.lines if is_taxed(line)}
    usual = refs.mapped.get((List.TAXES, DEFAULT))
    found = [refs.mapped.get((List.TAXES, subject)) or usual for subject in subjects]
    ids = {one.remote_id for one in found if one is not None and one.active and one.remote_id}
    return ids.pop() if len(ids) == 1 and None not in found else ""
