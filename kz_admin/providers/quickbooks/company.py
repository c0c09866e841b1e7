"""The company a connection belongs to, as QuickBooks describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kz_admin.providers.base import Access, CompanyFacts
from kz_admin.providers.quickbooks import api

# Words that let nobody write; an unknown word is taken for a paying customer, and the first refused write says more.
CLOSED = frozenset({"RESTRICTED", "SUSPENDED", "EXPIRED", "CANCELLED"})
PLAN_PREFIX = "QuickBooks Online "
US = "US"
EXEMPT = "Exempt"
BUYS_AND_SELLS = frozenset({"CA", "GB"})  # an item to sell has to say there where buying it would be booked
COSTS = "Cost of Goods Sold"


def from_callback(params: Mapping[str, str]) -> str | None:
    """The company's id stands only in the redirect, unsigned: it is believed after a read with the new token."""
    realm = params.get("realmId", "")
    return realm if realm.isascii() and realm.isdigit() and len(realm) <= 20 else None


def read_company(access: Access) -> CompanyFacts:
    info = api.get(access, f"companyinfo/{access.company}")["CompanyInfo"]
    preferences = api.get(access, "preferences")["Preferences"]
    named = {pair.get("Name"): pair.get("Value") for pair in info.get("NameValue", [])}
    subscription = str(named.get("SubscriptionStatus") or "")
    country = str(info.get("Country") or "")[:2]
    return CompanyFacts(
        company=access.company,
        name=str(info.get("CompanyName") or info.get("LegalName") or "Unnamed company"),
        country=country,
        currency=home_currency(preferences),
        plan=str(named.get("OfferingSku") or "").removeprefix(PLAN_PREFIX),
        subscription=subscription,
        writable=subscription.upper() not in CLOSED,
        facts={**switches(preferences), **_read_beside(access, country, preferences)},
    )


def home_currency(preferences: Mapping[str, Any]) -> str:
    return str(preferences.get("CurrencyPrefs", {}).get("HomeCurrency", {}).get("value") or "")[:3]


def switches(preferences: Mapping[str, Any]) -> dict[str, bool | str]:
    """What people have turned on, as far as documents depend on it."""
    sales, taxes = preferences.get("SalesFormsPrefs", {}), preferences.get("TaxPrefs", {})
    return {
        "own_numbers": bool(sales.get("CustomTxnNumbers")),
        "multicurrency": bool(preferences.get("CurrencyPrefs", {}).get("MultiCurrencyEnabled")),
        "taxes": bool(taxes.get("UsingSalesTax")),
        "automated_tax": bool(taxes.get("PartnerTaxEnabled")),
        "discounts": bool(sales.get("AllowDiscount")),
        "closed_until": str(preferences.get("AccountingInfoPrefs", {}).get("BookCloseDate") or ""),
    }


def _read_beside(access: Access, country: str, preferences: Mapping[str, Any]) -> dict[str, str]:
    """What only some countries need, so that all others are spared the calls."""
    found = {}
    if country != US and preferences.get("TaxPrefs", {}).get("UsingSalesTax"):
        found["exempt_code"] = _exempt_code(access)
    if country in BUYS_AND_SELLS:
        found["expense_account"] = _expense_account(access)
    return found


def _exempt_code(access: Access) -> str:
    rows = api.query(access, f"SELECT * FROM TaxCode WHERE Name = {api.quoted(EXEMPT)}", "TaxCode")
    exact = [row for row in rows if row.get("Name") == EXEMPT and row.get("Active", True)]
    return str(exact[0]["Id"]) if exact else ""


def _expense_account(access: Access) -> str:
    """Where buying what we sell would be booked; nothing is, as we only sell."""
    statement = f"SELECT * FROM Account WHERE AccountType IN ({api.quoted(COSTS)}, 'Expense') AND Active = true"
    rows = api.query(access, statement, "Account")
    rows.sort(key=lambda row: (row.get("AccountType") != COSTS, int(row["Id"])))
    return str(rows[0]["Id"]) if rows else ""
