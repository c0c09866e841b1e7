"""The tax service: the only way in which tax codes and rates are made through the API."""

from __future__ import annotations

from decimal import Decimal

from .. import tax_codes
from ..company import Company, Obj
from ..entities.entity import Entity, Params
from ..faults import Fault, bad_number, bad_reference, business, duplicate_name, missing
from ..money import plain

SIDES = {"Sales": "SalesTaxRateList", "Purchase": "PurchaseTaxRateList"}


def create(company: Company, body: Obj, params: Params) -> Obj:
    if not tax_codes.uses_tax(company):
        raise business("Sales tax is not turned on in this company.")
    name = body["TaxCode"]
    if company.table("TaxCode").first("Name", name):
        raise taken("tax code")
    details = [_rate(company, each) for each in body["TaxRateDetails"]]
    row: Obj = {"Name": name, "Description": name, "Active": True, "Taxable": True, "TaxGroup": True}
    for side, field in SIDES.items():
        row[field] = {"TaxRateDetail": _listed(details, side)}
    code = company.insert("TaxCode", row, "TaxCode")
    return {"TaxCode": name, "TaxCodeId": code["Id"], "TaxRateDetails": details}


def taken(kind: str) -> Fault:
    return duplicate_name(f"The name supplied already exists. : Another {kind} is already using this name.")


def _rate(company: Company, asked: Obj) -> Obj:
    """A rate that is there, by its id, or a new one."""
    side = asked.get("TaxApplicableOn") or "Sales"
    if side not in SIDES:
        raise Fault("2170", "Invalid Enumeration", f"Invalid Enumeration : {side}", "TaxApplicableOn")
    if asked.get("TaxRateId"):
        row = company.table("TaxRate").get(str(asked["TaxRateId"]))
        if row is None or row.get("Active") is False:
            raise bad_reference("TaxRates", asked["TaxRateId"])
    else:
        row = _new_rate(company, asked)
    return {
        "TaxRateName": row["Name"],
        "TaxRateId": row["Id"],
        "RateValue": plain(row["RateValue"]),
        "TaxAgencyId": row["AgencyRef"]["value"],
        "TaxApplicableOn": side,
    }


def _new_rate(company: Company, asked: Obj) -> Obj:
    for key in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if asked.get(key) is None:
            raise missing(key)
    if not Decimal(0) <= asked["RateValue"] <= Decimal(100):
        raise bad_number("RateValue", asked["RateValue"])
    if company.table("TaxAgency").get(str(asked["TaxAgencyId"])) is None:
        raise bad_reference("TaxAgencies", asked["TaxAgencyId"])
    if company.table("TaxRate").first("Name", asked["TaxRateName"]):
        raise taken("tax rate")
    body = {
        "Name": asked["TaxRateName"],
        "Description": asked["TaxRateName"],
        "Active": True,
        "RateValue": plain(asked["RateValue"]),
        "AgencyRef": {"value": str(asked["TaxAgencyId"])},
        "SpecialTaxType": "ZERO_RATE" if not asked["RateValue"] else "NONE",
        "DisplayType": "ReadOnly",
    }
    return company.insert("TaxRate", body, "TaxRate")


def _listed(details: list[Obj], side: str) -> list[Obj]:
    rates = [each["TaxRateId"] for each in details if each["TaxApplicableOn"] == side]
    return [
        {"TaxRateRef": {"value": rate}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": order}
        for order, rate in enumerate(rates)
    ]


ENTITY = Entity(
    name="TaxService",
    path="taxservice/taxcode",
    create=create,
    bare=True,
    queryable=False,
    cdc=False,
    webhook=False,
    batch=False,
    required=("TaxCode", "TaxRateDetails"),
    lengths={"TaxCode": 100, "TaxRateDetails.TaxRateName": 10},
    checks_references=False,
)
