"""The outbox: which of our documents go over, decided with the change itself (DESIGN section 5, SyncRecord).

note()     services.documents.saved() says that a document was saved
plan()     once per document: wanted or idle with a reason; runs for everything noted just before the commit
sweep()    the clock's look for what nobody planned
ring()     tells a worker that something is due; may be lost without loss
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from kz_admin import clock, config, logs
from kz_admin.domain import rules
from kz_admin.domain.connection import LIVE, State
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.plans import includes_integrations
from kz_admin.domain.presets import Frequency
from kz_admin.domain.rules import Decision, Place, Standing, Subject
from kz_admin.domain.status import IN_FLIGHT, Lane, SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document
from kz_admin.models.service import Service
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tenant import Tenant
from kz_admin.services import needs, settings, subjects

log = logs.get(__name__)

CREATED = "created"
_NOTED, _PLANNER = "kz_noted", "kz_planner"
Key = tuple[Kind, UUID, str]


@dataclass
class Planner:
    """One connection for the length of one transaction, with the SyncRecords it has looked at."""

    session: Session
    connection: Connection
    tenant: Tenant
    lane: Lane = Lane.INTERACTIVE
    built_in: tuple[Service, str] | None = None  # if the caller has read it already
    records: dict[Key, SyncRecord] = field(default_factory=dict)
    looked_at: set[UUID] = field(default_factory=set)

    @property
    def place(self) -> Place:
        return Place(
            state=self.connection.as_state,
            settings=settings.of(self.connection),
            start_at=self.connection.start_at,
            reset_at=self.connection.reset_at,
            entitled=includes_integrations(self.tenant.plan, config.current().plans_with_integrations),
        )

    def look_up(self, local_ids: Iterable[UUID]) -> None:
        """Load the records of these documents in one statement, those that are not known yet."""
        missing = set(local_ids) - self.looked_at
        if not missing:
            return
        query = select(SyncRecord).where(
            SyncRecord.connection_id == self.connection.id, SyncRecord.local_id.in_(missing)
        )
        self.knows(missing, self.session.scalars(query.order_by(SyncRecord.id).with_for_update()))

    def knows(self, local_ids: Iterable[UUID], records: Iterable[SyncRecord] = ()) -> None:
        """These documents' records are at hand, or cannot exist because the documents are new."""
        self.looked_at |= set(local_ids)
        for record in records:
            self.records[record.as_kind, record.local_id, record.part] = record

    def of(self, kind: Kind, local_id: UUID) -> list[SyncRecord]:
        return [record for key, record in self.records.items() if key[:2] == (kind, local_id)]

    def record(self, kind: Kind, local_id: UUID, part: str = "") -> SyncRecord:
        """The document's record on this connection; made when it has none."""
        known = self.records.get((kind, local_id, part))
        if known is not None:
            return known
        made = SyncRecord(
            tenant_id=self.connection.tenant_id,
            connection_id=self.connection.id,
            kind=kind.value,
            local_id=local_id,
            part=part,
            state=SyncState.IDLE.value,
            lane=self.lane.value,
            planned_revision=0,
            wanted_revision=0,
            pushed_revision=0,
        )
        self.session.add(made)
        self.records[kind, local_id, part] = made
        return made


def note(session: Session, document: Document) -> None:
    """This document was saved in this transaction; it is planned once, just before the commit."""
    session.info.setdefault(_NOTED, {})[document.id] = document


def forget(session: Session, document: Document) -> None:
    """A document that is removed leaves no record behind; what is over there is never removed like this."""
    session.info.get(_NOTED, {}).pop(document.id, None)
    for record in session.scalars(select(SyncRecord).where(SyncRecord.local_id == document.id)):
        if not record.over_there and record.as_state not in IN_FLIGHT:
            session.delete(record)


def expect(session: Session, connection: Connection | None, tenant: Tenant) -> Planner | None:
    """Say beforehand which connection is live, for callers that have read it already (None: none is)."""
    session.info[_PLANNER] = Planner(session, connection, tenant) if connection is not None else None
    found: Planner | None = session.info[_PLANNER]
    return found


@event.listens_for(Session, "before_commit")
def _plan_noted(session: Session) -> None:
    noted: dict[UUID, Document] = session.info.pop(_NOTED, {})
    if noted:
        plan_all(session, list(noted.values()))


def plan_all(session: Session, documents: list[Document]) -> None:
    """Plan in the order in which they travel, so that money finds its invoice already decided."""
    planner = _planner(session, documents[0].tenant_id)
    if planner is None:
        return
    session.flush()
    found = subjects.read(session, documents, planner.tenant.time_zone)
    wanted = needs.read(session, planner.connection, documents, planner.built_in)
    planner.look_up(_ids(documents, found, wanted))
    order = list(Kind)
    started: list[UUID] = []
    for document in sorted(documents, key=lambda one: order.index(one.kind)):
        waited = any(one.as_state is SyncState.IDLE for one in planner.of(document.kind, document.id))
        plan(planner, document, found[document.id], wanted.get(document.id, ()))
        if waited and any(one.as_state is not SyncState.IDLE for one in planner.of(document.kind, document.id)):
            started.append(document.id)
    if started:
        _plan_followers(session, started, {document.id for document in documents})


def _plan_followers(session: Session, started: list[UUID], planned: set[UUID]) -> None:
    """Money that waited for a document goes over with it."""
    followers = [one for one in subjects.followers(session, started) if one.id not in planned]
    if followers:
        plan_all(session, followers)


def plan(planner: Planner, document: Document, facts: subjects.Facts, needed: Iterable[needs.Need]) -> None:
    """The one function that turns a revision into wanted, or idle with a reason."""
    if document.kind in NEVER_FROZEN:
        for record in planner.of(document.kind, document.id):
            _apply(planner, record, document.revision, _decide(planner, facts.subject, record))
        return
    record = planner.record(document.kind, document.id)
    decision = _decide(planner, _with_partners(planner, facts), record)
    _apply(planner, record, document.revision, decision)
    if decision.wanted:
        for need in needed:
            _want_partner(planner, need)


def _want_partner(planner: Planner, need: needs.Need) -> None:
    """What a document cannot go without, when it is not there yet."""
    record = planner.record(need.kind, need.local_id, need.part)
    if record.over_there or record.wanted_revision:
        return
    subject = Subject(need.kind, need.created_at, need.created_at)
    _apply(planner, record, need.revision, rules.decide(subject, Standing(needed=True), planner.place))


def _decide(planner: Planner, subject: Subject, record: SyncRecord) -> Decision:
    standing = Standing(
        over_there=record.over_there,
        created_by_us=record.linked_by == CREATED,
        ignored=record.ignored_at is not None,
        asked=record.asked_at is not None,
        needed=record.wanted_revision > 0,
    )
    return rules.decide(subject, standing, planner.place)


def _with_partners(planner: Planner, facts: subjects.Facts) -> Subject:
    partners = [record for kind, local_id in facts.partners for record in planner.of(kind, local_id)]
    going = any(one.over_there or one.as_state is not SyncState.IDLE for one in partners)
    reset_at = planner.connection.reset_at
    return subjects.with_partners(facts, going=going, reset_at=reset_at)


def _apply(planner: Planner, record: SyncRecord, revision: int, decision: Decision) -> None:
    if record.planned_revision >= revision and record.as_state in (SyncState.DONE, *IN_FLIGHT):
        return
    record.planned_revision = max(record.planned_revision, revision)
    if decision.wanted:
        record.wanted_revision = max(record.wanted_revision, revision)
    if record.as_state in IN_FLIGHT:
        return  # its outcome is found out first; the engine compares the revisions when it knows
    if not decision.wanted:
        _rest(record, decision)
    elif record.pushed_revision >= record.wanted_revision:
        return  # nothing newer than what is over there
    elif decision.hold:
        record.state, record.reason = SyncState.HELD.value, decision.hold.value
    else:
        _make_due(planner, record)


def _rest(record: SyncRecord, decision: Decision) -> None:
    if record.as_state is SyncState.PARKED:
        return
    record.state, record.due_at = SyncState.IDLE.value, None
    record.reason = decision.reason.value if decision.reason else None
    record.problem = record.cause = None


def _make_due(planner: Planner, record: SyncRecord) -> None:
    record.state, record.reason, record.problem, record.cause = SyncState.DUE.value, None, None, None
    record.due_at = next_due(clock.now_ms(), settings.of(planner.connection).frequency)
    record.lane = planner.lane.value
    planner.session.info["kz_due_on"] = planner.connection.id


def next_due(now: int, frequency: Frequency) -> int:
    """Now, or the next round of a connection that sends every so many minutes."""
    step = frequency.minutes * clock.MINUTE
    return -(-now // step) * step if step else now


def _planner(session: Session, tenant_id: UUID) -> Planner | None:
    if _PLANNER not in session.info:
        query = (
            select(Tenant, Connection)
            .join_from(Tenant, Connection, Connection.tenant_id == Tenant.id)
            .where(Tenant.id == tenant_id, Connection.state.in_([state.value for state in LIVE]))
        )
        found = session.execute(query).one_or_none()
        session.info[_PLANNER] = Planner(session, found[1], found[0]) if found else None
    planner: Planner | None = session.info[_PLANNER]
    return planner if planner and planner.connection.as_state is not State.DISCONNECTED else None


def _ids(
    documents: list[Document], found: dict[UUID, subjects.Facts], wanted: dict[UUID, tuple[needs.Need, ...]]
) -> set[UUID]:
    ids = {document.id for document in documents}
    ids |= {local_id for facts in found.values() for _, local_id in facts.partners}
    return ids | {need.local_id for all_of in wanted.values() for need in all_of}
