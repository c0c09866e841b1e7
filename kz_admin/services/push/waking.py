"""Records that wait for a partner are looked at again as soon as that one is settled, either way."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import Session, aliased

from kz_admin import clock
from kz_admin.domain.status import STUCK, WAITING, SyncState
from kz_admin.models.session import writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import record_states


def wake(connection_id: UUID, partner_ids: Sequence[UUID]) -> None:
    """In a transaction of its own, after the results: rows are locked in few places at a time."""
    if not partner_ids:
        return
    with writing() as session:
        _wake_due(session, connection_id, partner_ids)
        _wake_failed(session, partner_ids)


def left_asleep() -> ColumnElement[bool]:
    """Its partner is settled, and a crash came before the wake: whoever drains the connection next wakes it."""
    partner = aliased(SyncRecord)
    settled = partner.state.not_in([state.value for state in WAITING])
    is_settled = exists().where(partner.id == SyncRecord.waits_for_id, settled)
    return and_(SyncRecord.state == SyncState.DUE.value, SyncRecord.waits_for_id.is_not(None), is_settled)


def wake_all(connection_id: UUID) -> None:
    """What a crash between a result and its wake left asleep."""
    partner = aliased(SyncRecord)
    there = partner.remote_id.is_not(None) & ~partner.removes  # who waits for a removal waits until it is gone
    settled = partner.state.not_in([state.value for state in WAITING]) | there
    with writing() as session:
        ids = session.scalars(
            select(partner.id)
            .join(SyncRecord, SyncRecord.waits_for_id == partner.id)
            .where(SyncRecord.connection_id == connection_id, settled)
            .distinct()
        ).all()
        if ids:
            _wake_due(session, connection_id, ids)
            _wake_failed(session, ids)


def _wake_due(session: Session, connection_id: UUID, partner_ids: Sequence[UUID]) -> None:
    session.execute(
        update(SyncRecord)
        .where(
            SyncRecord.connection_id == connection_id,
            SyncRecord.waits_for_id.in_(partner_ids),
            SyncRecord.state == SyncState.DUE.value,
        )
        .values(waits_for_id=None, due_at=clock.now_ms())
        .execution_options(synchronize_session=False)
    )


def _wake_failed(session: Session, partner_ids: Sequence[UUID]) -> None:
    """They failed only because their partner had: it is over there now, or goes again."""
    partner = aliased(SyncRecord)
    query = (
        select(SyncRecord)
        .join(partner, partner.id == SyncRecord.waits_for_id)
        .where(
            SyncRecord.waits_for_id.in_(partner_ids),
            SyncRecord.state == SyncState.FAILED.value,
            partner.remote_id.is_not(None),
            ~partner.removes | partner.state.not_in([state.value for state in STUCK]),
        )
        .order_by(SyncRecord.id)
    )
    for record in session.scalars(query.with_for_update(of=SyncRecord)):
        record.waits_for_id = None
        record_states.move(record, SyncState.DUE, due_at=clock.now_ms())
