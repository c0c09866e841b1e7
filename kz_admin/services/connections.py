"""A tenant's connections as rows: find, move between states, count what hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, object_session

from kz_admin import clock
from kz_admin.domain.connection import LIVE, State, may_move
from kz_admin.domain.failures import NotFound
from kz_admin.domain.status import STUCK, WAITING, SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.providers.base import Provider
from kz_admin.services import holds, options


@dataclass(frozen=True)
class Counts:
    """What hangs on a connection: documents that wait, that failed and that are over there, and choices."""

    waiting: int = 0
    failed: int = 0
    sent: int = 0
    mappings: int = 0


def provider_of(key: str) -> Provider:
    provider = PROVIDERS.get(key)
    if provider is None:
        raise NotFound
    return provider


def live(tenant_id: UUID) -> Connection | None:
    """The tenant's one live connection, whichever provider it belongs to."""
    with reading() as session:
        return live_in(session, tenant_id)


def live_in(session: Session, tenant_id: UUID) -> Connection | None:
    return session.scalar(select(Connection).where(Connection.tenant_id == tenant_id, Connection.state.in_(LIVE)))


def live_of(tenant_id: UUID, provider: str) -> Connection:
    """The live connection to this provider, or NotFound."""
    found = live(tenant_id)
    if found is None or found.provider != provider:
        raise NotFound(f"{provider_of(provider).label} is not connected.")
    return found


def latest_of(tenant_id: UUID, provider: str) -> Connection | None:
    """The live connection to this provider, else the one that ended last: what the card shows."""
    query = select(Connection).where(Connection.tenant_id == tenant_id, Connection.provider == provider)
    with reading() as session:
        found: Sequence[Connection] = session.scalars(query.order_by(Connection.state_since.desc())).all()
    return next((row for row in found if row.is_live), found[0] if found else None)


def move(connection: Connection, state: State, reason: str | None = None) -> None:
    """Change the state inside the caller's writing transaction; what waits is held, set free or laid aside with it."""
    if not may_move(connection.as_state, state):
        raise RuntimeError(f"a connection does not go from {connection.state} to {state.value}")
    connection.state, connection.state_reason, connection.state_since = state.value, reason, clock.now_ms()
    session = object_session(connection)
    if session is not None:  # a new connection has nothing that waits
        holds.follow_state(session, connection.id, state)


def counts(connection: Connection) -> Counts:
    """The one function behind the card's numbers and the confirmations'."""
    by_state = select(SyncRecord.state, func.count(), func.count(SyncRecord.remote_id))
    with reading() as session:
        rows = session.execute(by_state.where(SyncRecord.connection_id == connection.id).group_by(SyncRecord.state))
        found = {SyncState(state): (count, there) for state, count, there in rows}
    return Counts(
        waiting=sum(found[state][0] for state in WAITING & found.keys()),
        failed=sum(found[state][0] for state in STUCK & found.keys()),
        sent=sum(there for _, there in found.values()),
        mappings=options.count_mappings(connection.id),
    )
