"""Test Connection, line by line. Every line only reads, and passes or fails on its own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from kz_admin.domain.problems import AccessRefused, ProviderFailure, SlowDown, TokenRefused
from kz_admin.providers.base import Access, Check, Finding, Seen
from kz_admin.providers.quickbooks import api
from kz_admin.providers.quickbooks.accounts import INCOME, PURPOSES
from kz_admin.providers.quickbooks.company import CLOSED

LINE_TIMEOUT_S = 4
EXEMPT = "Exempt"


def reach(access: Access, _chosen: Mapping[str, str], seen: Seen) -> Finding:
    try:
        _info(access, seen)
    except (TokenRefused, AccessRefused, SlowDown):
        pass  # it answered, which is all this line asks
    except ProviderFailure:
        return Finding(False, "QuickBooks is not answering.", "Nothing to do here. Waiting work goes over by itself.")
    return Finding(True, "QuickBooks answers.")


def sign_in(access: Access, _chosen: Mapping[str, str], seen: Seen) -> Finding:
    """A refused token is renewed by whoever runs the checks; only a second refusal makes this line fail."""
    with suppress(AccessRefused):  # signed in, but shut out: the line "Permissions" says so
        _info(access, seen)
    return Finding(True, "Our access is accepted.")


def company(access: Access, chosen: Mapping[str, str], seen: Seen) -> Finding:
    info = _info(access, seen)
    name = str(info.get("CompanyName") or "")
    status = {pair.get("Name"): pair.get("Value") for pair in _pairs(info)}.get("SubscriptionStatus", "")
    if str(status).upper() in CLOSED:
        fix = "Renew the subscription in QuickBooks, then test again."
        return Finding(False, f"The QuickBooks subscription of {name} has ended.", fix)
    if name != chosen.get("company_name", name):
        return Finding(True, f"It is the connected company, now called {name}.")
    return Finding(True, f"It is {name}.")


def permissions(access: Access, _chosen: Mapping[str, str], _seen: Seen) -> Finding:
    try:
        for entity in ("Customer", "Invoice", "Item", "Payment"):
            api.get(access, "query", query=f"SELECT count(*) FROM {entity}", timeout_s=LINE_TIMEOUT_S)
    except AccessRefused:
        fix = "Reconnect as somebody who administers this company in QuickBooks."
        return Finding(False, "The person who connected may no longer read customers and invoices.", fix, "reconnect")
    return Finding(True, "Customers, invoices, items and payments can be read.")


def accounts(access: Access, chosen: Mapping[str, str], _seen: Seen) -> Finding:
    """Both defaults exist, are active and of a fitting type over there right now."""
    for purpose in PURPOSES:
        remote_id = chosen.get(purpose.subject, "")
        if not remote_id:
            if purpose.required:
                sentence = "Ensure your default income account is configured."
                return Finding(False, sentence, "Choose an income account.", "mappings/accounts")
            continue
        rows = _account(access, remote_id)
        if not rows or not rows[0].get("Active", True):
            sentence = f"The {purpose.label.lower()} is inactive in QuickBooks."
            return Finding(False, sentence, "Choose another account.", "mappings/accounts")
    label = INCOME.label.lower()
    return Finding(True, f"The {label} and what else is chosen are active.")


def taxes(access: Access, _chosen: Mapping[str, str], seen: Seen) -> Finding:
    preferences = api.get(access, "preferences", timeout_s=LINE_TIMEOUT_S)["Preferences"]
    using = bool(preferences.get("TaxPrefs", {}).get("UsingSalesTax"))
    if not using:
        return Finding(True, "Sales tax is off in QuickBooks; invoices go over without tax codes.")
    if str(_info(access, seen).get("Country") or "") == "US":
        return Finding(True, "QuickBooks works out US sales tax by itself.")
    rows = api.query(access, f"SELECT * FROM TaxCode WHERE Name = {api.quoted(EXEMPT)}", "TaxCode")
    if not any(row.get("Name") == EXEMPT and row.get("Active", True) for row in rows):
        fix = "Create a tax code named exactly Exempt in QuickBooks: Taxes, then test again."
        return Finding(False, "There is no tax code named exactly Exempt; lines without tax need it.", fix)
    return Finding(True, "The tax code Exempt is there.")


def _account(access: Access, remote_id: str) -> list[dict[str, object]]:
    statement = f"SELECT * FROM Account WHERE Id = {api.quoted(remote_id)} AND Active IN (true, false)"
    return api.query(access, statement, "Account", timeout_s=LINE_TIMEOUT_S)


def _pairs(info: Mapping[str, object]) -> list[dict[str, str]]:
    pairs = info.get("NameValue")
    return pairs if isinstance(pairs, list) else []


def _info(access: Access, seen: Seen) -> Mapping[str, object]:
    """Read once for all lines: a test must not use up the ten calls a second that work needs."""
    if "info" not in seen:
        seen["info"] = api.get(access, f"companyinfo/{access.company}", timeout_s=LINE_TIMEOUT_S)["CompanyInfo"]
    info: Mapping[str, object] = seen["info"]
    return info


CHECKS = (
    Check("Reach", reach),
    Check("Sign-in", sign_in),
    Check("Company", company),
    Check("Permissions", permissions),
    Check("Accounts", accounts),
    Check("Taxes", taxes),
)
