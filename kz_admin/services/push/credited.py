"""What the credit for a voided invoice needs beside the invoice: the day of the void, and what was sent for it.

Such an invoice lies in closed books over there: it is not taken back, its parts undo it (`Pusher.instead`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain import drafts
from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Slug
from kz_admin.domain.pushing import CREDITED, CREDITED_APPLIED, OF_A_CREDIT, Key, Ref
from kz_admin.domain.status import STUCK
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document
from kz_admin.models.invoice import Invoice
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tenant import Tenant


def is_part(row: SyncRecord) -> bool:
    return row.as_kind is Kind.INVOICE and row.part in OF_A_CREDIT


def keys(row: SyncRecord) -> list[Key]:
    """The credit is of the invoice; its use is of both."""
    if not is_part(row):
        return []
    of_invoice: Key = (Kind.INVOICE, row.local_id, "")
    return [of_invoice, (Kind.INVOICE, row.local_id, CREDITED)] if row.part == CREDITED_APPLIED else [of_invoice]


def is_said(row: SyncRecord, partners: Mapping[Key, SyncRecord]) -> bool:
    """It needs nothing beside its invoice: what was sent for that one is said again. A linked one was never sent."""
    of_invoice = partners.get((Kind.INVOICE, row.local_id, ""))
    linked = of_invoice is not None and not of_invoice.pushed_snapshot
    return is_part(row) and not (row.part == CREDITED and linked)


def days(
    session: Session, connection: Connection, rows: Iterable[SyncRecord], documents: Mapping[UUID, Document]
) -> dict[UUID, str]:
    """Invoice → the day on which it was voided, in the tenant's zone; asked for only where there is one to credit."""
    found = [documents.get(row.local_id) for row in rows if is_part(row)]
    voided = {one.id: one.voided_at for one in found if isinstance(one, Invoice) and one.voided_at is not None}
    if not voided:
        return {}
    zone = session.scalars(select(Tenant.time_zone).where(Tenant.id == connection.tenant_id)).one()
    return {invoice_id: clock.local_date(at, zone).isoformat() for invoice_id, at in voided.items()}


def as_sent(ref: Ref, row: SyncRecord) -> Ref:
    """With the very draft: a credit says the same again, whatever was changed here since."""
    return replace(ref, sent=drafts.from_text(row.pushed_snapshot) if row.pushed_snapshot else None)


def may_stay(row: SyncRecord, first: SyncRecord) -> bool:
    """Money that lies in closed books itself does not keep its invoice from being credited: it remains there."""
    return row.as_kind is Kind.INVOICE and is_shut_in(first)


def is_shut_in(row: SyncRecord) -> bool:
    return row.as_state in STUCK and row.problem == Slug.PERIOD_CLOSED.value
