"""Records whose turn came and whose company said nothing useful: nothing was written, they go again later."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update

from kz_admin import clock
from kz_admin.domain.problems import ProviderFailure, Rejected, SlowDown
from kz_admin.domain.status import SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.session import writing
from kz_admin.providers import label_of
from kz_admin.services.push import fates, refusals, results, silence, slots
from kz_admin.services.push.lease import Lease


def postpone(lease: Lease, record_ids: Sequence[UUID], failure: Exception) -> None:
    """A look-up before building failed."""
    if isinstance(failure, SlowDown):
        keep_silence(lease, slots.throttled(lease, failure))
    with writing() as session:
        for row in results.locked(session, record_ids).values():
            # Only an answer clears them; for want of pace or of access nothing of them was tried.
            row.kills = 0 if isinstance(failure, ProviderFailure) else max(row.kills - 1, 0)
            if row.as_state is not SyncState.DUE:
                continue  # held or laid aside meanwhile
            if isinstance(failure, SlowDown):
                fates.slow_down(row, failure)
            elif isinstance(failure, Rejected):
                fates.fail(row, refusals.not_understood(label_of(lease.connection.provider), failure))
            elif silence.is_silence(failure):
                fates.put_off(lease.connection, row)


def ask_later(lease: Lease, record_ids: Sequence[UUID], failure: ProviderFailure) -> None:
    """They do not tell right now what became of a call. That is trouble of the documents only when others go over
    meanwhile, and never when they asked for silence."""
    if isinstance(failure, SlowDown):
        keep_silence(lease, slots.throttled(lease, failure))
    with writing() as session:
        for row in results.locked(session, record_ids).values():
            if isinstance(failure, SlowDown):
                row.kills, row.due_at = 0, clock.now_ms() + failure.retry_after_s * clock.SECOND
            else:
                fates.ask_again_later(lease.connection, row)


def keep_silence(lease: Lease, until: int) -> None:
    """Pages say until when this company is left alone, and the clock does not ring before."""
    with writing() as session:
        session.execute(update(Connection).where(Connection.id == lease.connection.id).values(throttled_until=until))
