"""US automated sales tax: rates by the address the goods go to, whatever code was sent.

The state rates are the published ones; the local part is made up from the postal code, so that two addresses in one
state differ. The company collects in the state of its own legal address and in each state that has a tax agency.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from .company import Company, Obj
from .money import number
from .preferences_lookup import named_value
from .states import STATES
from .taxes import Rate

COUNTRY_WORDS = frozenset(("", "US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA"))
LOCAL_STEPS = 9
LOCAL_STEP = Decimal("0.25")


def may_override(company: Company, asked: Obj) -> bool:
    """`UseAutomatedSalesTax`: true always reckons here; false keeps the sender's tax where the user allows it."""
    if asked.get("UseAutomatedSalesTax"):
        return False
    return named_value(company, "TaxPrefs.AllowPartnerTaxOverride") == "true"


def rates(company: Company, fields: Obj, base: Decimal) -> tuple[tuple[Rate, ...], str | None]:
    """The rates at the destination and the code that stands for them; none where the company does not collect."""
    address = _destination(company, fields)
    state = STATES.get(str(address.get("CountrySubDivisionCode", "")).upper())
    country = str(address.get("Country", "")).upper()
    if not base or state is None or country not in COUNTRY_WORDS or not fields.get("_taxable_customer", True):
        return (), None
    agency = _agency(company, str(state[0]))
    if agency is None:
        return (), None
    found = _jurisdictions(company, agency, str(state[0]), Decimal(str(state[1])), str(address.get("PostalCode", "")))
    return found, _code(company, found) if found else None


def _own_address(company: Company) -> Obj:
    for row in company.table("CompanyInfo").all():
        for name in ("LegalAddr", "CompanyAddr"):
            if row.get(name):
                return dict(row[name])
    return {}


def _destination(company: Company, fields: Obj) -> Obj:
    sent: Obj = fields.get("_ship_to") or {}
    return sent if sent.get("CountrySubDivisionCode") else _own_address(company)


def _agency(company: Company, state: str) -> str | None:
    for row in company.table("TaxAgency").all():
        if _is_of(str(row.get("DisplayName", "")), state):
            return str(row["Id"])
    home = STATES.get(str(_own_address(company).get("CountrySubDivisionCode", "")).upper())
    if home is None or home[0] != state:
        return None
    body = {
        "DisplayName": f"{state} Department of Revenue",
        "TaxTrackedOnPurchases": False,
        "TaxTrackedOnSales": True,
    }
    return str(company.insert("TaxAgency", body, family="TaxAgency")["Id"])


def _is_of(agency: str, state: str) -> bool:
    """Whether the agency's name speaks of the state; "West Virginia" does not speak of Virginia."""
    return re.search(rf"(?<!west )\b{re.escape(state)}\b", agency, re.IGNORECASE) is not None


def _jurisdictions(company: Company, agency: str, state: str, percent: Decimal, zip_code: str) -> tuple[Rate, ...]:
    parts = [(f"{state} State", percent)]
    digits = "".join(each for each in zip_code if each.isdigit())[:3]
    local = LOCAL_STEP * (int(digits or 0) % LOCAL_STEPS)
    if local:
        parts.append((f"{state} Local {digits}", local))
    return tuple(_rate(company, agency, name, value) for name, value in parts if value)


def _rate(company: Company, agency: str, name: str, percent: Decimal) -> Rate:
    row = _named(company, "TaxRate", name) or company.insert(
        "TaxRate",
        {
            "Name": name,
            "Description": name,
            "Active": True,
            "RateValue": percent,
            "AgencyRef": {"value": agency},
            "SpecialTaxType": "NONE",
            "DisplayType": "ReadOnly",
        },
        family="TaxRate",
    )
    return Rate(str(row["Id"]), number(row["RateValue"]), agency)


def _code(company: Company, found: tuple[Rate, ...]) -> str:
    name = "Automated " + "+".join(rate.id for rate in found)
    row = _named(company, "TaxCode", name) or company.insert(
        "TaxCode",
        {
            "Name": name,
            "Description": "Automated sales tax",
            "Active": True,
            "Taxable": True,
            "TaxGroup": True,
            "SalesTaxRateList": {"TaxRateDetail": [_listed(rate, order) for order, rate in enumerate(found)]},
            "PurchaseTaxRateList": {"TaxRateDetail": []},
        },
        family="TaxCode",
    )
    return str(row["Id"])


def _listed(rate: Rate, order: int) -> dict[str, Any]:
    return {"TaxRateRef": {"value": rate.id}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": order}


def _named(company: Company, table: str, name: str) -> Obj | None:
    return company.table(table).first("Name", name)
