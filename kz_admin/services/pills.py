"""Where documents stand in the books, as their pages show it: one statement for a whole screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain.catalogue import headline_of
from kz_admin.domain.connection import LIVE, State
from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import OF_A_CREDIT
from kz_admin.domain.rules import WORDS, Reason
from kz_admin.domain.status import NOT_SYNCED, STUCK, WAITING, Hold, Pill, SyncState, held_words, pill
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tenant import Tenant
from kz_admin.providers import label_of
from kz_admin.services import record_states

# What a list can be narrowed to.
BOOKS = {"failed": STUCK, "pending": WAITING}


def of(tenant_id: UUID, rows: Sequence[Any]) -> dict[UUID, Pill]:
    """A pill for each document; what has no record on the live connection is not synced."""
    ids = [row.id for row in rows if isinstance(row, Document)]
    return {**dict.fromkeys(ids, NOT_SYNCED), **of_ids(tenant_id, ids)}


def of_ids(tenant_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Pill]:
    """Those of them that have a record of this tenant on the live connection."""
    with reading() as session:
        return in_session(session, tenant_id, ids)


def in_session(session: Session, tenant_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Pill]:
    """As the rows are in this transaction."""
    if not ids:
        return {}
    query = (
        select(SyncRecord, Connection, Tenant.time_zone)
        .join(Connection, Connection.id == SyncRecord.connection_id)
        .join(Tenant, Tenant.id == SyncRecord.tenant_id)
        .where(
            SyncRecord.tenant_id == tenant_id,
            SyncRecord.local_id.in_(ids),
            Connection.state.in_([state.value for state in LIVE]),
        )
    )
    by_document: dict[UUID, list[SyncRecord]] = {}
    place: tuple[Connection, str] | None = None
    for record, connection, zone in session.execute(query):
        by_document.setdefault(record.local_id, []).append(record)
        place = connection, zone  # a tenant has one live connection, so any row's will do
    return {row_id: of_records(found, *place) if place else NOT_SYNCED for row_id, found in by_document.items()}


def standing(tenant_id: UUID, kind: Kind, books: str) -> Select[UUID]:
    """Ids of the documents that wait, or that somebody has to look at, for a list's filter."""
    return (
        select(SyncRecord.local_id)
        .join(Connection, Connection.id == SyncRecord.connection_id)
        .where(
            Connection.tenant_id == tenant_id,
            Connection.state.in_([state.value for state in LIVE]),
            SyncRecord.kind == kind.value,
            SyncRecord.state.in_([state.value for state in BOOKS[books]]),
        )
    )


def one(tenant_id: UUID, document: Document) -> Pill:
    return of(tenant_id, [document])[document.id]


def of_record(record: SyncRecord, connection: Connection, zone: str) -> Pill:
    moves = record.as_state in WAITING and connection.as_state is State.CONNECTED
    return pill(record.as_state, hint=_hint(record, connection, zone), over_there=record.over_there, moves=moves)


def of_records(records: Sequence[SyncRecord], connection: Connection, zone: str) -> Pill:
    """Of one document: the one that needs most attention speaks; when all is well, each says what it has to say."""
    first = speaker(records)
    shown = of_record(first, connection, zone)
    if first.as_state is not SyncState.DONE or len(records) == 1:
        return shown
    settled = [one for one in records if one.as_state is SyncState.DONE or one.reason == Reason.NOTHING_OPEN]
    notes = dict.fromkeys(one.note for one in sorted(settled, key=lambda one: one.part) if one.note)
    return replace(shown, hint=" ".join(notes))


def speaker(records: Sequence[SyncRecord]) -> SyncRecord:
    """A client has a record for each currency, a payment one for each customer."""
    return min(records, key=lambda one: (_weight(one), one.part))


def _weight(record: SyncRecord) -> int:
    """Which of several needs attention most; an invoice whose credit came to rest is not undone over there."""
    state, undone = record.as_state, record.part in OF_A_CREDIT and not record.over_there
    if state is SyncState.IDLE and undone and record.reason != Reason.NOTHING_OPEN:
        return 2
    return 0 if state in STUCK else 1 if state in WAITING else 3


def next_try(record: SyncRecord, connection: Connection) -> int | None:
    """The moment of the next look, where something besides our own hands is waited for."""
    if record.as_state not in WAITING or record.as_state is SyncState.SENT or record.waits_for_id is not None:
        return None
    if connection.silent_since is not None:
        return connection.probe_at
    put_off = record.tries > 0 or record.as_state in (SyncState.UNKNOWN, SyncState.HELD) or record.note is not None
    return record.due_at if put_off else None


def _hint(record: SyncRecord, connection: Connection, zone: str) -> str:
    state, label = record.as_state, label_of(connection.provider)
    if state in STUCK:
        return headline_of(record_states.problem_of(record), label)
    if state in WAITING:
        return _with_next_try(_waiting(record, connection, label), next_try(record, connection), zone)
    if record.ignored_at is not None and record.reason == Reason.IGNORED:
        who = (record.ignored_by or "").partition(" <")[0]
        return f"ignored by {who}, {clock.to_datetime(record.ignored_at, zone).strftime('%-d %b')}"
    if state is SyncState.IDLE:
        return WORDS[Reason(record.reason)] if record.reason else ""
    return record.note or ""


def _waiting(record: SyncRecord, connection: Connection, label: str) -> str:
    """What a pending record waits for."""
    if record.as_state is SyncState.HELD and record.reason:
        return held_words(Hold(record.reason), label)
    if connection.silent_since is not None:
        return f"{label} is not answering"
    if record.as_state is SyncState.UNKNOWN:
        return f"the answer was lost, looking in {label} whether it is there"
    if record.waits_for_id is not None:
        return "waits for what it belongs to"
    return record.note or ("it did not get through" if record.tries else "on its way")


def _with_next_try(words: str, at: int | None, zone: str) -> str:
    now = clock.now_ms()
    if at is None or at <= now:
        return words
    today = clock.local_date(at, zone) == clock.local_date(now, zone)
    moment = clock.to_datetime(at, zone).strftime("%H:%M" if today else "%-d %b, %H:%M")
    return f"{words}. Next try {moment}."
