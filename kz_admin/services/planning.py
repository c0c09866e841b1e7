"""What becomes of one document's records when it was saved: due, held, or idle with a reason.

plan()        once per document, for everything of it that goes over
want()        partners that a document cannot go without
want_parts()  a document that is several objects over there
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain import rules
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.presets import Frequency
from kz_admin.domain.pushing import APPLIED
from kz_admin.domain.rules import Decision, Reason, Standing, Subject
from kz_admin.domain.status import IN_FLIGHT, Hold, Lane, SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tenant import Tenant
from kz_admin.services import needs, settings, subjects
from kz_admin.services.planner import Planner

CREATED = "created"


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
