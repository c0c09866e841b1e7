"""Where documents stand in the books, as their pages show it: one statement for a whole screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kz_admin.domain.catalogue import headline_of
from kz_admin.domain.connection import LIVE
from kz_admin.domain.rules import WORDS, Reason
from kz_admin.domain.status import NOT_SYNCED, STUCK, WAITING, Pill, SyncState, pill
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import label_of
from kz_admin.services import record_states


def of(tenant_id: UUID, rows: Sequence[Any]) -> dict[UUID, Pill]:
    """A pill for each document; what has no record on the live connection is not synced."""
    ids = [row.id for row in rows if isinstance(row, Document)]
    if not ids:
        return {}
    query = (
        select(SyncRecord, Connection)
        .join(Connection, Connection.id == SyncRecord.connection_id)
        .where(
            SyncRecord.tenant_id == tenant_id,
            SyncRecord.local_id.in_(ids),
            Connection.state.in_([state.value for state in LIVE]),
        )
    )
    by_document: dict[UUID, list[SyncRecord]] = {}
    live: Connection | None = None
    with reading() as session:
        for record, live in session.execute(query):  # noqa: B007 - a tenant has one live connection: any row's will do
            by_document.setdefault(record.local_id, []).append(record)
    return {row_id: _worst(by_document.get(row_id, []), live) for row_id in ids}


def one(tenant_id: UUID, document: Document) -> Pill:
    return of(tenant_id, [document])[document.id]


def of_record(record: SyncRecord, connection: Connection) -> Pill:
    return pill(record.as_state, hint=_hint(record, connection), over_there=record.over_there)


def weight(record: SyncRecord) -> int:
    """Which of several needs attention most."""
    state = record.as_state
    return 0 if state in STUCK else 1 if state in WAITING else 2


def _worst(records: Sequence[SyncRecord], live: Connection | None) -> Pill:
    """A client has a record for each currency; the one that needs most attention speaks."""
    if not records or live is None:
        return NOT_SYNCED
    return of_record(min(records, key=weight), live)


def _hint(record: SyncRecord, connection: Connection) -> str:
    state, label = record.as_state, label_of(connection.provider)
    if state in STUCK:
        return headline_of(record_states.problem_of(record), label)
    if state is SyncState.IDLE:
        return WORDS[Reason(record.reason)] if record.reason else ""
    if state is SyncState.HELD:
        return record.reason or ""
    return (record.note or "") if state is SyncState.DONE else _on_its_way(record, connection, label)


def _on_its_way(record: SyncRecord, connection: Connection, label: str) -> str:
    if connection.silent_since is not None:
        return f"{label} is not answering; it goes over by itself"
    if record.as_state is SyncState.UNKNOWN:
        return f"the answer was lost; looking in {label} whether it is there"
    if record.waits_for_id is not None:
        return "waits for what it belongs to"
    return record.note or ("tried again soon" if record.tries else "on its way")
