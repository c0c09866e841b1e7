"""Calls and Attempts: committed as sent, with the very bytes, before the first of them leaves (reliability.md 2.1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from kz_admin import clock, ids
from kz_admin.domain import drafts, request_ids
from kz_admin.domain.pushing import Draft, Request
from kz_admin.domain.request_ids import Place
from kz_admin.domain.status import SyncState
from kz_admin.models.call import Attempt, Call
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers.base import Sending
from kz_admin.services import record_states
from kz_admin.services.push import fates
from kz_admin.services.push.lease import QUIET, Lease
from kz_admin.services.push.preparing import Built


@dataclass(frozen=True)
class Seat:
    """One document's place in a call."""

    attempt_id: UUID
    record_id: UUID
    draft: Draft
    content: str = ""  # the hash of what it says; of a call sent again it is worked out anew


@dataclass(frozen=True)
class Outbound:
    """A committed call, ready to be sent: bytes and whose they are, no rows.

    It is made before its commit: whoever stops anywhere between the commit and the first byte has waited since then.
    """

    call_id: UUID
    request: Request
    places: tuple[Seat, ...]
    sent_at: int
    sends: int = 1
    last_status: int | None = None
    whole: bool = True  # none of its documents has its result yet: it may be sent again as it is
    made: float = field(default_factory=clock.monotonic)

    @property
    def drafts(self) -> list[Draft]:
        return [place.draft for place in self.places]


def open_call(
    session: Session,
    lease: Lease,
    sending: Sending,
    place: Place,
    built: Sequence[Built],
    records: dict[UUID, SyncRecord],
) -> Outbound:
    """Freeze one call for these documents. `records` are their locked rows; each gets its open Attempt."""
    member_ids = [
        request_ids.single(
            place,
            one.item.kind,
            one.item.local_id,
            one.item.part,
            one.draft.verb,
            one.item.record.revision,
            records[one.item.record_id].generation,
        )
        for one in built
    ]
    request_id = member_ids[0] if len(built) == 1 else request_ids.bulk(member_ids)
    request = sending.pack([one.draft for one in built], request_id)
    call = _call(lease, request_id, request, len(built))
    session.add(call)
    places = tuple(
        _attempt(session, lease, call, position, one, records[one.item.record_id]) for position, one in enumerate(built)
    )
    return Outbound(call.id, request, places, call.last_sent_at)


def _call(lease: Lease, request_id: str, request: Request, items: int) -> Call:
    now, connection = lease.now_ms(), lease.connection  # the quiet time counts from here, for every worker
    return Call(
        id=ids.uuid7(),
        tenant_id=connection.tenant_id,
        connection_id=connection.id,
        request_id=request_id,
        method=request.method,
        path=request.path,
        params=json.dumps(dict(request.params)),
        headers=json.dumps(dict(request.headers)),
        body=request.body,
        body_hash=hashlib.sha256(request.body).hexdigest(),
        items=items,
        first_sent_at=now,
        last_sent_at=now,
        sends=1,
    )


def _attempt(session: Session, lease: Lease, call: Call, position: int, built: Built, record: SyncRecord) -> Seat:
    attempt = Attempt(
        id=ids.uuid7(),
        tenant_id=record.tenant_id,
        connection_id=record.connection_id,
        sync_record_id=record.id,
        call_id=call.id,
        position=position,
        verb=built.draft.verb.value,
        revision=built.item.record.revision,
        generation=record.generation,
        marker=built.item.refs.marker,
        draft=drafts.as_text(built.draft),
        fence=lease.fence,
        opened_at=call.first_sent_at,
    )
    session.add(attempt)
    record.generation += 1
    fates.set_choices(record, built.item.refs.choices)  # such as the ending that keeps its name apart
    record_states.move(record, SyncState.SENT, due_at=call.last_sent_at + QUIET)
    return Seat(attempt.id, record.id, built.draft, built.content)


def left_open(session: Session, connection_id: UUID, now: int, *, whatever_is_due: bool) -> Outbound | None:
    """The oldest call of unknown outcome whose quiet time is over; a probe does not wait for its record's pause."""
    waits: list[ColumnElement[bool]] = [SyncRecord.state.in_([SyncState.UNKNOWN.value, SyncState.DUE.value])]
    if not whatever_is_due:
        waits.append(SyncRecord.due_at <= now)
    query = (
        select(Call)
        .join(Attempt, Attempt.call_id == Call.id)
        .join(SyncRecord, SyncRecord.id == Attempt.sync_record_id)
        .where(
            Attempt.connection_id == connection_id,
            Attempt.closed_at.is_(None),
            Attempt.unknown_since.is_not(None),
            Call.last_sent_at + QUIET <= now,
            *waits,
        )
        .options(selectinload(Call.attempts))
        .order_by(Call.last_sent_at, Call.id)
        .limit(1)
    )
    call = session.scalars(query).unique().one_or_none()
    return as_outbound(call) if call is not None else None


def as_outbound(call: Call) -> Outbound:
    request = Request(call.method, call.path, json.loads(call.params), json.loads(call.headers), call.body or b"")
    open_ones = [attempt for attempt in call.attempts if attempt.closed_at is None]
    places = tuple(Seat(one.id, one.sync_record_id, drafts.from_text(one.draft)) for one in open_ones)
    whole = len(open_ones) == call.items
    return Outbound(call.id, request, places, call.last_sent_at, call.sends, call.last_status, whole)
