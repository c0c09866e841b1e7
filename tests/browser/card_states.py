"""The states a provider's card can be in, written straight into the database: how each looks is what is asked here."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.clock import DAY, HOUR, MINUTE
from kz_admin.domain.lists import List
from kz_admin.models.connection import Connection, OAuthState
from kz_admin.models.option import Mapping as Choice
from kz_admin.models.option import Option, OptionList
from kz_admin.models.session import writing
from kz_admin.services import alerts
from tests.browser.site import Crew, Site

COMPANY = "Nordlicht Studio"


@dataclass(frozen=True)
class CardState:
    """What is in the row, and what an admin must find on the card."""

    tone: str
    word: str
    words: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    row: Mapping[str, Any] | None = field(default_factory=dict)  # None: no connection
    income: bool = True
    besides: Callable[[Session, Crew, Connection | None], None] | None = None


def _consent_open(session: Session, crew: Crew, _connection: Connection | None) -> None:
    state = OAuthState(
        tenant_id=crew.tenant_id,
        state_hash=secrets.token_hex(32),
        sign_in_hash=secrets.token_hex(32),
        user_id=crew.admin.user_id,
        provider="quickbooks",
        environment="production",
        expires_at=clock.now_ms() + 10 * MINUTE,
    )
    state.verifier = "of no use"
    session.add(state)


def _alert(sentence: str) -> Callable[[Session, Crew, Connection | None], None]:
    def raise_(session: Session, crew: Crew, connection: Connection | None) -> None:
        assert connection is not None
        alerts.raise_alert(session, crew.tenant_id, "test", connection.id, sentence, connection_id=connection.id)

    return raise_


GONE = "QuickBooks token expired. Access to Nordlicht Studio has ended. Nothing is lost."
STATES: dict[str, CardState] = {
    "not-connected": CardState("grey", "Not connected", buttons=("Connect",), row=None),
    "connecting": CardState(
        "blue", "Connecting", ("Waiting for your answer at Intuit",), ("Connect",), row=None, besides=_consent_open
    ),
    "connected": CardState("green", "QuickBooks connected", (COMPANY, "Production"), ("Manage", "Test Connection")),
    "sandbox": CardState("green", "QuickBooks connected", ("Sandbox",), row={"environment": "sandbox"}),
    "no-income-account": CardState(
        "amber",
        "Needs attention",
        ("Ensure your default income account is configured", "Not chosen"),
        ("Configure",),
        income=False,
    ),
    "alert": CardState(
        "amber",
        "Needs attention",
        ("The subscription of Nordlicht Studio has ended.",),
        besides=_alert("The subscription of Nordlicht Studio has ended."),
    ),
    "ends-soon": CardState(
        "green", "QuickBooks connected", ("soon: reconnect",), ("Reconnect",), row={"consent_expires_at": "soon"}
    ),
    "paused": CardState(
        "grey", "Paused", ("Nothing is sent or read until you resume",), ("Resume",), row={"state": "paused"}
    ),
    "reconnect-needed": CardState(
        "red",
        "Reconnect needed",
        ("QuickBooks token expired",),
        ("Reconnect",),
        row={"state": "needs_reconnect", "state_reason": GONE},
    ),
    "disconnecting": CardState("grey", "Paused", ("Disconnecting",), row={"state": "disconnecting"}),
    "blocked-by-the-other": CardState(
        "grey",
        "Not connected",
        ("Only one accounting integration can be active at a time. Disconnect Xero before connecting QuickBooks.",),
        row={"provider": "xero", "company_name": "Acme Pty"},
    ),
    "reset": CardState(
        "green", "QuickBooks connected", ("invoices created before are no longer updated",), row={"reset_at": "now"}
    ),
    "disconnected": CardState(
        "grey",
        "Not connected",
        ("Disconnected from Nordlicht Studio", "Mappings and history are kept"),
        ("Connect",),
        row={"state": "disconnected", "revoke_confirmed": True},
    ),
    "disconnected-unconfirmed": CardState(
        "grey",
        "Not connected",
        ("QuickBooks did not confirm", "My apps"),
        ("Connect",),
        row={"state": "disconnected", "revoke_confirmed": False},
    ),
}


def put(site: Site, crew: Crew, state: CardState) -> None:
    with site.app.app_context(), writing() as session:
        connection = None if state.row is None else _connection(crew, state.row)
        if connection is not None:
            session.add(connection)
            session.flush()
            session.add_all(_accounts(crew, connection, chosen=state.income))
        if state.besides:
            state.besides(session, crew, connection)


def _connection(crew: Crew, values: Mapping[str, Any]) -> Connection:
    now = clock.now_ms()
    moments = {"now": now, "soon": now + 6 * DAY}
    usual: dict[str, Any] = {
        "tenant_id": crew.tenant_id,
        "provider": "quickbooks",
        "environment": "production",
        "key_pair": "production",
        "state": "connected",
        "state_since": now - HOUR,
        "company_key": secrets.token_hex(32),
        "company_name": COMPANY,
        "company_country": "US",
        "company_currency": "USD",
        "company_plan": "Plus",
        "connected_by": crew.admin.name,
        "connected_at": now - 40 * DAY,
        "last_success_at": now - 3 * MINUTE,
        "consent_expires_at": now + 1_700 * DAY,
        "refresh_expires_at": now + 96 * DAY,
    }
    connection = Connection(**{**usual, **{name: moments.get(value, value) for name, value in values.items()}})
    connection.company = "9341452873000000"
    return connection


def _accounts(crew: Crew, connection: Connection, *, chosen: bool) -> list[Any]:
    now = clock.now_ms()
    mine = {"tenant_id": crew.tenant_id, "connection_id": connection.id, "list": List.ACCOUNTS.value}
    accounts = [("79", "Design income", "Income"), ("80", "Consulting income", "Income"), ("35", "Checking", "Bank")]
    rows: list[Any] = [
        Option(**mine, remote_id=remote_id, name=name, group=group, active=True, read_at=now)
        for remote_id, name, group in accounts
    ]
    picked = {"income": "79", "deposit": "35"} if chosen else {"deposit": "35"}
    rows += [
        Choice(**mine, subject=subject, remote_id=remote_id, chosen_how="person", chosen_by="Ada", chosen_at=now)
        for subject, remote_id in picked.items()
    ]
    return [*rows, OptionList(**mine, read_at=now)]
