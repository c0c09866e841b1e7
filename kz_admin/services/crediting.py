"""A person wants an invoice credited that is voided here and cannot be over there: one of them, or all of a cause.

The wish is a choice of the invoice's record. What comes of it is decided where its void would be sent
(`Pusher.instead`): should the books be open by then, it is voided like any other.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Slug
from kz_admin.domain.pushing import ASKED, CREDIT
from kz_admin.domain.status import STUCK
from kz_admin.models.invoice import Invoice
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import audit, outbox, records, retrying
from kz_admin.services.causes import CREDITABLE, stuck
from kz_admin.services.documents.saving import mine
from kz_admin.services.documents.work import Work
from kz_admin.services.push import fates


def is_offered(record: SyncRecord) -> bool:
    """What causes.CREDITABLE says of rows, of one record."""
    voided = record.as_kind is Kind.INVOICE and not record.part and record.removes and record.over_there
    return voided and record.as_state in STUCK and record.problem == Slug.PERIOD_CLOSED.value


def credit_instead(work: Work, kind: Kind, document_id: UUID) -> None:
    planner = records.not_shadowed(work)
    planner.look_up([document_id])
    found = [one for one in planner.of(kind, document_id) if is_offered(one)]
    if not found:
        raise Wrong("choice", "Choose one of the answers on the card.")
    _ask(found[0])
    records.go_again(work, found)
    invoice = mine(work, Invoice, document_id)
    subject = (Kind.INVOICE.value, document_id, invoice.title)
    after = {"credit": "instead of the void"}
    audit.record(work.session, work.actor, "document.decided", subject, tenant_id=work.tenant_id, after=after)


def credit_all(work: Work, connection_id: UUID, key: str, headline: str) -> int:
    """All voided invoices that wait for this cause; what else waits for it stays. Returns how many go."""
    planner = outbox.planner_of(work.session, work.tenant_id)
    if planner is None or planner.connection.id != connection_id:
        raise NotFound
    if planner.place.settings.shadow:
        raise Conflict(records.SHADOWED)
    which = (SyncRecord.tenant_id == work.tenant_id, *stuck(connection_id, key), CREDITABLE)
    query = select(SyncRecord).where(*which).order_by(SyncRecord.id).with_for_update()
    if not (asked := work.session.scalars(query).all()):
        return 0
    for record in asked:
        _ask(record)
    moved = retrying.all_again(work, connection_id, *which)
    subject = ("cause", key[:64], headline)
    after = {"records": len(asked)}
    audit.record(work.session, work.actor, "cause.credited", subject, tenant_id=work.tenant_id, after=after)
    return len(asked) if moved else 0


def _ask(record: SyncRecord) -> None:
    fates.set_choices(record, {**fates.choices_of(record), CREDIT: ASKED})
