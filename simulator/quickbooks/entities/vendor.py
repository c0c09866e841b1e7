"""Vendor: whom bills and expenses are owed to; contractors too."""

from __future__ import annotations

from decimal import Decimal

from .. import addresses, currency_rules, faults
from ..company import Company, Obj
from ..updates import merged
from . import people
from .entity import Entity, Params

READ_ONLY = people.IGNORED | frozenset(
    ("AltContactName", "BusinessNumber", "ContactName", "CreditLimit", "CustomField", "Notes", "ParentRef",
     "PrefillAccountRef", "ShipAddr", "Source", "T4AEligible", "T5018Eligible", "TaxCountry", "VendorTypeRef")
)  # fmt: skip
ZERO = Decimal(0)


def create(company: Company, body: Obj, params: Params) -> Obj:
    if body.get("Balance"):
        raise faults.not_modelled("an opening balance on a new vendor")
    return company.insert("Vendor", _complete(company, {**body, "Balance": ZERO}, None), "name")


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    body.pop("Balance", None)
    if _is_mask(body.get("TaxIdentifier"), stored):
        body["TaxIdentifier"] = stored["TaxIdentifier"]  # what a reader was shown comes back with a full update
    fresh = {**merged(ENTITY, stored, body, sparse), "Balance": stored["Balance"]}
    return company.replace("Vendor", stored, _complete(company, fresh, stored))


def _is_mask(sent: str | None, stored: Obj) -> bool:
    held = stored.get("TaxIdentifier")
    return bool(sent and held and sent == people.masked(held))


def _complete(company: Company, body: Obj, stored: Obj | None) -> Obj:
    row = people.named(company, "Vendor", body, stored)
    people.claim(company, "Vendor", row, stored)
    people.refuse_leaving_with_balance(row, stored, "Vendor")
    people.check_tax_code(company, row)
    row["BillAddr"] = addresses.kept(company, row.get("BillAddr"), (stored or {}).get("BillAddr"))
    row["CurrencyRef"] = currency_rules.chosen(company, row, stored)
    row["Vendor1099"] = bool(row.get("Vendor1099"))
    return {key: value for key, value in row.items() if value is not None}


def render(company: Company, row: Obj) -> Obj:
    if row.get("TaxIdentifier"):
        return {**row, "TaxIdentifier": people.masked(row["TaxIdentifier"])}
    return row


ENTITY = Entity(
    name="Vendor",
    path="vendor",
    family="name",
    create=create,
    update=update,
    render=render,
    is_list=True,
    filterable=people.FILTERABLE | {"Vendor1099", "AcctNum"},
    indexes=people.INDEXES,
    read_only=READ_ONLY,
    lengths={
        **people.LENGTHS,
        **people.phone_lengths(30),
        **people.address_lengths("BillAddr"),
        "CompanyName": 100,
        "AcctNum": 100,
        "TaxIdentifier": 20,
        "WebAddr.URI": 1000,
    },
)
