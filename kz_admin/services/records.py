"""What people do with the SyncRecords of a document: copy it over, try again, decide, leave it out.

Each deed runs in the transaction of a Work, is audited, and rings after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain import email_address, rules
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Slug
from kz_admin.domain.rules import WORDS, Reason
from kz_admin.domain.status import STUCK, WAITING, Lane, SyncState
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document, document_models
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.user import email_key
from kz_admin.services import audit, outbox, record_states
from kz_admin.services.documents.saving import all_mine, mine, saved
from kz_admin.services.documents.saving import note as note_change
from kz_admin.services.documents.work import Work
from kz_admin.services.planner import Planner
from kz_admin.services.push import fates

# What only a person's word lets over: it was made, or changed, before this connection began to look.
CROSSES = (Reason.BEFORE_START, Reason.WHILE_DISCONNECTED)
CHOICES = ("link", "reactivate", "number", "name")
LONGEST_REASON = 200


class NeedsConfirmation(Conflict):
    """The document is from before the start date: say so first, then copy."""


def copy(work: Work, kind: Kind, ids: Sequence[UUID], *, confirmed: bool = False) -> int:
    """Send these now, whatever the trigger says; returns how many go. One alone that cannot go says why."""
    documents = [*all_mine(work, document_models()[kind], ids)]
    planner = _planner(work)
    planner.look_up(document.id for document in documents)
    if not confirmed and any(_crosses(planner.connection, document, planner) for document in documents):
        raise NeedsConfirmation("It is from before the start date of this connection.")
    for document in documents:
        record = planner.record(kind, document.id)
        record.asked_at, record.ignored_at, record.look_first = work.at, None, not record.over_there
    planner.write()
    outbox.plan_all(work.session, documents)
    records = [planner.record(kind, document.id) for document in documents]
    going = [record for record in records if record.as_state in WAITING]
    if len(documents) == 1 and not going:
        raise Conflict(_why_not(records[0]))
    for document in documents:
        _audit(work, "document.copied", document)
    return len(going)


def retry(work: Work, kind: Kind, ids: Sequence[UUID]) -> int:
    """What failed or was set aside goes again now, with the partner it waits for."""
    all_mine(work, document_models()[kind], ids)
    query = select(SyncRecord).where(
        SyncRecord.tenant_id == work.tenant_id,
        SyncRecord.connection_id == _planner(work).connection.id,
        SyncRecord.kind == kind.value,
        SyncRecord.local_id.in_(ids),
    )
    stuck = [record for record in work.session.scalars(query) if record.as_state in STUCK]
    return _go_again(work, _with_partners(work, stuck))


def retry_cause(work: Work, connection_id: UUID, cause: str) -> int:
    """One cause is gone: everything it held up goes again."""
    query = select(SyncRecord).where(
        SyncRecord.tenant_id == work.tenant_id,
        SyncRecord.connection_id == connection_id,
        SyncRecord.state == SyncState.FAILED.value,
        SyncRecord.cause == cause,
    )
    return _go_again(work, work.session.scalars(query.order_by(SyncRecord.id)).all())


def decide(work: Work, kind: Kind, document_id: UUID, choice: str, value: str) -> None:
    """A person answered the question on the card: link this, use another number, make it active again."""
    record = root(_stuck(work, kind, document_id), work)
    if choice not in CHOICES or not value:
        raise Wrong("choice", "Choose one of the answers on the card.")
    facts = record_states.problem_of(record).facts
    if choice in ("link", "reactivate") and value != facts.get("remote_id"):
        raise Wrong("choice", "This is not what was found over there. Load the page again.")
    fates.set_choices(record, {**_lasting(record, choice), choice: value[:100]})
    _go_again(work, [record])
    _audit_record(work, "document.decided", record, {choice: value[:100]})


def give_email(work: Work, kind: Kind, document_id: UUID, email: str) -> None:
    """The address that was missing, given on the card: kept with the client, and everything that waited goes."""
    record = root(_stuck(work, kind, document_id), work)
    if record.as_kind is not Kind.CLIENT:
        raise Wrong("email", "This one does not wait for an address.")
    client = mine(work, Client, record.local_id)
    address = email_address.checked(email)
    before, client.email, client.email_key = client.email, address, email_key(address)
    saved(work, client)
    note_change(work, "client.changed", client, client.name, {"email": before}, {"email": address})


def ignore(work: Work, kind: Kind, document_id: UUID, reason: str) -> None:
    """Leave it out, and say why; it can be taken back."""
    if not reason.strip():
        raise Wrong("reason", "Say in a few words why this one stays here.")
    document = mine(work, document_models()[kind], document_id)
    for record in _records(work, kind, document_id):
        record.ignored_at, record.ignored_by = work.at, work.actor.name[:300]
        record.note = reason.strip()[:LONGEST_REASON]
    outbox.plan_all(work.session, [document])
    _audit(work, "document.ignored", document, {"reason": reason.strip()[:LONGEST_REASON]})


def take_back(work: Work, kind: Kind, document_id: UUID) -> None:
    """It is no longer left out; the rules decide about it like about any other."""
    document = mine(work, document_models()[kind], document_id)
    for record in _records(work, kind, document_id):
        record.ignored_at = record.ignored_by = record.note = None
    outbox.plan_all(work.session, [document])
    _audit(work, "document.taken_back", document)


def root(record: SyncRecord, work: Work) -> SyncRecord:
    """The record whose Problem it is: a dependent only carries its partner's."""
    seen = {record.id}
    while record.waits_for_id is not None and record.waits_for_id not in seen:
        partner = work.session.get(SyncRecord, record.waits_for_id)
        if partner is None or partner.as_state not in STUCK:
            return record
        seen.add(partner.id)
        record = partner
    return record


def _stuck(work: Work, kind: Kind, document_id: UUID) -> SyncRecord:
    for record in _records(work, kind, document_id):
        if record.as_state in STUCK:
            return record
    raise Conflict("Nothing is in the way of this one any more. Load the page again.")


def _records(work: Work, kind: Kind, document_id: UUID) -> Sequence[SyncRecord]:
    """Of one document, on the live connection, locked."""
    query = select(SyncRecord).where(
        SyncRecord.tenant_id == work.tenant_id,
        SyncRecord.connection_id == _planner(work).connection.id,
        SyncRecord.kind == kind.value,
        SyncRecord.local_id == document_id,
    )
    found = work.session.scalars(query.order_by(SyncRecord.id).with_for_update()).all()
    if not found:
        raise NotFound
    return found


def _planner(work: Work) -> Planner:
    planner = outbox.planner_of(work.session, work.tenant_id)
    if planner is None:
        raise Conflict("No accounting connection is live. Connect QuickBooks first.")
    return planner


def _with_partners(work: Work, records: Iterable[SyncRecord]) -> Sequence[SyncRecord]:
    """The ones that really failed, then those that only wait for them."""
    found = {record.id: record for record in records}
    for record in list(found.values()):
        partner = root(record, work)
        found.setdefault(partner.id, partner)
    return [found[record_id] for record_id in sorted(found)]


def _go_again(work: Work, records: Sequence[SyncRecord]) -> int:
    planner = _planner(work)
    for record in records:
        record.kills = record.tries = 0
        record.failing_since = record.waits_for_id = None
        record_states.move(record, SyncState.DUE, due_at=clock.now_ms(), lane=Lane.INTERACTIVE)
        if why := rules.hold_of(planner.place):
            record_states.move(record, SyncState.HELD, reason=why.value)
    planner.made_due = planner.made_due or bool(records)
    return len(records)


def _crosses(connection: Connection, document: Document, planner: Planner) -> bool:
    """Whether only a person's word would let it over."""
    record = planner.records.get((document.kind, document.id, ""))
    if record is None:
        return connection.start_at is not None and document.created_at < connection.start_at
    return record.as_state is SyncState.IDLE and record.reason in [reason.value for reason in CROSSES]


def _why_not(record: SyncRecord) -> str:
    if record.as_state is SyncState.IDLE and record.reason:
        return f"It was not copied: {WORDS[Reason(record.reason)]}."
    return "It is there already, and nothing has changed since."


def _lasting(record: SyncRecord, choice: str) -> dict[str, str]:
    kept = {key: value for key, value in fates.choices_of(record).items() if key in fates.LASTING}
    return {} if choice in ("link", "reactivate") else kept


def _audit(work: Work, action: str, document: Document, after: dict[str, str] | None = None) -> None:
    label = getattr(document, "number", None) or getattr(document, "name", None) or document.kind.word
    note_change(work, action, document, label, after=after)


def _audit_record(work: Work, action: str, record: SyncRecord, after: dict[str, str]) -> None:
    subject = (record.kind, record.local_id, record.as_kind.word)
    audit.record(work.session, work.actor, action, subject, tenant_id=work.tenant_id, after=after)


ACCOUNT_MISSING = f"{Slug.ACCOUNT_MISSING}:income"
