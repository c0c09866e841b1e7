"""The look for what nobody planned: what came past the outbox, and what changed settings laid aside.

sweep()         all there is, or what changed since a moment; the clock does both
sweep_recent()  four times a minute
plan_again()    after the settings of a connection changed
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, or_, select

from kz_admin import clock
from kz_admin.domain.connection import LIVE
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import Lane, SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document, document_models
from kz_admin.models.session import reading, writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services import outbox, settings

AT_A_TIME = 200
# A change is planned in its own transaction; longer than this none takes to be seen.
RECENT = 15 * clock.MINUTE


def sweep(connection_id: UUID | None = None, *, since: int = 0) -> int:
    """Plan what nobody planned, on one or on all live connections; of all documents or of those changed since a moment.

    Returns how many were planned. Looking at all of them costs seconds where there are a million."""
    query = select(Connection).where(Connection.state.in_([state.value for state in LIVE]))
    with reading() as session:
        connections = session.scalars(query.where(Connection.id == connection_id) if connection_id else query).all()
    return sum(_sweep_one(connection, since) for connection in connections)


def sweep_recent() -> int:
    return sweep(since=clock.now_ms() - RECENT)


def _sweep_one(connection: Connection, since: int) -> int:
    planned = 0
    models = document_models()
    for kind, model in ((kind, models[kind]) for kind in Kind if kind in models):
        before: list[UUID] = []
        while (ids := _unplanned(connection, kind, model, since)) and ids != before:
            planned, before = planned + _plan_these(connection, model, ids), ids
    return planned


def plan_again(connection_id: UUID) -> None:
    """What was laid aside when the settings changed; should this be lost, the full sweep finds it."""
    with reading() as session:
        connection = session.get_one(Connection, connection_id)
    models = document_models()
    for kind, model in ((kind, models[kind]) for kind in Kind if kind in models):
        before: list[UUID] = []
        while (ids := _laid_aside(connection, kind)) and ids != before:
            _plan_these(connection, model, ids)
            before = ids


def _laid_aside(connection: Connection, kind: Kind) -> list[UUID]:
    query = select(SyncRecord.local_id).where(
        SyncRecord.connection_id == connection.id,
        SyncRecord.state == SyncState.IDLE.value,
        SyncRecord.kind == kind.value,
        SyncRecord.planned_revision == 0,
        SyncRecord.reason == Reason.BEFORE_CHANGE.value,
    )
    with reading() as session:
        return list(session.scalars(query.order_by(SyncRecord.id).limit(AT_A_TIME)))


def _plan_these(connection: Connection, model: type[Document], ids: list[UUID]) -> int:
    with writing() as session:
        planner = outbox.planner_of(session, connection.tenant_id)
        if planner is None or planner.connection.id != connection.id:
            return 0  # ended meanwhile
        planner.lane = Lane.BULK
        outbox.plan_all(session, list(session.scalars(select(model).where(model.id.in_(ids)))))
    return len(ids)


def _unplanned(connection: Connection, kind: Kind, model: type[Document], since: int) -> list[UUID]:
    """Changed since the rules saw it; or never seen, and changed since the start date, as long as that is no backlog.

    Clients, projects, services and vendors without a record are not sought: they go along with what needs them.
    A kind that an earlier version could not send is looked at again once it can.
    """
    here = and_(
        SyncRecord.connection_id == connection.id, SyncRecord.kind == kind.value, SyncRecord.local_id == model.id
    )
    lagging = model.revision > SyncRecord.planned_revision
    if kind in PROVIDERS[connection.provider].pushers:
        lagging = or_(lagging, SyncRecord.reason == Reason.NOT_YET.value)
    if kind not in NEVER_FROZEN and connection.start_at is not None:
        began = max(connection.start_at, settings.of(connection).backlog_until)
        lagging = or_(lagging, and_(SyncRecord.id.is_(None), model.changed_at >= began))
    mine = (model.tenant_id == connection.tenant_id, model.changed_at >= since)
    query = select(model.id).outerjoin(SyncRecord, here).where(*mine, lagging)
    with reading() as session:
        return list(session.scalars(query.order_by(model.changed_at, model.id).limit(AT_A_TIME)))
