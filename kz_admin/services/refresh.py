"""One refresh at a time, by any number of processes, through any crash (reliability.md 2.3).

One winner by a conditional update that also stores when it began, so the database is known to be writable before the
provider rotates anything. Its first act on the answer is one short commit. Losers wait for the row and never refresh;
only when the winner died does one of them take its place.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import DBAPIError

from kz_admin import clock, config, crypto, failpoints, interruptions, logs
from kz_admin.domain.connection import USABLE, Environment, State
from kz_admin.domain.failures import Refused
from kz_admin.domain.problems import AppRefused, GrantEnded, GrantUnavailable
from kz_admin.models.connection import Connection
from kz_admin.models.db_clock import db_now_ms
from kz_admin.models.sealed import context_of, keyring
from kz_admin.models.session import changed_rows, reading, writing
from kz_admin.providers import PROVIDERS, oauth
from kz_admin.providers.base import Provider
from kz_admin.providers.oauth import Endpoints, Grant
from kz_admin.services import alerts, expiry, holds, installation, mails

log = logs.get(__name__)

LEASE_LASTS = clock.MINUTE
PREVIOUS_KEPT = 26 * clock.HOUR  # Intuit: the value before may live for a day
KEEP_ALIVE = 7 * clock.DAY
RETRY_IN = 15 * clock.MINUTE
LOSERS_WAIT_S, LOSERS_CLAIM_EVERY_S = 25.0, 2.0
LOSERS_LOOK_EVERY_S, LOSERS_LOOK_AT_LEAST_EVERY_S = 0.05, 0.4
STORED_WITHIN_S, STORE_AGAIN_EVERY_S = 30.0, 0.25
RECONNECT = alerts.RECONNECT


class NoAccess(Refused):
    """The connection is gone, paused by an operator, or needs a new consent. Nothing was called."""


class Unavailable(Refused):
    """The provider does not give tokens right now. Says nothing about the connection: try again later."""


@dataclass(frozen=True)
class _Claim:
    """The right to refresh: which row, as whom, with what."""

    connection_id: UUID
    holder: str
    version: int
    refresh: str
    previous: str | None


def refresh(connection: Connection) -> Connection:
    """Win and refresh, or wait for whoever won; returns the row with a newer token."""
    # Asked for before the claim: the lease is made for two token calls and a commit.
    place = endpoints(PROVIDERS[connection.provider], Environment(connection.key_pair))
    deadline = clock.monotonic() + LOSERS_WAIT_S
    while clock.monotonic() < deadline:
        claim = _claim(connection)
        if claim:
            with interruptions.deferred():
                return _refresh_as_winner(connection, claim, place)
        latest = _what_the_winner_got(connection)
        if latest:
            return latest
    raise Unavailable("Access is being renewed and takes unusually long.")


def _what_the_winner_got(connection: Connection) -> Connection | None:
    """The newer row. None when there is none yet, and it is time to see whether the winner still lives."""
    pause, deadline = LOSERS_LOOK_EVERY_S, clock.monotonic() + LOSERS_CLAIM_EVERY_S
    while clock.monotonic() < deadline:
        latest = usable(connection.id)
        if latest.token_version != connection.token_version:
            return latest
        if latest.refresh_holder is None:  # it asked in vain: fifty others asking as well would not help
            raise Unavailable(f"{PROVIDERS[connection.provider].label} gives no access right now.")
        clock.idle(threading.Event(), pause)
        pause = min(pause * 2, LOSERS_LOOK_AT_LEAST_EVERY_S)
    return None


def usable(connection_id: UUID) -> Connection:
    with reading() as session:
        connection = session.get(Connection, connection_id)
    if connection is None or connection.as_state not in USABLE:
        raise NoAccess("This connection is not usable now.")
    installation.refuse_copy()
    return connection


def needs_reconnect(connection: Connection, *still: ColumnElement[bool]) -> bool:
    """Stop calling, keep everything that waits, and tell the admins once."""
    label = PROVIDERS[connection.provider].label
    sentence = f"{label} token expired. Reconnect {connection.company_name}; nothing that waits is lost."
    with writing() as session:
        marked = changed_rows(
            session,
            update(Connection)
            .where(Connection.id == connection.id, Connection.state.in_(USABLE), *still)
            .values(
                state=State.NEEDS_RECONNECT.value,
                state_since=clock.now_ms(),
                state_reason=f"{label} token expired",
                refresh_holder=None,
                refresh_until=None,
                version=Connection.version + 1,
            ),
        )
        if marked:
            holds.follow_state(session, connection.id, State.NEEDS_RECONNECT)
            alerts.raise_alert(
                session, connection.tenant_id, RECONNECT, connection.id, sentence, connection_id=connection.id
            )
    if marked:
        mails.hurry()
    return bool(marked)


def lifetimes(grant: Grant) -> dict[str, int | None]:
    now = clock.now_ms()
    lasts = grant.consent_lasts_s
    return {
        "access_expires_at": now + grant.access_lasts_s * clock.SECOND,
        "refresh_expires_at": now + grant.refresh_lasts_s * clock.SECOND,
        "consent_expires_at": None if lasts is None else now + lasts * clock.SECOND,
        "refreshed_at": now,
        "refresh_due_at": now + KEEP_ALIVE,
    }


def endpoints(provider: Provider, environment: Environment) -> Endpoints:
    try:
        return oauth.endpoints(
            provider.dialect,
            provider.addresses(config.current(), environment),
            usual_discovery=provider.usual_discovery[environment],
        )
    except GrantUnavailable:
        raise Unavailable(f"{provider.label} is not answering.") from None


def adopt(connection: Connection, grant: Grant) -> None:
    """Store tokens of this connection's grant that came by another way than a refresh, under the same lease."""
    deadline = clock.monotonic() + LOSERS_WAIT_S
    latest = connection
    while clock.monotonic() < deadline:
        claim = _claim(latest)
        if claim:
            _store(claim, grant)
            return
        clock.idle(threading.Event(), LOSERS_LOOK_EVERY_S)
        latest = usable(connection.id)
    log.warning("grant_not_adopted", connection_id=str(connection.id))


def _claim(connection: Connection) -> _Claim | None:
    """One conditional update picks the winner and proves that the database takes writes."""
    holder = crypto.token(size=12)
    free = or_(Connection.refresh_until.is_(None), Connection.refresh_until < db_now_ms())
    with writing() as session:
        won = changed_rows(
            session,
            update(Connection)
            .where(
                Connection.id == connection.id,
                Connection.token_version == connection.token_version,
                Connection.state.in_(USABLE),
                free,
            )
            .values(refresh_holder=holder, refresh_until=db_now_ms() + LEASE_LASTS, refresh_started_at=db_now_ms()),
        )
        if won != 1:
            return None
        row = session.get_one(Connection, connection.id)
        previous = row.previous_refresh if (row.previous_until or 0) > clock.now_ms() else None
        return _Claim(row.id, holder, row.token_version, row.refresh or "", previous)


def _refresh_as_winner(connection: Connection, claim: _Claim, place: Endpoints) -> Connection:
    provider, pair_of = PROVIDERS[connection.provider], Environment(connection.key_pair)
    try:
        grant, claim = _ask(provider, pair_of, place, claim)
    except GrantEnded as ended:
        return _ended(connection, claim, ended)
    except (AppRefused, GrantUnavailable) as failure:
        _let_go(claim)
        log.warning("refresh_failed", connection_id=str(connection.id), kind=type(failure).__name__)
        raise Unavailable(f"{provider.label} gives no access right now.") from None
    failpoints.reach("refresh.answered")
    _store_at_last(claim, grant)
    failpoints.reach("refresh.stored")
    return usable(connection.id)


def _ask(provider: Provider, environment: Environment, place: Endpoints, claim: _Claim) -> tuple[Grant, _Claim]:
    """Send the stored token; on invalid_grant the one before it, once: the last answer may have been lost.

    The claim comes back holding the token that worked."""
    pair = provider.key_pair(config.current(), environment)
    if pair is None:
        raise AppRefused("no key pair")
    failpoints.reach("refresh.claimed")
    try:
        return oauth.refresh(provider.dialect, place, pair, token=claim.refresh), claim
    except GrantEnded:
        # After a new consent the old tokens stay unsent: a provider may take them for a theft and end the new grant.
        if not claim.previous or claim.previous == claim.refresh or not _is_still_mine(claim):
            raise
        grant = oauth.refresh(provider.dialect, place, pair, token=claim.previous)
        return grant, replace(claim, refresh=claim.previous)


def _is_still_mine(claim: _Claim) -> bool:
    with reading() as session:
        return session.scalar(select(Connection.id).where(*_mine(claim))) is not None


def _store_at_last(claim: _Claim, grant: Grant) -> None:
    """Nobody else has these tokens: a database that refuses for a moment is asked again."""
    deadline = clock.monotonic() + STORED_WITHIN_S
    while True:
        try:
            return _store(claim, grant)
        except DBAPIError as error:
            log.warning("tokens_not_stored_yet", connection_id=str(claim.connection_id), kind=type(error.orig).__name__)
            if clock.monotonic() > deadline:
                raise
        clock.idle(threading.Event(), STORE_AGAIN_EVERY_S)


def _store(claim: _Claim, grant: Grant) -> None:
    """The first act on the answer: one commit, only as the holder of the claim."""

    def sealed(column: str, plain: str) -> str:
        with_context = context_of("connection", column, tenant_id, claim.connection_id)
        return keyring().seal(plain, with_context)

    with writing() as session:
        tenant_id = session.scalar(select(Connection.tenant_id).where(Connection.id == claim.connection_id))
        session.execute(
            update(Connection)
            .where(*_mine(claim))
            .values(
                access_sealed=sealed("access_sealed", grant.access),
                refresh_sealed=sealed("refresh_sealed", grant.refresh),
                previous_refresh_sealed=sealed("previous_refresh_sealed", claim.refresh),
                previous_until=clock.now_ms() + PREVIOUS_KEPT,
                token_version=Connection.token_version + 1,
                refresh_holder=None,
                refresh_until=None,
                **lifetimes(grant),
            ),
        )
        if tenant_id and expiry.is_far(grant):
            alerts.close(session, tenant_id, expiry.CAUSES, claim.connection_id)


def _ended(connection: Connection, claim: _Claim, ended: GrantEnded) -> Connection:
    """Only when the row still holds what was refused: somebody may have reconnected meanwhile."""
    log.warning("grant_ended", connection_id=str(connection.id), code=ended.code)
    if needs_reconnect(connection, *_mine(claim)):
        raise NoAccess(f"{PROVIDERS[connection.provider].label} token expired.")
    return usable(connection.id)


def _let_go(claim: _Claim) -> None:
    with writing() as session:
        session.execute(
            update(Connection)
            .where(*_mine(claim))
            .values(refresh_holder=None, refresh_until=None, refresh_due_at=clock.now_ms() + RETRY_IN)
        )


def _mine(claim: _Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        Connection.id == claim.connection_id,
        Connection.refresh_holder == claim.holder,
        Connection.token_version == claim.version,
    )
