"""A full chart: at least one account of every sub-type QuickBooks knows, and a few sub-accounts."""

from __future__ import annotations

import re

from ..account_types import SUB_TYPES
from .clerk import Clerk

# Where the sub-type's own words do not make a name a bookkeeper would choose.
NAMES = {
    "Investment_MortgageRealEstateLoans": "Mortgages and real estate loans",
    "Investment_Other": "Other investments",
    "Investment_TaxExemptSecurities": "Tax-exempt securities",
    "Investment_USGovernmentObligations": "Government bonds",
    "FixedAssetComputers": "Computers",
    "FixedAssetCopiers": "Copiers",
    "FixedAssetFurniture": "Studio furniture",
    "FixedAssetPhone": "Telephones",
    "FixedAssetPhotoVideo": "Cameras and lenses",
    "FixedAssetSoftware": "Software bought",
    "FixedAssetOtherToolsEquipment": "Tools",
    "AdvertisingPromotional": "Advertising",
    "Auto": "Car",
    "LegalProfessionalFees": "Professional fees",
    "SuppliesMaterialsCogs": "Materials used",
    "CostOfLaborCos": "Freelancers on jobs",
    "EquipmentRentalCos": "Equipment hired for jobs",
    "OtherCostsOfServiceCos": "Other costs of jobs",
    "ShippingFreightDeliveryCos": "Delivery of jobs",
    "FreightAndDeliveryCos": "Freight in",
    "OtherMiscellaneousServiceCost": "Other service costs",
    "RentsInTrustLiability": "Rents held in trust (owed)",
    "PrepaidExpensesPayable": "Prepaid expenses (owed)",
    "TrustAccountsLiabilities": "Trust accounts (owed)",
    "PaidInCapitalOrSurplus": "Paid-in capital",
    "UnappliedCashPaymentIncome": "Unapplied cash payment income",
    "UnappliedCashBillPaymentExpense": "Unapplied cash bill payment expense",
}
SUB_ACCOUNTS = (
    ("Utilities", "Electricity"),
    ("Utilities", "Water and heating"),
    ("Professional fees", "Bookkeeping"),
    ("Professional fees", "Lawyer"),
    ("Advertising", "Print advertising"),
    ("Services", "Design income"),
    ("Services", "Web income"),
    ("Car", "Fuel"),
    ("Office expenses", "Stationery"),
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+")


def open_chart(clerk: Clerk) -> None:
    accounts = clerk.company.table("Account")
    for kind, sub_types in SUB_TYPES.items():
        for sub_type in sub_types:
            held = {row["AccountType"] for row in accounts.by("AccountSubType", sub_type)}
            if kind not in held and _in_country(clerk.company.country, sub_type):
                body = {"Name": _free_name(clerk, sub_type, kind), "AccountType": kind, "AccountSubType": sub_type}
                clerk.add("Account", body)
    for above, name in SUB_ACCOUNTS:
        parent = clerk.named("Account", above)
        same = {key: parent[key] for key in ("AccountType", "AccountSubType")}
        clerk.add("Account", {"Name": name, "ParentRef": {"value": parent["Id"]}, **same})


def _in_country(country: str, sub_type: str) -> bool:
    return country != "US" or not sub_type.startswith("GlobalTax")


def _free_name(clerk: Clerk, sub_type: str, kind: str) -> str:
    name = NAMES.get(sub_type) or " ".join(_WORDS.findall(sub_type)).capitalize()
    if clerk.company.table("Account").first("FullName", name):
        return f"{name} ({kind.lower()})"
    return name
