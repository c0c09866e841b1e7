"""QuickBooks Online as the frame sees it: one table."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask import Blueprint

from simulator.frame.apps import word
from simulator.frame.consent import Desk
from simulator.frame.provider import Person, Provider, TokenRules
from simulator.frame.world import World

from . import oauth, oauth_routes, routes
from .books import BOOKS, COMPANIES
from .events import WEBHOOKS
from .scopes import WORDS

HOUR_S, DAY_S = 3600, 86_400
ALL = frozenset(company.key for company in COMPANIES)
PEOPLE = (
    Person("dana", "Dana Whitfield", "dana@example.com", "Owner, admin of all companies", ALL),
    Person("marcus", "Marcus Bell", "marcus@example.com", "Accountant, admin of two", frozenset(("US", "CA"))),
    Person(
        "priya",
        "Priya Natarajan",
        "priya@example.com",
        "Bookkeeper, admin of one company only",
        frozenset(("AU",)),
        frozenset(("US", "CA", "GB")),
    ),
    Person("tom", "Tom Okafor", "tom@example.com", "Admin of one company", frozenset(("GB",))),
    Person("lena", "Lena Fischer", "lena@example.com", "Belongs to no company", frozenset()),
)


def _jwe() -> str:
    """Opaque on purpose: the shape of an encrypted token, nothing inside."""
    parts = (secrets.token_urlsafe(size) for size in (12, 480, 16))
    return f"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwieC5vcmciOiJIMCJ9..{'.'.join(parts)}"


def _refresh(now_ms: int) -> str:
    return f"AB11{now_ms // 1000 + 8_640_000}{word(secrets.token_hex(16), length=36)}"


def _code() -> str:
    return f"AB11{word(secrets.token_hex(16), length=46)}"


def _credentials(environment: str) -> tuple[str, str, str]:
    """Client id, client secret, webhook verifier token: the same on every machine."""
    made = (word("quickbooks", environment, part, length=size) for part, size in (("id", 48), ("secret", 40)))
    client_id, secret = made
    return f"AB{client_id}", secret, word("quickbooks", environment, "verifier", length=36)


def _blueprints(world: World, desk: Desk) -> Sequence[Blueprint]:
    return (oauth_routes.blueprint(world, desk), routes.blueprint(world))


PROVIDER = Provider(
    key="quickbooks",
    label="QuickBooks",
    environments=("production", "sandbox"),
    seeds=COMPANIES,
    people=PEOPLE,
    books=BOOKS,
    consent=WORDS,
    company_parameter="realmId",
    read_authorize=oauth.read_authorize,
    tokens=TokenRules(
        code_s=600,
        access_s=HOUR_S,
        refresh_s=100 * DAY_S,
        hard_s=5 * 365 * DAY_S,
        rotate_after_s=DAY_S,
        new_access=_jwe,
        new_refresh=_refresh,
        new_code=_code,
    ),
    webhooks=WEBHOOKS,
    app_credentials=_credentials,
    blueprints=_blueprints,
)
