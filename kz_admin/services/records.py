"""What people do with the SyncRecords of a document: copy it over, try again, decide, leave it out.

Each deed runs in the transaction of a Work, is audited, and rings after the commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain import rules
from kz_admin.domain.failures import Conflict, Wrong
from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Slug
from kz_admin.domain.pushing import OF_A_CREDIT, SOUGHT
from kz_admin.domain.rules import WORDS, Reason
from kz_admin.domain.status import STUCK, WAITING, Lane, SyncState
from kz_admin.models.call import Attempt
from kz_admin.models.document import Document, document_models
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import needless, outbox, record_states, retrying
from kz_admin.services.documents.saving import all_mine, mine
from kz_admin.services.documents.saving import note as note_change
from kz_admin.services.documents.work import Work
from kz_admin.services.planner import Planner
from kz_admin.services.push import fates

# What only a person's word lets over: it was made, or changed, before this connection began to look.
CROSSES = frozenset(
    {Reason.BEFORE_START, Reason.WHILE_DISCONNECTED, Reason.FROM_SHADOW, Reason.BEFORE_LINK, Reason.UNLINKED}
)
# What no word lets over.
NEVER = frozenset(
    {
        Reason.DRAFT,
        Reason.BEFORE_RESET,
        Reason.VOIDED_UNSENT,
        Reason.NOT_YET,
        Reason.BY_HAND,
        Reason.IMPORTED,
        Reason.SHADOW,
        Reason.DISCONNECTING,
        Reason.NOT_ALLOCATED,
        Reason.WAITS_FOR_PARTNER,
    }
)
LONGEST_REASON = 200
SEVERAL = retrying.FEW
NOTHING_IN_THE_WAY = "Nothing is in the way of this one any more. Load the page again."
SHADOWED = "Shadow mode is on: nothing is sent, whatever is clicked. The preview shows what would go."
# What another choice of accounts may mend.
OF_ACCOUNTS = (Slug.ACCOUNT_MISSING, Slug.ACCOUNT_TYPE, Slug.INACTIVE_REFERENCE)


class NeedsConfirmation(Conflict):
    """Some of them are from before the start date: say so first, then copy."""

    def __init__(self, crossing: int) -> None:
        self.crossing = crossing
        super().__init__("It is from before the start date of this connection.")


def copy(work: Work, kind: Kind, ids: Sequence[UUID], *, confirmed: bool = False) -> int:
    """Send these now, whatever the trigger says; returns how many go. One alone that cannot go says why."""
    documents = [*all_mine(work, document_models()[kind], ids)]
    planner = not_shadowed(work)
    planner.lane = Lane.INTERACTIVE if len(documents) <= SEVERAL else Lane.BULK
    outbox.plan_all(work.session, documents)  # what would become of them unasked
    records = [one for document in documents for one in _asked_about(planner, document)]
    crossing = sum(record.as_state is SyncState.IDLE and record.reason in CROSSES for record in records)
    if crossing and not confirmed:
        raise NeedsConfirmation(crossing)
    asked = [record for record in records if may_ask(record)]
    for record in asked:
        record.asked_at, record.look_first = work.at, not record.over_there
        if record.as_state is SyncState.IDLE:  # what it was to be linked to is said no more: it is copied
            fates.set_choices(record, {key: said for key, said in fates.choices_of(record).items() if key != SOUGHT})
        _no_longer_ignored(record)
    outbox.plan_all(work.session, documents)
    going = {record.local_id for record in asked if record.as_state in WAITING}
    if len(documents) == 1 and not going:
        raise Conflict(why_not(records[0]))
    for document in documents:
        if document.id in going:
            _audit(work, "document.copied", document)
    return len(going)


def _asked_about(planner: Planner, document: Document) -> list[SyncRecord]:
    """Itself; of a voided invoice also what undoes it, should that have come to rest."""
    parts = [one for one in planner.of(document.kind, document.id) if one.part in OF_A_CREDIT]
    return [planner.record(document.kind, document.id), *parts]


def retry(work: Work, kind: Kind, ids: Sequence[UUID]) -> int:
    """What failed or was set aside goes again now, with the partner it waits for; returns how many of these go."""
    documents = [*all_mine(work, document_models()[kind], ids)]
    not_shadowed(work)
    query = _of_live(work).where(SyncRecord.kind == kind.value, SyncRecord.local_id.in_(ids))
    stuck = [record for record in work.session.scalars(query) if record.as_state in STUCK]
    go_again(work, [root(work, record) for record in stuck])
    again = {record.local_id for record in stuck}  # of a document several parts may be
    for document in documents:
        if document.id in again:
            _audit(work, "document.retried", document)
    return len(again)


def retry_cause(work: Work, connection_id: UUID, cause: str) -> int:
    """One cause is gone: everything it held up goes again."""
    return retrying.all_again(work, connection_id, SyncRecord.cause == cause)


def retry_problem(work: Work, connection_id: UUID, *slugs: Slug) -> int:
    """What was asked for is done, or no longer asked for: everything this held up goes again."""
    return retrying.all_again(work, connection_id, SyncRecord.problem.in_([slug.value for slug in slugs]))


def ignore(work: Work, kind: Kind, document_id: UUID, reason: str) -> None:
    """Leave it out, and say why; it can be taken back."""
    if not reason.strip():
        raise Wrong("reason", "Say in a few words why this one stays here.")
    document = mine(work, document_models()[kind], document_id)
    partners = needless.partners_of(work, SyncRecord.local_id == document.id)
    for record in records_of(work, document):
        record.ignored_at, record.ignored_by = work.at, work.actor.name[:300]
        record.note = reason.strip()[:LONGEST_REASON]
        if record.as_state is SyncState.PARKED:
            _refuse_unknown(work, record)
            record_states.move(record, SyncState.DUE)
    outbox.plan_all(work.session, [document])
    needless.rest(work, partners)
    _audit(work, "document.ignored", document, {"reason": reason.strip()[:LONGEST_REASON]})


def take_back(work: Work, kind: Kind, document_id: UUID) -> None:
    """It is no longer left out; the rules decide about it like about any other."""
    document = mine(work, document_models()[kind], document_id)
    for record in records_of(work, document):
        _no_longer_ignored(record)
    outbox.plan_all(work.session, [document])
    _audit(work, "document.taken_back", document)


def _no_longer_ignored(record: SyncRecord) -> None:
    if record.ignored_at is not None:
        record.ignored_at = record.ignored_by = record.note = None


def _refuse_unknown(work: Work, record: SyncRecord) -> None:
    """Leaving it out would leave open what became of it."""
    unknown = select(Attempt.id).where(Attempt.sync_record_id == record.id, Attempt.closed_at.is_(None))
    if work.session.scalar(unknown.limit(1)) is not None:
        raise Conflict("Whether it arrived is not known yet. Retry first: it is looked up before anything is sent.")


def in_question(work: Work, kind: Kind, document_id: UUID) -> SyncRecord:
    """The record whose card a person answers, locked with all that waits for it and read anew.

    Of two people who answer at the same moment the second one finds it on its way, and changes nothing."""
    record = root(work, stuck_of(work, kind, document_id))
    if record.problem in retrying.OF_THE_COMPANY:  # the connection before its records, as everybody locks them
        retrying.read_company_first(work, record.connection_id)
    query = select(SyncRecord).where(SyncRecord.id.in_(_with_dependents(work, {record.id})))
    locked = query.order_by(SyncRecord.id).with_for_update().execution_options(populate_existing=True)
    work.session.scalars(locked).all()
    if record.as_state not in STUCK:
        raise Conflict(NOTHING_IN_THE_WAY)
    return record


def root(work: Work, record: SyncRecord) -> SyncRecord:
    """The record whose Problem it is: a dependent only carries its partner's."""
    return root_of(work.session, record)


def root_of(session: Session, record: SyncRecord) -> SyncRecord:
    seen = {record.id}
    while record.waits_for_id is not None and record.waits_for_id not in seen:
        partner = session.get(SyncRecord, record.waits_for_id)
        if partner is None or partner.as_state not in STUCK:
            return record
        seen.add(partner.id)
        record = partner
    return record


def stuck_of(work: Work, kind: Kind, document_id: UUID) -> SyncRecord:
    query = _of_live(work).where(SyncRecord.kind == kind.value, SyncRecord.local_id == document_id)
    for record in work.session.scalars(query.order_by(SyncRecord.id)):
        if record.as_state in STUCK:
            return record
    raise Conflict(NOTHING_IN_THE_WAY)


def _of_live(work: Work) -> Select[SyncRecord]:
    return select(SyncRecord).where(
        SyncRecord.tenant_id == work.tenant_id, SyncRecord.connection_id == planner_of(work).connection.id
    )


def records_of(work: Work, document: Document) -> Sequence[SyncRecord]:
    """Of one document, on the live connection, locked; a document nobody looked at yet gets its record."""
    planner = planner_of(work)
    planner.look_up([document.id])
    return planner.of(document.kind, document.id) or [planner.record(document.kind, document.id)]


def planner_of(work: Work) -> Planner:
    planner = outbox.planner_of(work.session, work.tenant_id)
    if planner is None:
        raise Conflict("No accounting connection is live. Connect QuickBooks first.")
    return planner


def not_shadowed(work: Work) -> Planner:
    """Of a click that would send something."""
    planner = planner_of(work)
    if planner.place.settings.shadow:
        raise Conflict(SHADOWED)
    return planner


def go_again(work: Work, records: Sequence[SyncRecord]) -> int:
    """What was in the way of these is gone: they go, with what failed only because they had."""
    planner = planner_of(work)
    if planner.place.settings.shadow:
        return 0  # a gap was closed; what it held up is offered with the rest
    ids = _with_dependents(work, {record.id for record in records})
    lane = Lane.INTERACTIVE if len(ids) <= SEVERAL else Lane.BULK
    query = select(SyncRecord).where(SyncRecord.id.in_(ids)).order_by(SyncRecord.id).with_for_update()
    if any(record.problem in retrying.OF_THE_COMPANY for record in records):
        retrying.read_company_first(work, planner.connection.id)
    for record in work.session.scalars(query.execution_options(populate_existing=True)):
        if record.as_state not in STUCK:
            continue  # it went on meanwhile, or the new address made it due already
        record.kills = record.tries = 0
        record.failing_since = record.waits_for_id = None
        record_states.move(record, SyncState.DUE, due_at=clock.now_ms(), lane=lane)
        if why := rules.hold_of(planner.place):
            record_states.move(record, SyncState.HELD, reason=why.value)
    planner.lane = lane
    planner.made_due = planner.made_due or bool(ids)
    return len(ids)


def _with_dependents(work: Work, ids: set[UUID]) -> set[UUID]:
    found, new = set(ids), set(ids)
    while new:
        query = select(SyncRecord.id).where(
            SyncRecord.waits_for_id.in_(new), SyncRecord.state == SyncState.FAILED.value
        )
        new = set(work.session.scalars(query)) - found
        found |= new
    return found


def forget_theirs(record: SyncRecord) -> None:
    """It was deleted over there and a person wants it again: it begins like one that never went."""
    record.remote_type = record.remote_id = record.remote_version = record.remote_number = None
    record.remote_customer = record.remote_total = record.remote_balance = record.remote_rate = None
    record.linked_by = record.note = None
    record.pushed_hash = record.pushed_snapshot = record.pushed_at = None
    record.pushed_revision, record.look_first = 0, True


def may_ask(record: SyncRecord) -> bool:
    """Whether a person's word lets it over; what never leaves keeps no such word for later."""
    if record.only_linked and record.planned_revision <= record.pushed_revision:
        return False  # it is there as it is here, so a "copy all of these" writes nothing over it
    return record.as_state is not SyncState.IDLE or record.reason is None or Reason(record.reason) not in NEVER


def why_not(record: SyncRecord) -> str:
    if record.as_state is SyncState.IDLE and record.reason:
        return f"It was not copied: {WORDS[Reason(record.reason)]}."
    return "It is there already, and nothing has changed since."


def _audit(work: Work, action: str, document: Document, after: dict[str, str] | None = None) -> None:
    label = getattr(document, "number", None) or getattr(document, "name", None) or document.kind.word
    note_change(work, action, document, label, after=after)
