"""CompanyInfo: who the company is, and which plan it has."""

from __future__ import annotations

from .. import addresses
from ..company import Company, Obj
from ..edition import EDITIONS
from ..updates import merged
from .entity import Entity, Params

ADDRESSES = ("CompanyAddr", "CustomerCommunicationAddr", "LegalAddr")


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    fresh = merged(ENTITY, stored, body, sparse)
    for key in ADDRESSES:
        if fresh.get(key):
            fresh[key] = addresses.kept(company, fresh[key], stored.get(key)) or {}
    return company.replace("CompanyInfo", stored, fresh)


def render(company: Company, row: Obj) -> Obj:
    """Plan and subscription are facts of the company, shown among the other named values."""
    shown = {"SubscriptionStatus": company.subscription, "OfferingSku": EDITIONS[company.edition].sku}
    others = [each for each in row.get("NameValue", ()) if each["Name"] not in shown]
    values = [{"Name": name, "Value": value} for name, value in shown.items()]
    return {**row, "Country": company.country, "NameValue": values + others}


ENTITY = Entity(
    name="CompanyInfo",
    path="companyinfo",
    update=update,
    render=render,
    singleton=True,
    webhook=False,
    read_only=frozenset(("CompanyStartDate", "Country", "CustomField", "NameValue", "SupportedLanguages")),
    lengths={"CompanyName": 1024, "LegalName": 1024},
)
