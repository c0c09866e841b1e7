"""QuickBooks Online, as a table."""

from __future__ import annotations

import requests

from kz_admin.config import QUICKBOOKS as USUAL
from kz_admin.config import Config
from kz_admin.config_reader import Addresses, KeyPair
from kz_admin.domain.connection import Environment
from kz_admin.domain.kinds import Kind
from kz_admin.domain.presets import Setting
from kz_admin.providers.base import Provider, Sending
from kz_admin.providers.http import CONNECT_S
from kz_admin.providers.oauth import Dialect, Endpoints
from kz_admin.providers.quickbooks import (
    accounts,
    api,
    checks,
    company,
    credit_notes_there,
    customers,
    deep_links,
    invoices_there,
    items,
    lookups,
    past_invoices,
    payment_methods,
    payments_there,
    projects,
    questions,
    references,
    refunds_there,
    writes,
)

DAY_S = 24 * 3600


def _revoke(url: str, pair: KeyPair, token: str, timeout_s: float) -> requests.Response:
    """Intuit wants JSON where the standard says a form."""
    return requests.post(
        url,
        json={"token": token},
        auth=(pair.client_id, pair.client_secret),
        headers={"Accept": "application/json"},
        timeout=(min(CONNECT_S, timeout_s), timeout_s),
        allow_redirects=False,
    )


DIALECT = Dialect(
    scopes=("com.intuit.quickbooks.accounting",),
    refresh_lasts_s=100 * DAY_S,
    # opt-in: without it nobody learns when the five years of a consent end (INT-U8)
    token_headers={"Accept": "application/json", "x-include-refresh-token-hard-expires-in": "true"},
    revoke=_revoke,
    reference_header=api.REFERENCE_HEADER,
    usual=Endpoints(
        "https://appcenter.intuit.com/connect/oauth2",
        "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
    ),
)


def _key_pair(config: Config, environment: Environment) -> KeyPair | None:
    return config.quickbooks if environment is Environment.PRODUCTION else config.quickbooks_sandbox


def _addresses(config: Config, _environment: Environment) -> Addresses:
    # The two discovery documents differ only in an address we do not use.
    return config.quickbooks_at


def _api_base(config: Config, environment: Environment) -> str:
    at = config.quickbooks_at
    return at.api if environment is Environment.PRODUCTION else at.sandbox_api


SENDING = Sending(
    pushers={
        Kind.CLIENT: customers.PUSHER,
        Kind.PROJECT: projects.PUSHER,
        Kind.SERVICE: items.PUSHER,
        Kind.INVOICE: invoices_there.PUSHER,
        Kind.PAYMENT: payments_there.PUSHER,
        Kind.CREDIT_NOTE: credit_notes_there.PUSHER,
        Kind.REFUND: refunds_there.PUSHER,
    },
    applied_apart=frozenset({Kind.CREDIT_NOTE}),
    references=references.of,
    past_invoices=past_invoices.PAST_INVOICES,
    limits=writes.LIMITS,
    ask=questions.ask,
    pack=writes.pack,
    send=writes.send,
    read=writes.read,
    link_to=deep_links.link_to,
)

QUICKBOOKS = Provider(
    key="quickbooks",
    label="QuickBooks",
    product="QuickBooks Online",
    owner="Intuit",
    company_word="company",
    connect_word="Connect to QuickBooks",
    role_needed="Sign in at Intuit as an admin of the company, with the account that owns the company file.",
    plan_needed="Any QuickBooks Online plan from Simple Start. Some features, such as bills, need a larger one.",
    permissions=(
        ("Customers", "Read and write: to find a customer by e-mail and create the ones that are missing."),
        ("Invoices", "Read and write: to copy each paid invoice with the same lines and mark it paid."),
        ("Items", "Read and write: every invoice line needs a product or service."),
        ("Accounts", "Read: to offer your income and deposit accounts to choose from."),
        ("Expenses", "Write, once you switch it on: logged expenses become bills or expenses."),
    ),
    support_link="https://quickbooks.intuit.com/learn-support/",
    remove_app="In QuickBooks open Apps, then My apps, and choose Disconnect beside this app.",
    usual_discovery=dict.fromkeys(Environment, USUAL.discovery),
    dialect=DIALECT,
    key_pair=_key_pair,
    addresses=_addresses,
    api_base=_api_base,
    company_from_callback=company.from_callback,
    read_company=company.read_company,
    checks=checks.CHECKS,
    options=lookups.LOOKUPS,
    purposes=accounts.PURPOSES,
    likely=accounts.likely,
    likely_method=payment_methods.likely_method,
    settings=frozenset(Setting),
    sending=SENDING,
)
