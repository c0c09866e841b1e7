"""Taking back a link that was wrong, and linking to what a person names. Nothing over there is touched by either.

unlink()      ours is not over there any more, and goes only when a person says so
link_to()     to the number or id a person writes; the next push finds and compares it, and a card says what is wrong
copy_anew()   after all not linked: it is looked for, never among what was unlinked, and made where nothing is found

What was unlinked stays with the record (pushing.UNLINKED): no look-up and no past look takes it for the same again by
itself, unless it carries our own marker. What we made over there ourselves cannot be unlinked: forgotten, it would be
made a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kz_admin.domain.failures import Conflict, Wrong
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.past_invoices import Differs, Verdict
from kz_admin.domain.problems import Slug
from kz_admin.domain.pushing import APPLIED, SOUGHT, UNLINKED, LinkedBy, unlinked_of
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import IN_FLIGHT, SyncState
from kz_admin.models.call import Attempt
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document, document_models
from kz_admin.models.past_invoice import PastInvoice
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import label_of
from kz_admin.services import document_names, laying_aside, outbox, record_states, records, subjects
from kz_admin.services.documents.saving import mine, note
from kz_admin.services.documents.work import Work
from kz_admin.services.push import fates

LONGEST = 64
NOT_LINKED = "It is linked to nothing over there. Load the page again."
TAKEN_BACK = "It was voided here and taken back over there, so no link is left."
CREATED_HERE = (
    "It was created over there from here, so there is no link to take away: forgotten, it would be created a second "
    "time. Void it here, and it is taken back over there."
)
UNDER_WAY = "It is on its way over there, or whether it arrived is not known yet. Try it again in a few minutes."
LEANS_ON_IT = "In {provider}, this refers to it: {names}. Unlink or void that first."
LINKED_ALREADY = "It is over there, or on its way. Unlink it first, then link it to another one."
NAME_ONE = "Write the number or the id that it has over there."


def may_be_unlinked(found: Sequence[SyncRecord]) -> bool:
    """Whether its panel offers it; what is in the way is said when it is asked for."""
    there = [one for one in found if one.over_there]
    is_document = all(one.as_kind not in NEVER_FROZEN for one in there)
    return bool(there) and is_document and not any(_is_made(one) or _is_gone(one) for one in there)


def refusal(document: Document, connection: Connection) -> str:
    """Why it cannot be unlinked now; empty when it can."""
    with reading() as session:
        query = select(SyncRecord).where(
            SyncRecord.connection_id == connection.id,
            SyncRecord.kind == document.kind.value,
            SyncRecord.local_id == document.id,
        )
        return _refusal(session, connection, document, session.scalars(query).all())


def unlink(work: Work, kind: Kind, document_id: UUID) -> None:
    document, found, connection = _of(work, kind, document_id)
    if why := _refusal(work.session, connection, document, found):
        raise Conflict(why)
    there = [one for one in found if one.over_there]
    was = [one.remote_number or one.remote_id or "" for one in there]
    how = sorted({one.linked_by or "" for one in there})
    for record in there:
        _past_row(work, connection, record)
        _forget(record, document)
    waiting = laying_aside.following(work, [document.id])
    _wait_with_it(work, waiting)
    outbox.plan_all(work.session, [document, *waiting])
    note(
        work,
        "document.unlinked",
        document,
        _label(document),
        before={"linked to": ", ".join(was), "by": ", ".join(how)},
    )


def link_to(work: Work, kind: Kind, document_id: UUID, said: str) -> None:
    """Due at once: found over there and compared before anything is tied. What is not found goes nowhere."""
    sought = said.strip()[:LONGEST]
    if not sought:
        raise Wrong("sought", NAME_ONE)
    records.not_shadowed(work)
    document, found, _ = _of(work, kind, document_id)
    record = next(one for one in found if not one.part)
    if record.as_state is SyncState.IDLE and record.reason is None:
        outbox.plan_all(work.session, [document])  # nobody has looked at it yet
    if is_gone(record):
        records.forget_theirs(record)
    if record.over_there or record.as_state not in (SyncState.IDLE, SyncState.FAILED) or _is_open(work.session, found):
        raise Conflict(LINKED_ALREADY)
    if not records.may_ask(record):
        raise Conflict(records.why_not(record))
    laying_aside.money_of(work, records.planner_of(work), [document.id])
    kept = {key: value for key, value in fates.choices_of(record).items() if key == UNLINKED}
    fates.set_choices(record, {**kept, SOUGHT: sought})
    _ask(work, document, record)
    note(work, "document.decided", document, _label(document), after={"link to": sought})


def is_gone(record: SyncRecord) -> bool:
    """It was deleted over there, as a look found out: then a link to it is none any more."""
    if record.as_state is not SyncState.FAILED or record.problem != Slug.GONE_THERE.value:
        return False
    return record_states.problem_of(record).facts.get("remote_id") == record.remote_id


def copy_anew(work: Work, kind: Kind, document_id: UUID) -> None:
    records.not_shadowed(work)
    document, found, _ = _of(work, kind, document_id)
    sought = [one for one in found if SOUGHT in fates.choices_of(one) and not one.over_there]
    if not sought or any(one.as_state in IN_FLIGHT for one in sought):
        raise Conflict(records.NOTHING_IN_THE_WAY)
    _wait_with_it(work, laying_aside.following(work, [document.id]))
    for record in sought:
        fates.set_choices(record, {key: value for key, value in fates.choices_of(record).items() if key != SOUGHT})
        _ask(work, document, record)
    note(work, "document.copied", document, _label(document))


def _of(work: Work, kind: Kind, document_id: UUID) -> tuple[Document, Sequence[SyncRecord], Connection]:
    document = mine(work, document_models()[kind], document_id)
    return document, records.records_of(work, document), records.planner_of(work).connection


def _ask(work: Work, document: Document, record: SyncRecord) -> None:
    """A person's word lets it over, whatever the trigger; a look goes first."""
    record.asked_at, record.look_first = work.at, True
    record.ignored_at = record.ignored_by = record.note = None
    if record.as_state is SyncState.FAILED:
        records.go_again(work, [record])
    outbox.plan_all(work.session, [document])


# -- what is in the way -----------------------------------------------------------------------------------------------


def _refusal(session: Session, connection: Connection, document: Document, found: Sequence[SyncRecord]) -> str:
    there = [one for one in found if one.over_there]
    if not there:
        return NOT_LINKED
    if any(_is_gone(one) for one in there):
        return TAKEN_BACK
    if any(_is_made(one) for one in there):
        return CREATED_HERE
    if any(one.as_state in IN_FLIGHT for one in found) or _is_open(session, found):
        return UNDER_WAY
    if names := _leaning(session, connection, document):
        return LEANS_ON_IT.format(provider=label_of(connection.provider), names=", ".join(names))
    return ""


def _is_made(record: SyncRecord) -> bool:
    return record.linked_by == LinkedBy.CREATED.value


def _is_gone(record: SyncRecord) -> bool:
    return record.removes and record.as_state is SyncState.DONE


def _is_open(session: Session, found: Sequence[SyncRecord]) -> bool:
    mine_open = select(Attempt.id).where(
        Attempt.sync_record_id.in_([one.id for one in found]), Attempt.closed_at.is_(None)
    )
    return session.scalar(mine_open.limit(1)) is not None


def _leaning(session: Session, connection: Connection, document: Document) -> list[str]:
    """Money that names it over there, or may do so already: by our hand it would follow to another invoice later."""
    following = {one.id: one for one in subjects.followers(session, [document.id])}
    query = select(SyncRecord).where(
        SyncRecord.connection_id == connection.id, SyncRecord.local_id.in_(list(following))
    )
    leans = [one for one in session.scalars(query) if _names_it(one)] if following else []
    in_doubt = select(Attempt.sync_record_id).where(
        Attempt.sync_record_id.in_([one.id for one in leans]), Attempt.closed_at.is_(None)
    )
    may_be_there = set(session.scalars(in_doubt)) if leans else set()
    found = {one.local_id for one in leans if one.over_there or one.as_state in IN_FLIGHT or one.id in may_be_there}
    named = document_names.of(session, connection.tenant_id, found)
    return sorted(f"the {name}" if following[row_id].kind.word in name else name for row_id, name in named.items())


def _names_it(record: SyncRecord) -> bool:
    """A credit note names its invoice where it is used for it, which is an object of its own."""
    return not _is_gone(record) and (record.as_kind is not Kind.CREDIT_NOTE or record.part == APPLIED)


# -- what becomes of it -----------------------------------------------------------------------------------------------


def _forget(record: SyncRecord, document: Document) -> None:
    unlinked = unlinked_of(fates.choices_of(record)) | {record.remote_id or ""}
    if record.as_state is SyncState.PARKED:
        record_states.move(record, SyncState.DUE)
    record_states.move(record, SyncState.IDLE, reason=Reason.UNLINKED.value)
    records.forget_theirs(record)
    fates.set_choices(record, {UNLINKED: ",".join(sorted(unlinked - {""}))})
    record.wanted_revision, record.planned_revision = 0, document.revision
    record.asked_at = record.waits_for_id = record.failing_since = None
    record.kills = record.tries = 0


def _wait_with_it(work: Work, waiting: Sequence[Document]) -> None:
    """Money that is not over there goes when the invoice does, and looks first; so does what was laid aside."""
    planner = records.planner_of(work)
    planner.look_up([one.id for one in waiting])
    for document in waiting:
        for record in planner.of(document.kind, document.id):
            if not record.over_there and record.as_state not in IN_FLIGHT:
                record.look_first = True
                if record.reason == Reason.BEFORE_LINK:
                    record.reason = None


def _past_row(work: Work, connection: Connection, record: SyncRecord) -> None:
    """In the comparison of past invoices it stands among those that differ: only a person links it again."""
    if record.as_kind is not Kind.INVOICE:
        return
    values = {
        "verdict": Verdict.DIFFERS.value,
        "differs": Differs.UNLINKED.value,
        "local_id": record.local_id,
        "confirmed_at": None,
        "confirmed_by": None,
        "confirmed_by_id": None,
        "how": "",
    }
    theirs = (PastInvoice.connection_id == connection.id, PastInvoice.remote_id == record.remote_id)
    work.session.execute(
        update(PastInvoice).where(*theirs).values(**values).execution_options(synchronize_session=False)
    )


def _label(document: Document) -> str:
    return str(getattr(document, "number", None) or document.kind.word)
