"""Which tax code a line carries: in the US whether it is taxed, elsewhere a code of the company (decision C08)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from kz_admin.domain.invoices import half_up
from kz_admin.domain.lists import DEFAULT, UNTAXED, List
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Chosen, Refs
from kz_admin.domain.records import LineRecord, SalesRecord
from kz_admin.providers.quickbooks import refusals

US = "US"
TAXED, NOT_TAXED = "TAX", "NON"
EXEMPT = "Exempt"


@dataclass(frozen=True)
class Code:
    """A tax code of theirs with what it comes to, as far as we know."""

    remote_id: str
    name: str = ""
    percent: Decimal | None = None  # of all its rates together
    rates: tuple[tuple[str, Decimal], ...] = ()  # each of them: their id and its percentage


CodeOf = Callable[[LineRecord], Code | None]
NO_TAX = Decimal(0)


def is_taxed(line: LineRecord) -> bool:
    return line.tax != 0


def percent_of(line: LineRecord) -> Decimal | None:
    """What our line is taxed at, also where that rounds to nothing; None where only its tax is known."""
    if line.tax_percent is not None:
        return line.tax_percent
    return None if is_taxed(line) else NO_TAX


def tax_within(line: LineRecord, code: Code | None) -> int:
    """What they find inside an amount that includes tax; ours, where we do not know their rate."""
    if code is None or code.percent is None:
        return line.tax
    return half_up(Fraction(line.amount) * Fraction(code.percent) / (100 + Fraction(code.percent)))


def code_of(record: SalesRecord, refs: Refs) -> CodeOf:
    """Refuses what the company cannot take before anything is asked or sent."""
    if not refs.company.facts.get("taxes"):
        if record.tax:
            raise Unfit(Problem(Slug.TAX_OFF, "", refusals.facts_of(record, refs)))
        return lambda line: None
    if refs.company.country == US:
        return lambda line: Code(TAXED if is_taxed(line) else NOT_TAXED)
    found = {_key(line): _code(line, record, refs) for line in record.lines}
    return lambda line: found[_key(line)]


def _key(line: LineRecord) -> tuple[object, bool, str]:
    return line.tax_rate_id, is_taxed(line), line.tax_name


def _code(line: LineRecord, record: SalesRecord, refs: Refs) -> Code:
    own = refs.mapped.get((List.TAXES, str(line.tax_rate_id))) if line.tax_rate_id else None
    if own is not None and own.remote_id:
        return _usable(own, record, refs, str(line.tax_rate_id))
    if is_taxed(line):
        return _default(line, record, refs)
    return _exempt(record, refs)


def _default(line: LineRecord, record: SalesRecord, refs: Refs) -> Code:
    """What the default code really comes to does not matter while our total stands; else it is told beside it."""
    usual = refs.mapped.get((List.TAXES, DEFAULT))
    if usual is not None and usual.remote_id:
        return _usable(usual, record, refs, DEFAULT)
    subject = str(line.tax_rate_id or line.tax_name)[:60]
    facts = {"tax": line.tax_name, "list": List.TAXES.value, "row": str(line.tax_rate_id or DEFAULT)}
    raise Unfit(Problem(Slug.TAX_UNMAPPED, subject, {**refusals.facts_of(record, refs), **facts}))


def _exempt(record: SalesRecord, refs: Refs) -> Code:
    chosen = refs.mapped.get((List.TAXES, UNTAXED))
    if chosen is not None and chosen.remote_id:
        code = _usable(chosen, record, refs, UNTAXED)
        return code if code.percent is not None else replace(code, percent=NO_TAX)
    if exempt := str(refs.company.facts.get("exempt_code") or ""):
        return Code(exempt, EXEMPT, NO_TAX)
    facts = {"tax": EXEMPT, "list": List.TAXES.value, "row": UNTAXED}
    raise Unfit(Problem(Slug.TAX_UNMAPPED, EXEMPT, {**refusals.facts_of(record, refs), **facts}))


def _usable(chosen: Chosen, record: SalesRecord, refs: Refs, row: str) -> Code:
    if not chosen.active:
        raise Unfit(refusals.mapped_inactive(record, refs, List.TAXES, row, chosen.remote_id, chosen.name))
    return Code(chosen.remote_id, chosen.name, _percent(chosen.details.get("rate", "")), rates_of(chosen.details))


def rates_of(details: Mapping[str, str]) -> tuple[tuple[str, Decimal], ...]:
    """From "3:5 4:7"; nothing when one of them cannot be read."""
    parts = [part.partition(":") for part in details.get("rates", "").split()]
    read = [(rate_id, _percent(percent)) for rate_id, _, percent in parts]
    known = tuple((rate_id, percent) for rate_id, percent in read if percent is not None)
    return known if len(known) == len(parts) else ()


def _percent(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
