"""Tax on a sale, in its simplest forms. What is mapped to their codes and rates stands elsewhere.

In the US a line says taxed or not and the document carries our tax. Elsewhere every line needs a code of the company;
without a mapping there is one only for lines without tax: the code named Exempt (decision C08).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Refs, decimal_of
from kz_admin.domain.records import SalesRecord
from kz_admin.domain.regions import minor_digits
from kz_admin.providers.quickbooks import lines, refusals

US = "US"
TAXED, NOT_TAXED = "TAX", "NON"
EXEMPT = "Exempt"


def code_of(record: SalesRecord, refs: Refs) -> lines.TaxCode:
    """What a line carries; refuses what the company cannot take before anything is asked or sent."""
    facts = refs.company.facts
    if not facts.get("taxes"):
        if record.tax:
            raise Unfit(Problem(Slug.TAX_OFF, "", refusals.facts_of(record, refs)))
        return lambda taxed: None
    if refs.company.country == US:
        return lambda taxed: TAXED if taxed else NOT_TAXED
    _check_codes(record, refs)
    exempt = str(facts["exempt_code"])
    return lambda taxed: exempt


def _check_codes(record: SalesRecord, refs: Refs) -> None:
    said = refusals.facts_of(record, refs)
    taxed = next((line for line in record.lines if lines.is_taxed(line)), None)
    if taxed is not None:
        raise Unfit(Problem(Slug.TAX_UNMAPPED, taxed.tax_name[:60], {**said, "tax": taxed.tax_name}))
    if not refs.company.facts.get("exempt_code"):
        raise Unfit(Problem(Slug.TAX_UNMAPPED, EXEMPT, {**said, "tax": EXEMPT}))


def header(record: SalesRecord, refs: Refs, *, discounted: bool) -> Mapping[str, Any]:
    """What the document says of tax as a whole: ours stands, theirs may differ and is told beside it."""
    if not refs.company.facts.get("taxes"):
        return {}
    if refs.company.country != US:
        return {"GlobalTaxCalculation": "TaxExcluded"}
    if not record.tax:
        return {}
    tax = decimal_of(record.tax, minor_digits(record.currency))
    after = {"ApplyTaxAfterDiscount": True} if discounted else {}
    return {"TxnTaxDetail": {"TotalTax": tax}, **after}
