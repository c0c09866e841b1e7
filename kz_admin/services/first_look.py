"""The first invoice that went over on a connection: worth one look by eye before trusting the rest (KZ-24)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain.kinds import Kind
from kz_admin.models.call import Attempt, Call
from kz_admin.models.connection import Connection
from kz_admin.models.invoice import Invoice
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord

SHOWN_FOR = 14 * clock.DAY  # after the connection began
WENT_OVER = ("applied", "adopted")


@dataclass(frozen=True)
class FirstLook:
    """Both sides of it, as the overview shows them."""

    invoice_id: UUID
    title: str
    currency: str
    ours: int
    theirs: int | None
    at: int | None

    @property
    def agrees(self) -> bool:
        return self.ours == self.theirs


def of(connection: Connection) -> FirstLook | None:
    """None before something went over, and when the connection is no longer new."""
    if not _is_new(connection):
        return None
    with reading() as session:
        row = session.execute(_first(connection)).first()
    if row is None:
        return None
    record, invoice = row
    return FirstLook(
        invoice.id, invoice.title, invoice.currency, invoice.total_minor, record.remote_total, record.pushed_at
    )


def is_first(session: Session, connection: Connection, record: SyncRecord) -> bool:
    if record.as_kind is not Kind.INVOICE or not record.over_there or not _is_new(connection):
        return False
    row = session.execute(_first(connection)).first()
    return row is not None and row[0].id == record.id


def _is_new(connection: Connection) -> bool:
    return connection.last_success_at is not None and connection.connected_at > clock.now_ms() - SHOWN_FOR


def _first(connection: Connection) -> Select[SyncRecord, Invoice]:
    """By the order of calls, which has an index: no more than a few are looked at, however many there were."""
    return (
        select(SyncRecord, Invoice)
        .select_from(Call)
        .join(Attempt, Attempt.call_id == Call.id)
        .join(SyncRecord, SyncRecord.id == Attempt.sync_record_id)
        .join(Invoice, Invoice.id == SyncRecord.local_id)
        .where(
            Call.connection_id == connection.id,
            SyncRecord.kind == Kind.INVOICE.value,
            SyncRecord.remote_id.is_not(None),
            Attempt.outcome.in_(WENT_OVER),
        )
        .order_by(Call.last_sent_at, Call.id)
        .limit(1)
    )
