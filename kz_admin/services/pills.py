"""Where documents stand in the books, as their pages show it: one statement for a whole screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kz_admin.domain.connection import LIVE
from kz_admin.domain.rules import WORDS, Reason
from kz_admin.domain.status import NOT_SYNCED, STUCK, WAITING, Pill, SyncState, pill
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord


def of(tenant_id: UUID, rows: Sequence[Any]) -> dict[UUID, Pill]:
    """A pill for each document; what has no record on the live connection is not synced."""
    ids = [row.id for row in rows if isinstance(row, Document)]
    if not ids:
        return {}
    query = (
        select(SyncRecord)
        .join(Connection, Connection.id == SyncRecord.connection_id)
        .where(
            SyncRecord.tenant_id == tenant_id,
            SyncRecord.local_id.in_(ids),
            Connection.state.in_([state.value for state in LIVE]),
        )
    )
    by_document: dict[UUID, list[SyncRecord]] = {}
    with reading() as session:
        for record in session.scalars(query):
            by_document.setdefault(record.local_id, []).append(record)
    return {row_id: _worst(by_document.get(row_id, [])) for row_id in ids}


def one(tenant_id: UUID, document: Document) -> Pill:
    return of(tenant_id, [document])[document.id]


def _worst(records: Sequence[SyncRecord]) -> Pill:
    """A client has a record for each currency; the one that needs most attention speaks."""
    if not records:
        return NOT_SYNCED
    return _pill(min(records, key=_weight))


def _weight(record: SyncRecord) -> int:
    state = record.as_state
    return 0 if state in STUCK else 1 if state in WAITING else 2


def _pill(record: SyncRecord) -> Pill:
    state = record.as_state
    hint = record.reason or ""
    if state is SyncState.IDLE:
        hint = WORDS[Reason(hint)] if hint else ""
    elif state in STUCK:
        hint = (record.cause or record.problem or "").replace("_", " ")
    return pill(state, hint=hint, over_there=record.over_there)
