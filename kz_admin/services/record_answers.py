"""More of what people answer from a card, each a deed of its own: the customer a document is for, a text to shorten,
an invoice that is gone, a difference that is accepted, a subscription that was renewed.

Like all deeds of services/records.py they run in a Work, are audited, and ring after the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kz_admin.domain import agreement
from kz_admin.domain.catalogue import card_of
from kz_admin.domain.catalogue_entries import Do
from kz_admin.domain.failures import Conflict, Wrong
from kz_admin.domain.kinds import Kind
from kz_admin.domain.status import IN_FLIGHT, STUCK, WAITING, Lane, SyncState
from kz_admin.models.client import Client
from kz_admin.models.document import Document, document_models
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import audit, crediting, planning, record_states, records, unlinking
from kz_admin.services.documents.saving import mine
from kz_admin.services.documents.work import Work
from kz_admin.services.needs import Need
from kz_admin.services.push import fates, subscription

NOT_THERE = "This client is no customer over there yet. Create the customer, then it goes over."
NOT_GONE = "The invoice is there again, or on its way. Retry this one."
UNDER_WAY = "{what} is on its way over there at this moment. Try it again in a minute."
ACCEPTED_ALREADY = "There is no difference to accept any more. Load the page again."
NOTHING_HELD = "Nothing waits for the subscription any more. Load the page again."


def new_customer(work: Work, kind: Kind, document_id: UUID) -> None:
    """Looked for like any other first; what looks like it and is not surely the same asks again."""
    record = _offered(work, kind, document_id, Do.NEW_CUSTOMER)
    client, part = _client_of(work, record)
    need = Need(Kind.CLIENT, client.id, part, client.revision, client.created_at)
    _no_longer_left_out(work, _customer(work, client, part))
    (partner,) = planning.want(work.session, records.planner_of(work).connection, [need], Lane.INTERACTIVE)
    if partner.over_there:
        _begin_anew(partner, client.name)
    elif partner.as_state in STUCK:
        records.go_again(work, [partner])
    _noted(work, record, {"customer": f"create {client.name}"})


def revive(work: Work, kind: Kind, document_id: UUID) -> None:
    """Active again over there, if it was made inactive; the document goes to it as before."""
    record = _offered(work, kind, document_id, Do.REVIVE)
    client, part = _client_of(work, record)
    partner = _customer(work, client, part)
    if partner is None or partner.remote_id is None:
        raise Conflict(NOT_THERE)
    theirs, made = partner.remote_id, partner.linked_by
    _begin_anew(partner, client.name)
    partner.linked_by = made
    fates.set_choices(partner, {"reactivate": theirs})
    _noted(work, record, {"customer": f"make {client.name} active again"})


def invoice_again(work: Work, kind: Kind, document_id: UUID) -> None:
    """The invoice that this money settles was deleted over there: a person wants it again, and the money after it."""
    record = _offered(work, kind, document_id, Do.CREATE_AGAIN)
    facts = record_states.problem_of(record).facts
    query = select(SyncRecord).where(
        SyncRecord.tenant_id == work.tenant_id,
        SyncRecord.connection_id == record.connection_id,
        SyncRecord.kind == Kind.INVOICE.value,
        SyncRecord.part == "",
        SyncRecord.remote_id == facts.get("remote_id"),
    )
    invoice = work.session.scalar(query.with_for_update())
    if invoice is None or invoice.as_state not in (SyncState.DONE, SyncState.IDLE, SyncState.FAILED):
        raise Conflict(NOT_GONE)
    _begin_anew(invoice, f"The invoice {facts.get('number', '')}".strip())
    _noted(work, record, {"invoice": f"create {facts.get('number') or 'it'} again"})


def shorten(work: Work, kind: Kind, document_id: UUID) -> None:
    """For this document only, and for its later changes too."""
    record = _offered(work, kind, document_id, Do.SHORTEN)
    facts = record_states.problem_of(record).facts
    fates.set_choices(record, {**fates.choices_of(record), fates.SHORT: f"{facts['field']}:{facts['limit']}"})
    _noted(work, record, {"shortened": facts["field"], "to": facts["limit"]})


def accept(work: Work, kind: Kind, document_id: UUID) -> None:
    """Both sides differ and a person says that this is right. Another difference is told again."""
    document = mine(work, document_models()[kind], document_id)
    differing = [one for one in records.records_of(work, document) if agreement.is_difference(one.note or "")]
    if not differing:
        raise Conflict(ACCEPTED_ALREADY)
    for record in differing:
        said, record.note = record.note or "", None
        fates.set_choices(record, {**fates.choices_of(record), fates.ACCEPTED: said})
        _audit(work, record, "document.difference_accepted", {"difference": said})


def test_again(work: Work, kind: Kind, document_id: UUID) -> None:
    mine(work, document_models()[kind], document_id)
    test_subscription(work)


def test_subscription(work: Work) -> None:
    """It may have been renewed: one record goes at once, and tells."""
    planner = records.planner_of(work)
    if not subscription.test_now(work.session, planner.connection.id):
        raise Conflict(NOTHING_HELD)
    planner.lane, planner.made_due = Lane.INTERACTIVE, True
    subject = ("connection", planner.connection.id, planner.connection.company_name)
    audit.record(work.session, work.actor, "subscription.tested", subject, tenant_id=work.tenant_id)


@dataclass(frozen=True)
class Answer:
    deed: Callable[[Work, Kind, UUID], None]
    said: str  # to whoever gave it


ANSWERS: Mapping[str, Answer] = {
    "new_customer": Answer(new_customer, "Noted. The customer goes first, then this one."),
    "revive": Answer(revive, "Noted. The customer is made active again, then this one goes."),
    "invoice_again": Answer(invoice_again, "Noted. The invoice goes first, then this one."),
    "shorten": Answer(shorten, "Noted. Trying again with the shorter text."),
    "credit": Answer(crediting.credit_instead, "Noted. A credit over all of it goes, and settles it over there."),
    "accept": Answer(accept, "Accepted. The difference stays in the activity log."),
    "copy_anew": Answer(unlinking.copy_anew, "Noted. It is looked for once more, then copied."),
    "test_again": Answer(test_again, "Testing again. What waits goes over if the subscription was renewed."),
}


def _offered(work: Work, kind: Kind, document_id: UUID, do: Do) -> SyncRecord:
    """The record whose Problem it is, if its card offers this: a page that is older than the card decides nothing."""
    records.not_shadowed(work)
    record = records.in_question(work, kind, document_id)
    if do not in card_of(record_states.problem_of(record)).actions:
        raise Wrong("choice", "Choose one of the answers on the card.")
    return record


def _client_of(work: Work, record: SyncRecord) -> tuple[Client, str]:
    document: Any = mine(work, document_models()[record.as_kind], record.local_id)
    client = mine(work, Client, document.client_id)
    return client, getattr(document, "currency", None) or record.part or client.currency


def _customer(work: Work, client: Client, part: str) -> SyncRecord | None:
    query = select(SyncRecord).where(
        SyncRecord.tenant_id == work.tenant_id,
        SyncRecord.connection_id == records.planner_of(work).connection.id,
        SyncRecord.kind == Kind.CLIENT.value,
        SyncRecord.local_id == client.id,
        SyncRecord.part == part,
    )
    return work.session.scalar(query.with_for_update())


def _no_longer_left_out(work: Work, partner: SyncRecord | None) -> None:
    if partner is not None and partner.ignored_at is not None:
        partner.ignored_at = partner.ignored_by = partner.note = None
        work.session.flush()


def _begin_anew(record: SyncRecord, what: str) -> None:
    """Like one that never went: it is looked for first, and made only where nothing is found."""
    if record.as_state in IN_FLIGHT:
        raise Conflict(UNDER_WAY.format(what=what))
    wanted = max(record.wanted_revision, record.pushed_revision, record.planned_revision)
    records.forget_theirs(record)
    record.wanted_revision = wanted
    if record.as_state not in WAITING:
        record_states.move(record, SyncState.DUE, due_at=0, lane=Lane.INTERACTIVE)


def _noted(work: Work, record: SyncRecord, after: Mapping[str, str]) -> None:
    records.go_again(work, [record])
    _audit(work, record, "document.decided", after)


def _audit(work: Work, record: SyncRecord, action: str, after: Mapping[str, str]) -> None:
    document: Document = work.session.get_one(document_models()[record.as_kind], record.local_id)
    label = getattr(document, "number", None) or getattr(document, "name", None) or record.as_kind.word
    subject = (record.kind, record.local_id, label)
    audit.record(work.session, work.actor, action, subject, tenant_id=work.tenant_id, after=dict(after))
