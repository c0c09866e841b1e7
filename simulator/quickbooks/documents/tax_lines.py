"""Tax on the lines of a document: which codes a line may carry, what they come to, what was sent instead."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .. import automated_tax, tax_codes, taxes
from ..company import Company, Obj
from ..faults import bad_reference, business, missing
from ..money import ZERO, cents
from ..taxes import Rate, RateSum, TaxedLine
from ..totals import derived_price
from .form import Draft
from .refusals import line_code, no_rate, tax_not_applicable

DETAILS = ("SalesItemLineDetail", "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail")
EXCLUDED, INCLUSIVE, NOT_APPLICABLE = "TaxExcluded", "TaxInclusive", "NotApplicable"


def detail_of(line: Obj) -> Obj | None:
    """The part of a line that carries item or account, and the tax code."""
    found: Obj | None = line.get(line.get("DetailType", "")) if line.get("DetailType") in DETAILS else None
    return found


def code_of(line: Obj) -> str | None:
    value = ((detail_of(line) or {}).get("TaxCodeRef") or {}).get("value")
    return str(value) if value else None


def check_codes(company: Company, body: Obj) -> None:
    """Before other references: US lines say TAX or NON (6100), lines elsewhere name a code of the company."""
    for line in body.get("Line") or ():
        code = code_of(line)
        if code is None:
            continue
        pseudo = code in tax_codes.PSEUDO_CODES
        if tax_codes.is_us(company) and not pseudo:
            raise line_code(code)
        if not tax_codes.is_us(company) and pseudo:
            raise bad_reference("TaxCodes", code)


def mark_us(company: Company, lines: Sequence[Obj], customer: Obj | None) -> None:
    """Fill in the code of lines that say none: by what the item and the customer are."""
    taxable_customer = (customer or {}).get("Taxable") is not False and tax_codes.uses_tax(company)
    for line in lines:
        detail = detail_of(line)
        if detail is not None and not detail.get("TaxCodeRef"):
            item = company.table("Item").get((detail.get("ItemRef") or {}).get("value", "")) or {}
            taxable = taxable_customer and bool(item.get("Taxable"))
            detail["TaxCodeRef"] = {"value": tax_codes.TAXABLE if taxable else tax_codes.NOT_TAXABLE}


def check_global(draft: Draft, lines: Sequence[Obj]) -> str:
    """How amounts and tax stand to each other outside the US; the faults in the order QuickBooks finds them."""
    mode = draft.fields.get("GlobalTaxCalculation")
    if mode == NOT_APPLICABLE:
        if draft.sent.get("TxnTaxDetail"):
            raise tax_not_applicable()
        return NOT_APPLICABLE
    if any(code_of(line) is None for line in lines if detail_of(line) is not None):
        raise tax_codes.missing_code(draft.company)
    if not mode:
        raise missing("GlobalTaxCalculation")
    return str(mode)


def rates_of_line(draft: Draft, line: Obj, side: str) -> tuple[Rate, ...]:
    code = tax_codes.find_code(draft.company, code_of(line) or "")
    found = tax_codes.rates(draft.company, code, side, draft.fields["TxnDate"])
    if not found and tax_codes.has_rates(code):
        raise no_rate(code["Name"], side)
    return found


def settle_gross(draft: Draft, lines: Sequence[Obj]) -> None:
    """A gross amount stands only on lines that include tax, and nought beside an amount is none."""
    for line in lines:
        detail = detail_of(line)
        if detail is None:
            continue
        sent = cents(detail.pop("TaxInclusiveAmt", None) or 0)
        if draft.includes_tax and (sent or not line["Amount"]):
            detail["TaxInclusiveAmt"] = sent


def make_net(draft: Draft, lines: Sequence[Obj], side: str) -> list[TaxedLine]:
    """Amounts that include tax: the net goes to `Amount`, the gross to `TaxInclusiveAmt`, rounded line by line."""
    made = []
    for line in lines:
        detail = detail_of(line)
        if detail is None:
            continue
        rates = rates_of_line(draft, line, side)
        sent = detail.get("TaxInclusiveAmt")
        probe = TaxedLine(line["Amount"], rates, sent)
        tax = taxes.tax_within(probe)
        gross = sent if sent is not None else cents(line["Amount"] + tax)
        line["Amount"] = cents(gross - tax)
        detail["TaxInclusiveAmt"] = gross
        _settle_price(line, detail)
        made.append(TaxedLine(line["Amount"], rates, gross))
    return made


def _settle_price(line: Obj, detail: Obj) -> None:
    """A net amount that moved by a cent takes its price along: quantity times price stays the amount."""
    quantity, price = detail.get("Qty"), detail.get("UnitPrice")
    if quantity and price is not None and cents(quantity * price) != line["Amount"]:
        detail["UnitPrice"] = derived_price(line["Amount"], quantity)


def reckon_global(draft: Draft, lines: Sequence[Obj], bases: Sequence[Decimal], side: str) -> list[RateSum]:
    """Tax outside the US. `bases` go with the lines that have a detail, in order."""
    if draft.fields.get("GlobalTaxCalculation") == INCLUSIVE:
        return _sent_instead(draft, taxes.inclusive(make_net(draft, lines, side)))
    with_detail = [line for line in lines if detail_of(line) is not None]
    taxed = [TaxedLine(base, rates_of_line(draft, line, side)) for line, base in zip(with_detail, bases, strict=True)]
    return _sent_instead(draft, taxes.exclusive(taxed))


def _sent_instead(draft: Draft, found: list[RateSum]) -> list[RateSum]:
    """A total or lines that were sent win; lines have to name every rate."""
    sent_lines = (draft.sent.get("TxnTaxDetail") or {}).get("TaxLine") or []
    wanted = override(draft)
    if sent_lines:
        made = [_as_sent(each, sent_lines) for each in found]
    else:
        made = taxes.overridden(found, wanted) if wanted is not None and found else found
    return _remembered(draft, found, made)


def _remembered(draft: Draft, found: list[RateSum], made: list[RateSum]) -> list[RateSum]:
    """Only a total that differs from what is reckoned is somebody's own; it lasts until lines are sent without it."""
    draft.fields.pop("_tax_override", None)
    if taxes.total_tax(made) != taxes.total_tax(found):
        draft.fields["_tax_override"] = taxes.total_tax(made)
    return made


def _as_sent(each: RateSum, sent_lines: Sequence[Obj]) -> RateSum:
    for line in sent_lines:
        detail = line.get("TaxLineDetail") or {}
        if (detail.get("TaxRateRef") or {}).get("value") == each.rate.id:
            return RateSum(each.rate, each.net, cents(line.get("Amount") or 0))
    raise business("When you change the tax, send a tax line for every rate of the tax code.", "TaxLine")


def override(draft: Draft) -> Decimal | None:
    """The total tax the sender wants: said now, or said before and no lines sent since."""
    sent = draft.sent.get("TxnTaxDetail") or {}
    if sent.get("TotalTax") is not None:
        return cents(sent["TotalTax"])
    kept: Decimal | None = None if draft.sent.get("Line") else draft.fields.get("_tax_override")
    return kept


def reckon_us(draft: Draft, lines: Sequence[Obj], bases: Sequence[Decimal]) -> tuple[list[RateSum], str | None]:
    """Sales tax in the US: automated by address, or by the tax code of the document. Answers rates and code."""
    company, asked = draft.company, draft.fields.get("TxnTaxDetail") or {}
    code = (asked.get("TxnTaxCodeRef") or {}).get("value")
    wanted = override(draft)
    draft.fields.pop("_tax_override", None)
    if not tax_codes.uses_tax(company):
        return [], None
    base = sum((base for line, base in zip(lines, bases, strict=True) if code_of(line) == tax_codes.TAXABLE), ZERO)
    if tax_codes.is_automated(company):
        if not (code or wanted or asked.get("UseAutomatedSalesTax")):
            return [], None
        if asked.get("UseAutomatedSalesTax") is not None and not automated_tax.may_override(company, asked):
            wanted = None
        found, code = automated_tax.rates(company, draft.fields, base)
    elif code:
        row = tax_codes.find_code(company, code)
        found = tax_codes.rates(company, row, "Sales", draft.fields["TxnDate"])
    else:
        return [], None
    sums = taxes.exclusive([TaxedLine(cents(base), found)])
    made = taxes.overridden(sums, wanted) if wanted is not None and base and sums else sums
    return _remembered(draft, sums, made), code
