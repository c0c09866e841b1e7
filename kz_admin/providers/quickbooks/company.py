"""The company a connection belongs to, as QuickBooks describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kz_admin.providers.base import Access, CompanyFacts
from kz_admin.providers.quickbooks import api

# Words that let nobody write; an unknown word is taken for a paying customer, and the first refused write says more.
CLOSED = frozenset({"RESTRICTED", "SUSPENDED", "EXPIRED", "CANCELLED"})
PLAN_PREFIX = "QuickBooks Online "


def from_callback(params: Mapping[str, str]) -> str | None:
    """The company's id stands only in the redirect, unsigned: it is believed after a read with the new token."""
    realm = params.get("realmId", "")
    return realm if realm.isascii() and realm.isdigit() and len(realm) <= 20 else None


def read_company(access: Access) -> CompanyFacts:
    info = api.get(access, f"companyinfo/{access.company}")["CompanyInfo"]
    preferences = api.get(access, "preferences")["Preferences"]
    named = {pair.get("Name"): pair.get("Value") for pair in info.get("NameValue", [])}
    subscription = str(named.get("SubscriptionStatus") or "")
    return CompanyFacts(
        company=access.company,
        name=str(info.get("CompanyName") or info.get("LegalName") or "Unnamed company"),
        country=str(info.get("Country") or "")[:2],
        currency=home_currency(preferences),
        plan=str(named.get("OfferingSku") or "").removeprefix(PLAN_PREFIX),
        subscription=subscription,
        writable=subscription.upper() not in CLOSED,
    )


def home_currency(preferences: Mapping[str, Any]) -> str:
    return str(preferences.get("CurrencyPrefs", {}).get("HomeCurrency", {}).get("value") or "")[:3]
