"""Which tax rates a tax code stands for, and which tax model a company lives under."""

from __future__ import annotations

from decimal import Decimal

from .company import Company, Obj
from .faults import Fault, business, not_modelled
from .money import number
from .preferences_lookup import preference
from .taxes import Rate

TAXABLE = "TAX"
NOT_TAXABLE = "NON"
PSEUDO_CODES = (TAXABLE, NOT_TAXABLE)
TAX_WORD = {"CA": "GST/HST", "AU": "GST", "GB": "VAT"}


def is_us(company: Company) -> bool:
    return company.country == "US"


def uses_tax(company: Company) -> bool:
    return bool(preference(company, "TaxPrefs", "UsingSalesTax"))


def is_automated(company: Company) -> bool:
    """US automated sales tax."""
    return is_us(company) and uses_tax(company) and bool(preference(company, "TaxPrefs", "PartnerTaxEnabled"))


def missing_code(company: Company) -> Fault:
    word = TAX_WORD.get(company.country, "tax")
    return business(f"Make sure all your transactions have a {word} rate before you save.")


def find_code(company: Company, code_id: str) -> Obj:
    """The tax code, or 2500 when there is none, or it is inactive."""
    code = company.table("TaxCode").get(code_id)
    if code is None or code.get("Active") is False:
        raise Fault("2500", "Invalid Reference Id", f"Invalid Reference Id : TaxCodes element id {code_id} not found")
    return code


def rates(company: Company, code: Obj, side: str, date: str) -> tuple[Rate, ...]:
    """The rates of a code on one side, `Sales` or `Purchase`, as they were on that day."""
    listed = (code.get(f"{side}TaxRateList") or {}).get("TaxRateDetail") or []
    for each in listed:
        if each.get("TaxTypeApplicable", "TaxOnAmount") != "TaxOnAmount":
            raise not_modelled("a tax rate on top of another tax")
    return tuple(_rate(company, each["TaxRateRef"]["value"], date) for each in listed)


def has_rates(code: Obj) -> bool:
    """Whether it taxes anything; "out of scope" and its like do not."""
    return any((code.get(name) or {}).get("TaxRateDetail") for name in ("SalesTaxRateList", "PurchaseTaxRateList"))


def _rate(company: Company, rate_id: str, date: str) -> Rate:
    row = company.table("TaxRate").get(rate_id)
    assert row is not None, f"tax rate {rate_id}"
    agency = (row.get("AgencyRef") or {}).get("value", "")
    return Rate(rate_id, _percent(row, date), agency)


def _percent(row: Obj, date: str) -> Decimal:
    for each in row.get("EffectiveTaxRate") or []:
        begins, ends = str(each.get("EffectiveDate", ""))[:10], str(each.get("EndDate", "9999"))[:10]
        if begins <= date <= ends:
            return number(each["RateValue"])
    return number(row.get("RateValue", 0))
