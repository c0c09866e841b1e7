"""Shadow mode: everything is planned and previewed, nothing is written (DESIGN section 5).

enter()   what was due rests, and so does what becomes due
leave()   only what is new from now on goes over; what shadow mode kept is offered, and never sent by itself
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain.connection import State
from kz_admin.domain.failures import Conflict, NotFound
from kz_admin.models.connection import Connection
from kz_admin.models.session import writing
from kz_admin.services import audit, connections, holds, settings, unplanned
from kz_admin.services.audit import Actor


def is_on(connection: Connection) -> bool:
    return settings.of(connection).shadow


def enter(tenant_id: UUID, provider_key: str, actor: Actor) -> bool:
    """Whether anything changed: a second click finds it on."""
    with writing() as session:
        connection = _mine(session, tenant_id, provider_key)
        if is_on(connection):
            return False
        connection.settings = replace(settings.of(connection), shadow=True).as_json()
        session.flush()  # the connection before its records, in the order in which everybody locks them
        holds.shadow(session, connection.id)
        _record(session, connection, actor, "connection.shadow_entered", {"shadow": False}, {"shadow": True})
    return True


def leave(tenant_id: UUID, provider_key: str, actor: Actor) -> bool:
    connection = connections.live_of(tenant_id, provider_key)
    if not is_on(connection):
        return False
    unplanned.sweep(connection.id)  # what nobody had planned yet belongs to the time in shadow mode
    with writing() as session:
        connection = _mine(session, tenant_id, provider_key)
        if not is_on(connection):
            return False
        before = {"shadow": True, "start_at": connection.start_at}
        connection.settings = replace(settings.of(connection), shadow=False).as_json()
        connection.start_at = clock.now_ms()
        session.flush()
        holds.offer(session, connection.id)
        after = {"shadow": False, "start_at": connection.start_at}
        _record(session, connection, actor, "connection.shadow_left", before, after)
    return True


def _mine(session: Session, tenant_id: UUID, provider_key: str) -> Connection:
    connection = connections.live_in(session, tenant_id)
    if connection is None or connection.provider != provider_key:
        raise NotFound(f"{connections.provider_of(provider_key).label} is not connected.")
    if connection.as_state is State.DISCONNECTING:
        raise Conflict(f"{connections.provider_of(provider_key).label} is being disconnected. Nothing was changed.")
    return connection


def _record(
    session: Session,
    connection: Connection,
    actor: Actor,
    action: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    subject = ("connection", connection.id, connection.company_name)
    audit.record(session, actor, action, subject, tenant_id=connection.tenant_id, before=before, after=after)
