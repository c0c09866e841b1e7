"""The outbox: which of our documents go over, decided with the change itself (DESIGN section 5, SyncRecord).

note()     services.documents.saved() says that a document was saved
plan()     once per document: wanted or idle with a reason; runs for everything noted just before the commit
ring()     tells a worker that something is due; may be lost without loss
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import and_, event, select, update
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain import rules
from kz_admin.domain.connection import LIVE, State
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.presets import Frequency
from kz_admin.domain.pushing import APPLIED
from kz_admin.domain.rules import Decision, Reason, Standing, Subject
from kz_admin.domain.status import IN_FLIGHT, Hold, Lane, SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document, document_models
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tenant import Tenant
from kz_admin.services import bell, needs, settings, subjects
from kz_admin.services.planner import Planner

CREATED = "created"
_NOTED, _PLANNER = "kz_noted", "kz_planner"


def note(session: Session, document: Document) -> None:
    """This document was saved in this transaction; it is planned once, just before the commit."""
    session.info.setdefault(_NOTED, {})[document.id] = document


def take_back(session: Session) -> None:
    """A savepoint was rolled back: what was saved inside it was not saved."""
    session.info.pop(_NOTED, None)


def forget(session: Session, document: Document) -> None:
    """A document that is removed leaves no record behind; what is over there is never removed like this."""
    session.info.get(_NOTED, {}).pop(document.id, None)
    for record in session.scalars(select(SyncRecord).where(SyncRecord.local_id == document.id)):
        if not record.over_there and record.as_state not in IN_FLIGHT:
            session.delete(record)


def expect(session: Session, connection: Connection | None, tenant: Tenant) -> Planner | None:
    """Say beforehand which connection is live, for callers that have read it already (None: none is)."""
    known = Planner(session, connection, tenant, rings_itself=True) if connection is not None else None
    session.info[_PLANNER] = known
    return known


def here(session: Session) -> Planner | None:
    """The planner of this transaction, if somebody said which connection is live."""
    found: Planner | None = session.info.get(_PLANNER)
    return found


@event.listens_for(Session, "before_commit")
def _plan_noted(session: Session) -> None:
    noted: dict[UUID, Document] = session.info.pop(_NOTED, {})
    if noted:
        plan_all(session, list(noted.values()))
    if (planner := here(session)) is not None:
        planner.write()


@event.listens_for(Session, "after_commit")
def _ring_after(session: Session) -> None:
    """Pages: tell a worker when something became due. Hooks ring themselves, after their failpoints."""
    planner: Planner | None = session.info.get(_PLANNER)
    if planner is not None and planner.made_due and not planner.rings_itself:
        ring(planner.connection.id, planner.lane)


def ring(connection_id: UUID, lane: Lane = Lane.INTERACTIVE) -> None:
    """A worker that serves this lane looks at the connection."""
    bell.ring("push_now" if lane is Lane.INTERACTIVE else "push_bulk", str(connection_id), lane=lane.value)


def plan_all(session: Session, documents: list[Document], *, follow: bool = False) -> None:
    """Plan in the order in which they travel, so that money finds its invoice already decided.

    `follow`: a document of theirs goes over now, so what is there without it is looked at once more."""
    planner = planner_of(session, documents[0].tenant_id)
    if planner is None:
        return
    session.flush()
    found = subjects.read(session, documents, planner.tenant.time_zone)
    if not planner.built_in_known:
        planner.built_in, planner.built_in_known = needs.built_in(session, planner.connection), True
    wanted = needs.read(session, planner.connection, documents, planner.built_in)
    planner.look_up(_ids(documents, found, wanted))
    order = list(Kind)
    started: list[UUID] = []
    for document in sorted(documents, key=lambda one: order.index(one.kind)):
        waited = any(one.as_state is SyncState.IDLE for one in planner.of(document.kind, document.id))
        plan(planner, document, found[document.id], wanted.get(document.id, ()), follow=follow)
        if waited and any(one.as_state is not SyncState.IDLE for one in planner.of(document.kind, document.id)):
            started.append(document.id)
    planner.write()
    if started:
        _plan_followers(session, started, {document.id for document in documents})


def _plan_followers(session: Session, started: list[UUID], planned: set[UUID]) -> None:
    """Money that waited for a document goes over with it."""
    followers = [one for one in subjects.followers(session, started) if one.id not in planned]
    if followers:
        plan_all(session, followers, follow=True)


def plan(
    planner: Planner,
    document: Document,
    facts: subjects.Facts,
    needed: Iterable[needs.Need],
    *,
    follow: bool = False,
) -> None:
    """The one function that turns a revision into wanted, or idle with a reason."""
    if document.kind in NEVER_FROZEN:
        for record in planner.of(document.kind, document.id):
            _apply(planner, record, document.revision, _decide(planner, facts.subject, record))
        return
    record = planner.record(document.kind, document.id)
    decision = _decide(planner, _with_partners(planner, facts), record)
    _apply(planner, record, document.revision, decision, follow=follow)
    record.removes = facts.subject.removed
    if document.kind is Kind.INVOICE:
        _plan_credit(planner, document, decision)
    if document.kind is Kind.PAYMENT:
        _plan_parts(planner, document, facts, follow=follow)
    if facts.applied_to and document.kind in planner.applied_apart:
        _plan_application(planner, document, facts, decision, follow=follow)
    # What goes away needs nobody; what waits for the customers to be compared must not create them meanwhile.
    if decision.wanted and not facts.subject.removed and decision.hold is not Hold.COMPARE:
        for need in (one for one in needed if one.must):
            _want_partner(planner, need)


def _plan_application(
    planner: Planner, document: Document, facts: subjects.Facts, decision: Decision, *, follow: bool
) -> None:
    """Where settling invoices with a credit is an object of its own, it goes with the credit and with one of them."""
    record = planner.record(document.kind, document.id, APPLIED)
    may_be_there = record.over_there or record.as_state in IN_FLIGHT
    if facts.subject.removed and not may_be_there:
        decision = Decision(False, Reason.VOIDED_UNSENT)
    elif decision.wanted and not may_be_there and not _any_going(planner, facts.applied_to):
        decision = Decision(False, Reason.WAITS_FOR_PARTNER)
    _apply(planner, record, document.revision, decision, follow=follow)
    record.removes = facts.subject.removed


def _plan_credit(planner: Planner, document: Document, decision: Decision) -> None:
    """What undoes an invoice that cannot be voided over there goes whenever its void would; it is no removal itself."""
    for record in planner.of(document.kind, document.id):
        if record.part:
            _apply(planner, record, document.revision, decision)


def _plan_parts(planner: Planner, document: Document, facts: subjects.Facts, *, follow: bool) -> None:
    """The parts that sending it has brought about (want_parts) change and go with it."""
    for record in planner.of(document.kind, document.id):
        if record.part:
            _apply(planner, record, document.revision, _decide(planner, facts.subject, record), follow=follow)
            record.removes = facts.subject.removed


def _want_partner(planner: Planner, need: needs.Need) -> None:
    """What a document cannot go without, when it is not there yet."""
    record = planner.record(need.kind, need.local_id, need.part)
    if record.over_there or (record.wanted_revision and record.as_state is not SyncState.IDLE):
        return
    subject = Subject(need.kind, need.created_at, need.created_at)
    _apply(planner, record, need.revision, rules.decide(subject, Standing(needed=True), planner.place))


def want(session: Session, connection: Connection, needed: Iterable[needs.Need], lane: Lane) -> list[SyncRecord]:
    """While sending it turned out that these have to go first; returns their records, due now if the rules agree."""
    asked = list(needed)
    planner = Planner(session, connection, session.get_one(Tenant, connection.tenant_id), lane, rings_itself=True)
    planner.look_up(need.local_id for need in asked)
    for need in asked:
        _want_partner(planner, need)
    planner.write()
    return [planner.record(need.kind, need.local_id, need.part) for need in asked]


def want_parts(
    session: Session,
    connection: Connection,
    kind: Kind,
    local_id: UUID,
    parts: Iterable[str],
    revision: int,
    lane: Lane,
) -> None:
    """While sending it turned out that a document is several objects over there: each part has a record of its own."""
    planner = Planner(session, connection, session.get_one(Tenant, connection.tenant_id), lane, rings_itself=True)
    planner.look_up([local_id])
    for part in parts:
        _apply(planner, planner.record(kind, local_id, part), revision, Decision(True))
    planner.write()


def _decide(planner: Planner, subject: Subject, record: SyncRecord) -> Decision:
    may_be_there = record.over_there or (subject.removed and record.as_state in IN_FLIGHT)
    standing = Standing(
        over_there=may_be_there,
        created_by_us=record.linked_by == CREATED,
        ignored=record.ignored_at is not None,
        asked=record.asked_at is not None,
        needed=record.wanted_revision > 0,
        only_linked=record.only_linked,
        laid_aside=record.reason == Reason.BEFORE_LINK,
        unlinked=record.unlinked,
    )
    return rules.decide(subject, standing, planner.place)


def _with_partners(planner: Planner, facts: subjects.Facts) -> Subject:
    going = _any_going(planner, facts.partners)
    reset_at = planner.connection.reset_at
    return subjects.with_partners(facts, going=going, reset_at=reset_at)


def _any_going(planner: Planner, partners: Iterable[subjects.Partner]) -> bool:
    return any(_goes(record) for kind, local_id in partners for record in planner.of(kind, local_id))


def _goes(record: SyncRecord) -> bool:
    """It is there, on its way, or would be if shadow mode did not keep it: then what belongs to it would go too."""
    return record.over_there or record.as_state is not SyncState.IDLE or record.reason == Reason.SHADOW


def _apply(planner: Planner, record: SyncRecord, revision: int, decision: Decision, *, follow: bool = False) -> None:
    planner.hold(record)
    again = follow and decision.wanted and record.as_state is SyncState.DONE
    if not again and record.planned_revision >= revision and record.as_state in (SyncState.DONE, *IN_FLIGHT):
        return
    record.planned_revision = max(record.planned_revision, revision)
    if decision.wanted:
        record.wanted_revision = max(record.wanted_revision, revision)
    if record.as_state in IN_FLIGHT:
        return  # its outcome is found out first; the engine compares the revisions when it knows
    if not decision.wanted:
        _rest(record, decision)
    elif record.pushed_revision >= record.wanted_revision and not again:
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
    record.problem = record.cause = record.problem_facts = record.waits_for_id = None


def _make_due(planner: Planner, record: SyncRecord) -> None:
    record.state, record.reason = SyncState.DUE.value, None
    record.problem = record.cause = record.problem_facts = record.waits_for_id = None
    record.due_at = next_due(clock.now_ms(), settings.of(planner.connection).frequency)
    record.lane = planner.lane.value
    planner.made_due = True


def next_due(now: int, frequency: Frequency) -> int:
    """Now, or the next round of a connection that sends every so many minutes."""
    step = frequency.minutes * clock.MINUTE
    return -(-now // step) * step if step else now


def planner_of(session: Session, tenant_id: UUID) -> Planner | None:
    """The planner of this transaction on the tenant's live connection; None without one."""
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


def leave_behind(session: Session, connection: Connection) -> None:
    """A connection begins or comes back: what changed meanwhile is the backlog, offered and never sent by itself."""
    for kind, model in document_models().items():
        revision = select(model.revision).where(model.id == SyncRecord.local_id).scalar_subquery()
        mine = (SyncRecord.connection_id == connection.id, SyncRecord.kind == kind.value)
        unsettled = SyncRecord.state.in_([SyncState.IDLE.value, SyncState.DONE.value])
        lagging = and_(unsettled, SyncRecord.planned_revision < revision)
        session.execute(
            update(SyncRecord)
            .where(*mine, lagging)
            .values(
                planned_revision=revision,
                state=SyncState.IDLE.value,
                reason=Reason.WHILE_DISCONNECTED.value,
            )
            .execution_options(synchronize_session=False)
        )
