"""A provider's card: what its pill says, which facts it shows, what can be done. From our database only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from kz_admin import clock, config
from kz_admin.domain.connection import Environment, State
from kz_admin.domain.problems import Slug
from kz_admin.models.alert import Alert
from kz_admin.models.connection import Connection, OAuthState
from kz_admin.models.session import reading
from kz_admin.providers import ANNOUNCED, PROVIDERS, label_of
from kz_admin.providers.base import Provider
from kz_admin.services import alerts, connections, defaults, expiry, first_look, installation, shadow
from kz_admin.services.connections import Counts
from kz_admin.services.defaults import Accounts
from kz_admin.services.first_look import FirstLook

EXPIRY_SHOWN = expiry.DAYS[0] * clock.DAY


@dataclass(frozen=True)
class Pill:
    tone: str
    word: str
    hint: str = ""


@dataclass(frozen=True)
class Card:
    key: str
    label: str
    product: str
    pill: Pill
    provider: Provider | None  # None: announced, nothing can be done yet
    connection: Connection | None
    counts: Counts
    accounts: Accounts | None
    alerts: Sequence[Alert]
    ends_at: int | None
    blocked_by: str  # the label of the other provider, while that one is live
    may_connect: bool
    first: FirstLook | None = None  # the first invoice that went over, while the connection is new

    @property
    def state(self) -> State | None:
        return self.connection.as_state if self.connection else None

    @property
    def is_live(self) -> bool:
        return self.connection is not None and self.connection.is_live

    @property
    def is_shadow(self) -> bool:
        return self.connection is not None and self.is_live and shadow.is_on(self.connection)

    @property
    def is_sandbox(self) -> bool:
        return self.connection is not None and self.connection.environment == Environment.SANDBOX

    @property
    def waits_for_subscription(self) -> bool:
        return any(alert.cause == Slug.SUBSCRIPTION_ENDED for alert in self.alerts)

    @property
    def ends_soon(self) -> bool:
        return self.ends_at is not None and self.ends_at - clock.now_ms() <= EXPIRY_SHOWN

    @property
    def counted_at_most(self) -> int:
        return connections.COUNTED_AT_MOST

    @property
    def manage_word(self) -> str:
        """Configure until the default accounts are in order, after that Manage (decision C16)."""
        return "Configure" if self.accounts is not None and self.accounts.needs_attention else "Manage"


def all_of(tenant_id: UUID) -> list[Card]:
    """A card per provider in the table, then those announced."""
    live = connections.live(tenant_id)
    copied = installation.is_copy()
    known = [_card(tenant_id, provider, live, copied=copied) for provider in PROVIDERS.values()]
    return known + [_announced(key, label) for key, label in ANNOUNCED.items()]


def one(tenant_id: UUID, provider: Provider) -> Card:
    return _card(tenant_id, provider, connections.live(tenant_id), copied=installation.is_copy())


def _card(tenant_id: UUID, provider: Provider, live: Connection | None, *, copied: bool) -> Card:
    mine = live if live is not None and live.provider == provider.key else None
    connection = mine or connections.latest_of(tenant_id, provider.key)
    open_alerts = [alert for alert in alerts.open_alerts(tenant_id) if mine and alert.connection_id == mine.id]
    accounts = defaults.of(mine) if mine else None
    connecting = mine is None and _is_connecting(tenant_id, provider, since=connection.state_since if connection else 0)
    return Card(
        key=provider.key,
        label=provider.label,
        product=provider.product,
        pill=_pill(provider, mine, accounts, open_alerts, connecting=connecting, copied=copied),
        provider=provider,
        connection=connection,
        counts=connections.counts(connection) if connection else Counts(),
        accounts=accounts,
        alerts=open_alerts,
        ends_at=expiry.ends_at(mine) if mine else None,
        blocked_by=label_of(live.provider) if live and mine is None else "",
        may_connect=bool(provider.environments(config.current())),
        first=first_look.of(mine) if mine else None,
    )


def _pill(
    provider: Provider,
    connection: Connection | None,
    accounts: Accounts | None,
    open_alerts: Sequence[Alert],
    *,
    connecting: bool,
    copied: bool,
) -> Pill:
    if connection is None:
        waiting = f"waiting for your answer at {provider.owner}"
        return Pill("blue", "Connecting", waiting) if connecting else Pill("grey", "Not connected")
    if resting := _resting(connection, copied=copied):
        return resting
    attention = open_alerts[0].sentence if open_alerts else ""
    if not attention and accounts is not None and accounts.needs_attention:
        attention = "Ensure your default income account is configured"
    return Pill("amber", "Needs attention", attention) if attention else Pill("green", f"{provider.label} connected")


def _resting(connection: Connection, *, copied: bool) -> Pill | None:
    """The pill of a connection that calls nobody, or nobody answers, and why."""
    states = {
        State.NEEDS_RECONNECT: Pill("red", "Reconnect needed", connection.state_reason or ""),
        State.DISCONNECTING: Pill("grey", "Paused", "disconnecting"),
        State.PAUSED: Pill("grey", "Paused", "nothing is sent or read until you resume"),
    }
    copy = Pill("grey", "Paused", "this is a copy of another installation")
    label = label_of(connection.provider)
    silent = Pill("amber", "Not responding", f"{label} is not answering. What waits goes over by itself.")
    return states.get(connection.as_state) or (copy if copied else silent if connection.silent_since else None)


def _is_connecting(tenant_id: UUID, provider: Provider, since: int) -> bool:
    """Somebody went to give consent less than ten minutes ago, after the last connection ended, and is not back."""
    open_request = select(OAuthState.id).where(
        OAuthState.tenant_id == tenant_id,
        OAuthState.provider == provider.key,
        OAuthState.used_at.is_(None),
        OAuthState.created_at > since,
        OAuthState.expires_at > clock.now_ms(),
    )
    with reading() as session:
        return session.scalar(open_request.limit(1)) is not None


def _announced(key: str, label: str) -> Card:
    pill = Pill("grey", "Not available in this version yet")
    return Card(key, label, label, pill, None, None, Counts(), None, (), None, "", may_connect=False)
