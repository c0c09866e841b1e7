"""Partners that were wanted only for what has been left out since: their Problem is nobody's any more.

A client, project, service or vendor goes over because a document needs it. Once no document waits for it, a failure of
it is nothing to mend; it rests, and the next document that needs it wants it anew.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from kz_admin.domain.kinds import NEVER_FROZEN
from kz_admin.domain.status import SyncState
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import retrying
from kz_admin.services.documents.work import Work

AT_REST = (SyncState.IDLE.value, SyncState.DONE.value)


def partners_of(work: Work, waiting: ColumnElement[bool]) -> set[UUID]:
    """What these wait for; ask before they are left out."""
    mine = SyncRecord.tenant_id == work.tenant_id
    query = select(SyncRecord.waits_for_id).where(mine, waiting, SyncRecord.waits_for_id.is_not(None)).distinct()
    return {found for found in work.session.scalars(query) if found is not None}


def rest(work: Work, partners: set[UUID]) -> None:
    """Those that failed, are not over there and are not waited for; then what they waited for themselves."""
    while partners:
        dependent = aliased(SyncRecord)
        waited_for = exists().where(dependent.waits_for_id == SyncRecord.id, dependent.state.not_in(AT_REST))
        needless = and_(
            SyncRecord.tenant_id == work.tenant_id,
            SyncRecord.id.in_(partners),
            SyncRecord.kind.in_([kind.value for kind in NEVER_FROZEN]),
            SyncRecord.state == SyncState.FAILED.value,
            SyncRecord.remote_id.is_(None),
            ~waited_for,
        )
        beyond = partners_of(work, needless)
        moved = retrying.move(
            work, needless, state=SyncState.IDLE.value, reason=None, due_at=None, **retrying.NO_PROBLEM
        )
        partners = beyond if moved else set()
