"""The end of a connection, and its fresh start.

Disconnect (decision C05): the state `disconnecting` is committed first, so no job uses the tokens from there on; then
the provider has three seconds to confirm; then, whatever came back, all tokens are deleted. A crash in between is
finished by the clock. Reset (decision C06): tokens refreshed, mappings kept, and what exists is frozen.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import select

from kz_admin import clock, config, failpoints, logs
from kz_admin.crypto import CannotOpen
from kz_admin.domain.connection import Environment, State
from kz_admin.domain.failures import Conflict, NotFound
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading, writing
from kz_admin.providers import PROVIDERS, oauth
from kz_admin.services import alerts, audit, connections, holds, installation, outbox, refresh, tokens
from kz_admin.services.audit import Actor

log = logs.get(__name__)

REVOKE_TIMEOUT_S = 3.0
ABANDONED_AFTER = 10 * clock.SECOND


@dataclass(frozen=True)
class Ended:
    """What the person is told: whether the provider confirmed, and how to remove the app there."""

    company_name: str
    label: str
    confirmed: bool
    remove_app: str


def disconnect(tenant_id: UUID, provider_key: str, actor: Actor) -> Ended:
    installation.refuse_copy()  # a revoke from here would end the original's access
    with writing() as session:
        connection = connections.live_in(session, tenant_id)
        if connection is None or connection.provider != provider_key:
            raise Conflict(f"{connections.provider_of(provider_key).label} is disconnected already.")
        if connection.as_state is not State.DISCONNECTING:
            connections.move(connection, State.DISCONNECTING)
        subject = ("connection", connection.id, connection.company_name)
        audit.record(session, actor, "connection.disconnected", subject, tenant_id=tenant_id)
    failpoints.reach("disconnect.committed")
    return _finish(connection)


def finish_abandoned() -> int:
    """Complete the disconnects whose process died half-way; the clock calls this."""
    with reading() as session:
        left = session.scalars(
            select(Connection).where(
                Connection.state == State.DISCONNECTING.value,
                Connection.state_since < clock.now_ms() - ABANDONED_AFTER,
            )
        ).all()
    return sum(_finished(connection) for connection in left)


def _finished(connection: Connection) -> bool:
    try:
        _finish(connection)
    except KeyError as problem:  # a provider this version does not know holds up no other connection
        log.warning("disconnect_not_finished", connection_id=str(connection.id), kind=type(problem).__name__)
        return False
    return True


def reset(tenant_id: UUID, provider_key: str, actor: Actor) -> Connection:
    """Refresh the access first: a reset that cannot reach the company changes nothing."""
    connection = connections.live_of(tenant_id, provider_key)
    tokens.refresh_now(connection.id)
    with writing() as session:
        row = session.get_one(Connection, connection.id)
        before, row.reset_at = row.reset_at, clock.now_ms()
        holds.freeze(session, row.id)
        subject = ("connection", row.id, row.company_name)
        audit.record(
            session,
            actor,
            "connection.reset",
            subject,
            tenant_id=tenant_id,
            before={"reset_at": before},
            after={"reset_at": row.reset_at},
        )
    return row


def pause(tenant_id: UUID, provider_key: str, actor: Actor) -> None:
    _switch(tenant_id, provider_key, actor, State.CONNECTED, State.PAUSED, "connection.paused")


def resume(tenant_id: UUID, provider_key: str, actor: Actor) -> None:
    _switch(tenant_id, provider_key, actor, State.PAUSED, State.CONNECTED, "connection.resumed")


def _switch(tenant_id: UUID, provider_key: str, actor: Actor, before: State, after: State, action: str) -> None:
    """Between these two states only: no click makes a connection without access look alive."""
    label = connections.provider_of(provider_key).label
    with writing() as session:
        connection = connections.live_in(session, tenant_id)
        if connection is None or connection.provider != provider_key:
            raise NotFound(f"{label} is not connected.")
        if connection.as_state is after:
            return
        if connection.as_state is not before:
            raise Conflict(f"{label} needs a new consent or is being disconnected. Nothing was changed.")
        connections.move(connection, after)
        subject = ("connection", connection.id, connection.company_name)
        audit.record(session, actor, action, subject, tenant_id=tenant_id)
    if after is State.CONNECTED:
        outbox.ring(connection.id)  # what was held is due again


def _finish(connection: Connection) -> Ended:
    confirmed = _revoked_in_time(connection.id)
    failpoints.reach("disconnect.revoked")
    with writing() as session:
        # Locked: a refresh that ends at this moment must not leave its tokens behind.
        row = session.get_one(Connection, connection.id, with_for_update=True)
        if row.as_state is State.DISCONNECTING:
            tokens.wipe(row)
            row.revoke_confirmed = confirmed
            connections.move(row, State.DISCONNECTED)
            alerts.close_all_of(session, row.id)
    provider = PROVIDERS[connection.provider]
    return Ended(connection.company_name, provider.label, confirmed, provider.remove_app)


def _revoked_in_time(connection_id: UUID) -> bool:
    """Whether the provider said yes within three seconds, all in all: looking up its address counts as well."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a thread needs the app itself
    said: list[bool] = []

    def ask() -> None:
        with app.app_context():
            said.append(_revoke(connection_id))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(REVOKE_TIMEOUT_S)
    return said == [True]


def _revoke(connection_id: UUID) -> bool:
    """Ask the provider to forget the grant; a slow or failing one does not keep the tokens alive here."""
    connection = _after_the_refresh(connection_id)
    provider, environment = PROVIDERS[connection.provider], Environment(connection.key_pair)
    pair = provider.key_pair(config.current(), environment)
    if pair is None or installation.is_copy():
        return False
    try:
        token, endpoints = connection.refresh, refresh.endpoints(provider, environment)
    except (refresh.Unavailable, CannotOpen) as problem:
        log.warning("revoke_unconfirmed", connection_id=str(connection.id), kind=type(problem).__name__)
        return False
    if not token:
        return False
    return oauth.revoke(provider.dialect, endpoints, pair, token=token, timeout_s=REVOKE_TIMEOUT_S)


def _after_the_refresh(connection_id: UUID) -> Connection:
    """The row once no refresh is under way: revoking the token before would not end what the refresh brings."""
    deadline = clock.monotonic() + REVOKE_TIMEOUT_S / 2
    while True:
        with reading() as session:
            connection = session.get_one(Connection, connection_id)
        if connection.refresh_holder is None or clock.monotonic() > deadline:
            return connection
        clock.idle(threading.Event(), 0.05)
