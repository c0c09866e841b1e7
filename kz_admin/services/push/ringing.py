"""The clock's look for work nobody rang for: lost bells, waits that are over, leases of dead workers."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, or_, select

from kz_admin import clock
from kz_admin.domain.connection import State
from kz_admin.domain.status import IN_FLIGHT, Hold, Lane, SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.db_clock import db_now_ms
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import holds
from kz_admin.services.push import drain, picking, waking

AT_ONCE = 500  # connections a look; the next one is 15 s away


class NobodyHeardError(Exception):
    """Redis is away; the next look rings again."""


def ring_due() -> None:
    """Ring once for each connection and lane in which something can be done now."""
    _release_plans()
    if not all(drain.ring(connection_id, lane) for connection_id, lane in sorted(_due(), key=str)):
        raise NobodyHeardError


def _due() -> set[tuple[UUID, Lane]]:
    now = clock.now_ms()
    in_peace = or_(Connection.throttled_until.is_(None), Connection.throttled_until <= now)
    speaks = and_(Connection.silent_since.is_(None), picking.workable(now), in_peace)
    # A company that does not answer: one call tries whether it does again, however long its records were put off.
    probe = and_(
        Connection.silent_since.is_not(None),
        Connection.probe_at <= now,
        SyncRecord.state.in_([SyncState.DUE.value, *(state.value for state in IN_FLIGHT)]),
    )
    query = (
        select(SyncRecord.connection_id, SyncRecord.lane)
        .join(Connection, Connection.id == SyncRecord.connection_id)
        .where(
            Connection.state == State.CONNECTED.value,
            or_(Connection.push_until.is_(None), Connection.push_until < db_now_ms()),
        )
        .distinct()
        .limit(AT_ONCE)
    )
    with reading() as session:
        found = session.execute(query.where(or_(speaks, probe))).all()
        asleep = query.where(waking.left_asleep(), Connection.silent_since.is_(None), in_peace)
        return {(connection_id, Lane(lane)) for connection_id, lane in (*found, *session.execute(asleep))}


def _release_plans() -> None:
    """A plan may have been upgraded since."""
    held = (SyncRecord.state == SyncState.HELD.value, SyncRecord.reason == Hold.PLAN.value)
    query = select(Connection).where(Connection.id.in_(select(SyncRecord.connection_id).where(*held).distinct()))
    with reading() as session:
        connections = session.scalars(query).all()
    for connection in connections:
        holds.by_plan(connection)
