"""Where one document stands in the books, as its page shows it: both sides, what is in the way, and what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kz_admin import config
from kz_admin.domain.catalogue import Card, card_of
from kz_admin.domain.connection import LIVE, State
from kz_admin.domain.kinds import Kind
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import NOT_SYNCED, STUCK, WAITING, Pill, SyncState
from kz_admin.models.call import Attempt
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS, label_of
from kz_admin.services import pills, record_states

SHOWN_ATTEMPTS = 20
# What no click lets over.
NEVER = frozenset({Reason.DRAFT, Reason.BEFORE_RESET, Reason.VOIDED_UNSENT, Reason.NOT_YET, Reason.IMPORTED})

_WORDS = {
    "applied": "Done",
    "adopted": "Found there: its answer had been lost",
    "refused": "Refused",
    "later": "Not done, tried again later",
    "not_found": "Never arrived, sent anew",
}
_VERBS = {"create": "Create", "update": "Change", "remove": "Void"}


@dataclass(frozen=True)
class Try:
    """One line of the timeline."""

    at: int
    verb: str
    outcome: str
    tone: str
    sends: int
    said: str
    code: str
    reference: str


@dataclass(frozen=True)
class Panel:
    kind: Kind
    document_id: UUID
    label: str  # of the provider
    company: str
    pill: Pill
    record: SyncRecord | None = None
    currency: str = ""
    ours: int | None = None  # our total, where there is one
    card: Card | None = None
    card_is_of: str = ""  # of the partner whose problem it is
    next_try: int | None = None
    tries: Sequence[Try] = ()
    may_copy: bool = False
    poll_s: int = 0
    reconnect: bool = False

    @property
    def is_stuck(self) -> bool:
        return self.record is not None and self.record.as_state in STUCK

    @property
    def is_ignored(self) -> bool:
        return self.record is not None and self.record.ignored_at is not None

    @property
    def agrees(self) -> bool | None:
        """Whether both totals are equal; None while one of them is not known."""
        theirs = self.record.remote_total if self.record else None
        return None if theirs is None or self.ours is None else theirs == self.ours


def of(tenant_id: UUID, document: Document, *, polled: int = 0) -> Panel | None:
    """None without a live connection to a provider that we send to."""
    with reading() as session:
        live = select(Connection).where(Connection.tenant_id == tenant_id, Connection.state.in_(LIVE))
        connection = session.scalar(live)
        if connection is None or document.kind not in PROVIDERS[connection.provider].pushers:
            return None
        records = _records(session, connection, document)
        record = min(records, key=pills.weight) if records else None
        cause = _root(session, record) if record else None
        tries = _tries(session, records)
    pill = pills.of_record(record, connection) if record else NOT_SYNCED
    waiting = record is not None and record.as_state in WAITING
    return Panel(
        kind=document.kind,
        document_id=document.id,
        label=label_of(connection.provider),
        company=connection.company_name,
        pill=pill,
        record=record,
        currency=getattr(document, "currency", ""),
        ours=getattr(document, "total_minor", getattr(document, "amount_minor", None)),
        card=_card(cause, connection),
        card_is_of=cause.as_kind.word if cause is not None and record is not None and cause.id != record.id else "",
        next_try=_next_try(record, connection),
        tries=tries,
        may_copy=_may_copy(record, document, connection),
        poll_s=poll_after(polled) if waiting and not _rests(connection) else 0,
        reconnect=connection.as_state is State.NEEDS_RECONNECT,
    )


def poll_after(polled: int) -> int:
    """Soon at first, then ever more rarely (HX-11)."""
    delays = (2, 4, 8, 15, 30, 60)
    return delays[min(max(polled, 0), len(delays) - 1)]


def link(tenant_id: UUID, kind: Kind, document_id: UUID) -> str | None:
    """Where the object stands in their web application; it names the company, so it only stands in a redirect."""
    query = (
        select(SyncRecord, Connection)
        .join(Connection, Connection.id == SyncRecord.connection_id)
        .where(
            SyncRecord.tenant_id == tenant_id,
            SyncRecord.kind == kind.value,
            SyncRecord.local_id == document_id,
        )
        .order_by(Connection.state_since.desc())
    )
    with reading() as session:
        for record, connection in session.execute(query):
            there = (record.remote_type or "", record.remote_id) if record.remote_id else _named(record)
            sending = PROVIDERS[connection.provider].sending
            if there is not None and sending is not None:
                return sending.link_to(config.current(), connection.company or "", there[0], there[1])
    return None


def _named(record: SyncRecord) -> tuple[str, str] | None:
    """What a Problem found over there in its place."""
    if record.as_state not in STUCK:
        return None
    facts = record_states.problem_of(record).facts
    return (facts.get("remote_type", ""), facts["remote_id"]) if facts.get("remote_id") else None


def _records(session: Session, connection: Connection, document: Document) -> Sequence[SyncRecord]:
    query = select(SyncRecord).where(
        SyncRecord.connection_id == connection.id,
        SyncRecord.kind == document.kind.value,
        SyncRecord.local_id == document.id,
    )
    return session.scalars(query).all()


def _root(session: Session, record: SyncRecord) -> SyncRecord | None:
    """The record whose problem it is."""
    seen: set[UUID] = set()
    while record.waits_for_id is not None and record.id not in seen:
        seen.add(record.id)
        partner = session.get(SyncRecord, record.waits_for_id)
        if partner is None or partner.as_state not in STUCK:
            break
        record = partner
    return record if record.as_state in STUCK else None


def _card(record: SyncRecord | None, connection: Connection) -> Card | None:
    if record is None:
        return None
    return card_of(record_states.problem_of(record), label_of(connection.provider))


def _next_try(record: SyncRecord | None, connection: Connection) -> int | None:
    """The moment of the next look, where something besides our own hands is waited for."""
    if record is None or record.as_state not in WAITING or record.as_state is SyncState.SENT:
        return None
    if connection.silent_since is not None:
        return connection.probe_at
    put_off = record.tries > 0 or record.as_state in (SyncState.UNKNOWN, SyncState.HELD) or record.note is not None
    return record.due_at if put_off else None


def _may_copy(record: SyncRecord | None, document: Document, connection: Connection) -> bool:
    """A draft has no button; what goes by itself, or is there, needs none."""
    if connection.as_state is State.DISCONNECTING or document.kind in (Kind.CLIENT, Kind.SERVICE):
        return False
    if record is None:
        return getattr(document, "voided_at", None) is None and _is_final(document)
    if record.as_state is not SyncState.IDLE or record.over_there:
        return False
    return record.reason is None or Reason(record.reason) not in NEVER


def _is_final(document: Document) -> bool:
    return getattr(document, "finalised_at", 1) is not None


def _rests(connection: Connection) -> bool:
    return connection.as_state is not State.CONNECTED


def _tries(session: Session, records: Sequence[SyncRecord]) -> Sequence[Try]:
    if not records:
        return ()
    query = (
        select(Attempt)
        .where(Attempt.sync_record_id.in_([record.id for record in records]))
        .options(joinedload(Attempt.call))
        .order_by(Attempt.opened_at.desc(), Attempt.id.desc())
        .limit(SHOWN_ATTEMPTS)
    )
    return [_try(attempt) for attempt in session.scalars(query)]


def _try(attempt: Attempt) -> Try:
    if attempt.closed_at is None:
        outcome = "Nobody knows yet" if attempt.unknown_since else "On its way"
        tone = "amber" if attempt.unknown_since else "blue"
    else:
        outcome = _WORDS.get(attempt.outcome or "", "Done")
        tone = (
            "green" if attempt.outcome in ("applied", "adopted") else "red" if attempt.outcome == "refused" else "grey"
        )
    return Try(
        at=attempt.opened_at,
        verb=_VERBS.get(attempt.verb, attempt.verb),
        outcome=outcome,
        tone=tone,
        sends=attempt.call.sends,
        said=attempt.words or "",
        code=attempt.code or "",
        reference=attempt.reference or "",
    )
