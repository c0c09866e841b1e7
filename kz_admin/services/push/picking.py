"""What goes next on a connection: interactive first, wave by wave, one call's worth at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from kz_admin.domain import waves
from kz_admin.domain.kinds import REMOVAL_ORDER, Kind
from kz_admin.domain.status import IN_FLIGHT, TIMED, Lane, SyncState
from kz_admin.domain.waves import Wave
from kz_admin.models.sync_record import SyncRecord

# What one turn of an interactive worker takes: a burst of more is a backlog, and goes on in the bulk lane's turns.
INTERACTIVE_AT_MOST = 30


@dataclass(frozen=True)
class Chunk:
    """The records of one call."""

    wave: Wave
    lane: Lane
    ids: tuple[UUID, ...]
    suspect: bool = False  # it may be what killed a worker: nothing is under way beside it


def next_chunk(
    session: Session,
    connection_id: UUID,
    kinds: Collection[Kind],
    now: int | None,
    at_most: int,
    *,
    under_way: Wave | None,
) -> Chunk | None:
    """`under_way` is the wave of bulk calls still in flight: the next wave of the same lane waits for their end.

    Without `now` it does not matter how long a record was put off: a probe takes what there is."""
    for lane in (Lane.INTERACTIVE, Lane.BULK):
        ready = _ready(connection_id, kinds, now, lane)
        due = _counts(session, ready)
        wave = waves.first(due)
        if wave is None:
            continue
        if lane is Lane.BULK and under_way is not None and under_way != wave:
            return None
        size = waves.together(wave, due, at_most)
        in_wave = and_(ready, SyncRecord.kind.in_(_values(wave.kinds)), _travels_in(wave))
        if suspect := session.scalar(_oldest(in_wave).where(SyncRecord.kills > 0).limit(1)):
            return Chunk(wave, lane, (suspect,), suspect=True)
        if found := tuple(session.scalars(_oldest(in_wave).limit(size))):
            return Chunk(wave, lane, found)
    return None


def anything(session: Session, connection_id: UUID, kinds: Collection[Kind], now: int) -> set[Lane]:
    """The lanes in which something can be done now."""
    query = (
        select(SyncRecord.lane)
        .where(SyncRecord.connection_id == connection_id, workable(now), SyncRecord.kind.in_(_values(kinds)))
        .distinct()
    )
    return {Lane(lane) for lane in session.scalars(query)}


def workable(now: int) -> ColumnElement[bool]:
    """Due, or held back only until a moment that has come, or of unknown outcome with its quiet time over.

    One that is still sent by then lost its worker: whoever takes the lease next finds out what became of it."""
    at_hand = and_(SyncRecord.state == SyncState.DUE.value, SyncRecord.waits_for_id.is_(None))
    timed = and_(SyncRecord.state == SyncState.HELD.value, SyncRecord.reason.in_([why.value for why in TIMED]))
    in_flight = SyncRecord.state.in_([state.value for state in IN_FLIGHT])
    looked_at_again = SyncRecord.state == SyncState.DONE.value  # only what is watched has a moment (watching.py)
    return and_(or_(at_hand, timed, in_flight, looked_at_again), SyncRecord.due_at <= now)


def _ready(connection_id: UUID, kinds: Collection[Kind], now: int | None, lane: Lane) -> ColumnElement[bool]:
    in_time = SyncRecord.due_at <= now if now is not None else SyncRecord.due_at.is_not(None)
    return and_(
        SyncRecord.connection_id == connection_id,
        SyncRecord.state == SyncState.DUE.value,
        SyncRecord.waits_for_id.is_(None),
        in_time,
        SyncRecord.lane == lane.value,
        SyncRecord.kind.in_(_values(kinds)),
    )


def _counts(session: Session, ready: ColumnElement[bool]) -> dict[tuple[Kind, bool], int]:
    query = select(SyncRecord.kind, SyncRecord.removes, func.count()).where(ready)
    rows = session.execute(query.group_by(SyncRecord.kind, SyncRecord.removes))
    return {(Kind(kind), removes): count for kind, removes, count in rows}


def _oldest(condition: ColumnElement[bool]) -> Select[UUID]:
    return select(SyncRecord.id).where(condition).order_by(SyncRecord.due_at, SyncRecord.id)


def _travels_in(wave: Wave) -> ColumnElement[bool]:
    """A removal of a kind that cannot be removed over there travels with the changes of its kind."""
    removal = and_(SyncRecord.removes, SyncRecord.kind.in_(_values(REMOVAL_ORDER)))
    return case((removal, True), else_=False) == wave.removals


def _values(kinds: Collection[Kind]) -> list[str]:
    return [kind.value for kind in kinds]
