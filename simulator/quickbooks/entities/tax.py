"""TaxCode and TaxRate (read only: made through the tax service, changed by people), TaxAgency."""

from __future__ import annotations

from .. import faults
from ..company import Company, Obj
from ..references import name_of
from ..table import Indexes
from .entity import Entity, Params

INDEXES: Indexes = {"Name": lambda row: row["Name"]}
LISTS = ("SalesTaxRateList", "PurchaseTaxRateList", "AdjustmentTaxRateList")


def render_code(company: Company, row: Obj) -> Obj:
    """Inside a code the rates carry their names."""
    shown = dict(row)
    for key in LISTS:
        if key in row:
            details = [_with_name(company, each) for each in row[key].get("TaxRateDetail", ())]
            shown[key] = {"TaxRateDetail": details}
    return shown


def _with_name(company: Company, detail: Obj) -> Obj:
    rate = company.table("TaxRate").get(detail["TaxRateRef"]["value"])
    name = name_of(rate) if rate else None
    return {**detail, "TaxRateRef": {"value": detail["TaxRateRef"]["value"], "name": name}}


def create_agency(company: Company, body: Obj, params: Params) -> Obj:
    name = body["DisplayName"]
    if company.table("TaxAgency").first("DisplayName", name):
        raise faults.duplicate_name(
            "The name supplied already exists. : Another tax agency is already using this name."
        )
    row = {
        "DisplayName": name,
        "TaxTrackedOnPurchases": body.get("TaxTrackedOnPurchases", False),
        "TaxTrackedOnSales": body.get("TaxTrackedOnSales", True),
    }
    if body.get("TaxRegistrationNumber"):
        row["TaxRegistrationNumber"] = body["TaxRegistrationNumber"]
    return company.insert("TaxAgency", row, "TaxAgency")


ENTITIES = (
    Entity(
        name="TaxCode",
        path="taxcode",
        family="TaxCode",
        render=render_code,
        is_list=True,
        cdc=False,
        webhook=False,
        filterable=frozenset(("Name", "Description", "Active")),
        indexes=INDEXES,
        named=frozenset(("TaxRateRef",)),
    ),
    Entity(
        name="TaxRate",
        path="taxrate",
        family="TaxRate",
        is_list=True,
        cdc=False,
        webhook=False,
        filterable=frozenset(("Name", "Description", "Active", "RateValue")),
        indexes=INDEXES,
    ),
    Entity(
        name="TaxAgency",
        path="taxagency",
        family="TaxAgency",
        create=create_agency,
        cdc=False,
        filterable=frozenset(("DisplayName",)),
        indexes={"DisplayName": lambda row: row["DisplayName"]},
        required=("DisplayName",),
        lengths={"DisplayName": 100},
    ),
)
