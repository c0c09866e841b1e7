"""Money of an invoice that is tied to one of theirs stays here until a person copies it, and a copy looks first: over
there the invoice may be paid by a payment of their own (decisions C11, C26)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from kz_admin.domain.rules import Reason
from kz_admin.domain.status import SyncState
from kz_admin.models.document import Document
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import subjects
from kz_admin.services.documents.work import Work
from kz_admin.services.planner import Planner


def money_of(work: Work, planner: Planner, document_ids: Sequence[UUID]) -> None:
    """Payments and credits of these, and refunds of those."""
    documents = following(work, document_ids)
    planner.look_up([one.id for one in documents])
    for document in documents:
        _lay_aside(planner.record(document.kind, document.id), document)


def following(work: Work, document_ids: Sequence[UUID]) -> list[Document]:
    first = subjects.followers(work.session, document_ids) if document_ids else []
    more = subjects.followers(work.session, [one.id for one in first]) if first else []
    return list({one.id: one for one in (*first, *more)}.values())


def _lay_aside(record: SyncRecord, document: Document) -> None:
    if record.over_there:
        return
    record.look_first = True
    if record.as_state is SyncState.IDLE and record.asked_at is None:
        record.planned_revision = max(record.planned_revision, document.revision)
        record.reason = Reason.BEFORE_LINK.value
