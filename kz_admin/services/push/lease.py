"""The right to push on one connection, for a while (reliability.md 2.1, step 2).

One conditional update by the database's clock picks the holder and raises the fence. The new holder stamps its fence
on every open Attempt: what an earlier holder still brings back changes no row any more, and what it left as sent is
unknown from now on.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from kz_admin import clock, crypto, failpoints, logs
from kz_admin.domain.connection import State
from kz_admin.domain.status import SyncState
from kz_admin.models.call import Attempt, Call
from kz_admin.models.connection import Connection
from kz_admin.models.db_clock import db_now_ms
from kz_admin.models.session import reading, writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import record_states

log = logs.get(__name__)

LASTS = 60 * clock.SECOND
RENEW_AFTER_S = 15.0
# Longer than anything we sent can still be under way: our time-out, and a little.
QUIET = 130 * clock.SECOND
PROBE_EVERY = 30 * clock.SECOND


class LeaseLost(Exception):
    """Another worker holds the connection, or it must not be used any more. Nothing more is written or sent."""


@dataclass
class Lease:
    connection: Connection
    holder: str
    fence: int
    renewed: float  # monotonic
    renewed_at: int  # the same moment by the database's clock
    probes: bool = False  # they do not answer: one call may try

    def now_ms(self) -> int:
        """By the database's clock, which all workers share; a machine's own may be minutes off."""
        if clock.simulated():
            return clock.now_ms()
        return self.renewed_at + round((clock.monotonic() - self.renewed) * clock.SECOND)

    @property
    def ages(self) -> bool:
        return clock.monotonic() - self.renewed > RENEW_AFTER_S


def take(connection_id: UUID) -> Lease | None:
    """The lease, or None: another worker has it, the connection rests, or it is not time for the next probe."""
    holder = crypto.token(size=12)
    now = db_now_ms()
    free = or_(Connection.push_until.is_(None), Connection.push_until < now)
    may_call = or_(Connection.silent_since.is_(None), Connection.probe_at.is_(None), Connection.probe_at <= now)
    with writing() as session:
        fence = session.scalar(
            update(Connection)
            .where(Connection.id == connection_id, Connection.state == State.CONNECTED.value, free, may_call)
            .values(push_holder=holder, push_until=now + LASTS, fence=Connection.fence + 1)
            .returning(Connection.fence)
        )
        if fence is None:
            return None
        connection = session.get_one(Connection, connection_id, populate_existing=True)
        _stamp(session, connection_id, fence)
    failpoints.reach("push.leased")
    began = (connection.push_until or 0) - LASTS
    return Lease(connection, holder, fence, clock.monotonic(), began, probes=connection.silent_since is not None)


def renew(lease: Lease) -> None:
    with writing() as session:
        confirm(session, lease)


def confirm(session: Session, lease: Lease) -> None:
    """Inside the transaction that is about to commit a write: still ours, still connected; renewed with it."""
    until = session.scalar(
        update(Connection)
        .where(*mine(lease), Connection.state == State.CONNECTED.value)
        .values(push_until=db_now_ms() + LASTS)
        .returning(Connection.push_until)
    )
    if until is None:
        raise LeaseLost(str(lease.connection.id))
    lease.renewed, lease.renewed_at = clock.monotonic(), until - LASTS


def hold_still(session: Session, lease: Lease) -> State:
    """The connection's state until the end of this transaction. Its row is locked before those of its records, as
    everywhere: whoever ends the connection waits for what we write of them, or we see that it has ended."""
    state = select(Connection.state).where(Connection.id == lease.connection.id)
    return State(session.scalars(state.with_for_update()).one())


def release(lease: Lease) -> None:
    with writing() as session:
        session.execute(update(Connection).where(*mine(lease)).values(push_holder=None, push_until=None))
    failpoints.reach("push.released")


def mine(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (
        Connection.id == lease.connection.id,
        Connection.push_holder == lease.holder,
        Connection.fence == lease.fence,
    )


def is_free(connection_id: UUID) -> bool:
    with reading() as session:
        query = select(Connection.id).where(
            Connection.id == connection_id, or_(Connection.push_until.is_(None), Connection.push_until < db_now_ms())
        )
        return session.scalar(query) is not None


def _stamp(session: Session, connection_id: UUID, fence: int) -> None:
    """Whatever an earlier holder had under way is ours to find out, after its quiet time."""
    left = session.execute(
        select(Attempt, Call.last_sent_at)
        .join(Call, Call.id == Attempt.call_id)
        .where(Attempt.connection_id == connection_id, Attempt.closed_at.is_(None))
    ).all()
    if not left:
        return
    sent_at = {attempt.sync_record_id: last_sent_at for attempt, last_sent_at in left}
    for attempt, _ in left:
        attempt.fence = fence
        attempt.unknown_since = attempt.unknown_since or clock.now_ms()
    query = select(SyncRecord).where(SyncRecord.id.in_(sent_at), SyncRecord.state == SyncState.SENT.value)
    for record in session.scalars(query.order_by(SyncRecord.id).with_for_update()):
        record_states.move(record, SyncState.UNKNOWN, due_at=sent_at[record.id] + QUIET)
    log.warning("attempts_left_behind", connection_id=str(connection_id), count=len(left))
