"""When they do not answer: the breaker of one company (reliability.md 2.6).

While it is open nothing is started but one probe every 30 s, and no try counts against a document. It opens when half
of twenty calls in a minute fail, or when one document failed four times and nothing went over meanwhile.
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from kz_admin import logs
from kz_admin.domain.problems import NotReached, OutcomeUnknown, ProviderFailure, SlowDown
from kz_admin.domain.status import SyncState
from kz_admin.models.call import Attempt, Call
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading, writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import pace
from kz_admin.services.pace import NoPace
from kz_admin.services.push.lease import PROBE_EVERY, QUIET, Lease

log = logs.get(__name__)

TRIES_IN_VAIN = 4


def answered(lease: Lease, took_ms: int) -> None:
    """They said something sensible, if only a refusal."""
    with suppress(NoPace):
        pace.outcome(lease.connection, lease.now_ms(), True, took_ms)
    if lease.connection.silent_since is not None:
        _end(lease)


def failed(lease: Lease, took_ms: int) -> None:
    """A time-out, a reset, a 5xx, or nobody there."""
    opened = False
    with suppress(NoPace):
        change = pace.outcome(lease.connection, lease.now_ms(), False, took_ms)
        opened = change is not None and change.opened
    if lease.connection.silent_since is not None or opened or _in_vain(lease.connection):
        _begin(lease)


def is_silence(failure: BaseException) -> bool:
    return isinstance(failure, OutcomeUnknown | NotReached) and not isinstance(failure, SlowDown)


def note(lease: Lease, failure: ProviderFailure) -> None:
    if is_silence(failure):
        failed(lease, 0)


def _begin(lease: Lease) -> None:
    now = lease.now_ms()
    since = lease.connection.silent_since or now
    with writing() as session:
        _store(session, lease, since, now + PROBE_EVERY)
    if lease.connection.silent_since is None:
        log.warning("provider_silent", connection_id=str(lease.connection.id))
    lease.connection.silent_since = since


def _end(lease: Lease) -> None:
    """They answer again: what was put off goes now, what is unknown as soon as its quiet time is over."""
    now = lease.now_ms()
    with writing() as session:
        _store(session, lease, None, None)
        session.execute(
            update(SyncRecord)
            .where(
                SyncRecord.connection_id == lease.connection.id,
                SyncRecord.state == SyncState.DUE.value,
                SyncRecord.tries > 0,
                SyncRecord.due_at > now,
            )
            .values(due_at=now)
            .execution_options(synchronize_session=False)
        )
        _bring_unknown_forward(session, lease)
    lease.connection.silent_since = None
    log.info("provider_answers_again", connection_id=str(lease.connection.id))


def _bring_unknown_forward(session: Session, lease: Lease) -> None:
    sent_at = (
        select(func.max(Call.last_sent_at) + QUIET)
        .join(Attempt, Attempt.call_id == Call.id)
        .where(Attempt.sync_record_id == SyncRecord.id, Attempt.closed_at.is_(None))
        .scalar_subquery()
    )
    session.execute(
        update(SyncRecord)
        .where(SyncRecord.connection_id == lease.connection.id, SyncRecord.state == SyncState.UNKNOWN.value)
        .values(due_at=func.coalesce(sent_at, SyncRecord.due_at))
        .execution_options(synchronize_session=False)
    )


def _store(session: Session, lease: Lease, since: int | None, probe_at: int | None) -> None:
    session.execute(
        update(Connection)
        .where(Connection.id == lease.connection.id, Connection.fence == lease.fence)
        .values(silent_since=since, probe_at=probe_at)
    )


def _in_vain(connection: Connection) -> bool:
    """Something has failed again and again, and nothing has gone over since it began to."""
    success = connection.last_success_at or 0
    query = select(SyncRecord.id).where(
        SyncRecord.connection_id == connection.id,
        SyncRecord.state.in_([SyncState.DUE.value, SyncState.UNKNOWN.value]),
        SyncRecord.tries >= TRIES_IN_VAIN,
        or_(SyncRecord.failing_since.is_(None), SyncRecord.failing_since > success),
    )
    with reading() as session:
        return session.scalar(query.limit(1)) is not None
