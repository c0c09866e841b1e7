"""A tenant's connections as rows: find, move between states, count what hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, TextClause, func, select
from sqlalchemy.orm import Session, object_session

from kz_admin import clock
from kz_admin.domain.connection import LIVE, State, may_move
from kz_admin.domain.failures import NotFound
from kz_admin.domain.kinds import Kind
from kz_admin.domain.status import STUCK, WAITING
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading
from kz_admin.models.sync_record import ONE_TO_ONE, SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.providers.base import Provider
from kz_admin.services import holds, options

COUNTED_AT_MOST = 2_000


@dataclass(frozen=True)
class Counts:
    """What hangs on a connection: documents that wait and that failed, invoices over there, and choices.

    None but the choices is counted further than COUNTED_AT_MOST + 1.
    """

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


def live_label(tenant_id: UUID) -> str:
    """What the live connection leads to, in words; empty without one."""
    query = select(Connection.provider).where(Connection.tenant_id == tenant_id, Connection.state.in_(LIVE))
    with reading() as session:
        key = session.scalar(query)
    return PROVIDERS[key].label if key in PROVIDERS and PROVIDERS[key].pushers else ""


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
    """The one function behind the card's numbers and the confirmations': from indexes alone, whatever the size."""
    waiting, failed = ([state.value for state in states] for states in (WAITING, STUCK))
    query = select(
        _counted(connection, SyncRecord.state.in_(waiting)),
        _counted(connection, SyncRecord.state.in_(failed)),
        _counted(connection, ONE_TO_ONE, SyncRecord.kind == Kind.INVOICE.value, SyncRecord.part == ""),
    )
    with reading() as session:
        found = session.execute(query).one()
    return Counts(found[0], found[1], found[2], options.count_mappings(connection.id))


def _counted(connection: Connection, *conditions: ColumnElement[bool] | TextClause) -> ScalarSelect[int]:
    """How many of its records, counting no further than one more than is shown."""
    some = select(SyncRecord.connection_id).where(SyncRecord.connection_id == connection.id, *conditions)
    return select(func.count()).select_from(some.limit(COUNTED_AT_MOST + 1).subquery()).scalar_subquery()
