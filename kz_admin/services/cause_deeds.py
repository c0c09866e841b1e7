"""What people do about a whole cause at once: try everything again, or leave it out with a reason.

However many documents wait for it, what moves is moved in a few statements, as services.holds does it, along the
graph of domain/status.py; the log has an entry for the cause and one for each document that is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select

from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import SyncState
from kz_admin.models.call import Attempt
from kz_admin.models.connection import Connection
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import audit, document_names, needless, outbox, records, retrying
from kz_admin.services.causes import PARTNERS, stuck
from kz_admin.services.documents.work import Work

NAMED_AT_ONCE = 500


def retry_all(work: Work, connection_id: UUID, key: str, headline: str) -> int:
    """Everything that waits for this cause goes again; returns how many records do."""
    planner = outbox.planner_of(work.session, work.tenant_id)
    if planner is None or planner.connection.id != connection_id:
        raise NotFound
    if planner.place.settings.shadow:
        raise Conflict(records.SHADOWED)
    moved = retrying.all_again(work, connection_id, *stuck(connection_id, key))
    if moved:
        _note(work, "cause.retried", key, headline, {"records": moved})
    return moved


def ignore_all(work: Work, connection_id: UUID, key: str, headline: str, reason: str) -> tuple[int, int]:
    """The documents that wait for this cause stay here; how many do, and how many could not be left out.

    Not what is over there already, nor what may have arrived: that is looked up first."""
    said = reason.strip()[: records.LONGEST_REASON]
    if not said:
        raise Wrong("reason", "Say in a few words why these stay here.")
    connection = Connection.of_tenant(work.session, work.tenant_id, connection_id)
    if connection is None:
        raise NotFound
    in_doubt = exists().where(Attempt.sync_record_id == SyncRecord.id, Attempt.closed_at.is_(None))
    unsent = (SyncRecord.kind.not_in(PARTNERS), SyncRecord.remote_id.is_(None), ~in_doubt)
    left_out = {"ignored_at": work.at, "ignored_by": work.actor.name[:300], "note": said}
    rests = {"state": SyncState.IDLE.value, "reason": Reason.IGNORED.value, "due_at": None, "asked_at": None}
    mine = SyncRecord.tenant_id == work.tenant_id
    which = and_(mine, *stuck(connection_id, key), *unsent)
    partners, documents = needless.partners_of(work, which), _documents(work, which)
    moved = retrying.move(work, which, **rests, **left_out, **retrying.NO_PROBLEM)
    needless.rest(work, partners)
    rest = select(SyncRecord.id).where(*stuck(connection_id, key), SyncRecord.kind.not_in(PARTNERS)).limit(1_000)
    left = len(work.session.scalars(rest).all())
    if moved:
        _note(work, "cause.ignored", key, headline, {"records": moved, "reason": said})
        _note_each(work, documents, {"reason": said, "cause": headline})
    return moved, left


def _documents(work: Work, which: ColumnElement[bool]) -> Mapping[UUID, str]:
    """Id and kind of what is left out, locked in the order in which everybody locks."""
    found = select(SyncRecord.local_id, SyncRecord.kind).where(which).order_by(SyncRecord.id).with_for_update()
    return dict(work.session.execute(found).all())


def _note_each(work: Work, documents: Mapping[UUID, str], after: Mapping[str, str]) -> None:
    """With each document as well, so that its own page tells who left it out, when and why."""
    ids = list(documents)
    for start in range(0, len(ids), NAMED_AT_ONCE):
        some = ids[start : start + NAMED_AT_ONCE]
        names = document_names.of(work.session, work.tenant_id, some)
        subjects = [(documents[one], one, names.get(one) or documents[one]) for one in some]
        audit.record_each(work.session, work.actor, "document.ignored", subjects, tenant_id=work.tenant_id, after=after)


def _note(work: Work, action: str, key: str, headline: str, after: dict[str, Any]) -> None:
    audit.record(work.session, work.actor, action, ("cause", key[:64], headline), tenant_id=work.tenant_id, after=after)
