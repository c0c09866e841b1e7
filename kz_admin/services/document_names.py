"""What people call documents of any kind, for lists that mix them: one statement for a whole screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from kz_admin.domain.kinds import Kind
from kz_admin.models.client import Client
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.expense import Expense
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import Payment
from kz_admin.models.project import Project
from kz_admin.models.refund import Refund
from kz_admin.models.service import Service
from kz_admin.models.session import reading
from kz_admin.models.time_entry import TimeEntry
from kz_admin.models.vendor import Vendor

# The column that says it; where that is a day, the kind's word stands before it.
_NAMES: Sequence[tuple[Any, Any, Kind | None]] = (
    (Client, Client.name, None),
    (Project, Project.name, None),
    (Service, Service.name, None),
    (Vendor, Vendor.name, None),
    (Invoice, Invoice.number, None),
    (CreditNote, CreditNote.number, None),
    (Payment, Payment.paid_on, Kind.PAYMENT),
    (Refund, Refund.refunded_on, Kind.REFUND),
    (TimeEntry, TimeEntry.worked_on, Kind.TIME_ENTRY),
    (Expense, Expense.spent_on, Kind.EXPENSE),
)
_WORDS = {str(number): kind for number, (_, _, kind) in enumerate(_NAMES)}


def of(session: Session, tenant_id: UUID, row_ids: Iterable[UUID]) -> dict[UUID, str]:
    wanted = list(row_ids)
    if not wanted:
        return {}
    parts = [
        select(model.id, column.label("name"), literal(str(number)).label("which")).where(
            model.tenant_id == tenant_id, model.id.in_(wanted)
        )
        for number, (model, column, _) in enumerate(_NAMES)
    ]
    return {row_id: _said(name, _WORDS[which]) for row_id, name, which in session.execute(union_all(*parts))}


def _said(name: str | None, kind: Kind | None) -> str:
    return f"{kind.word} of {name}" if kind is not None else name or ""


def several(tenant_id: UUID, row_ids: Iterable[UUID]) -> dict[UUID, str]:
    with reading() as session:
        return of(session, tenant_id, row_ids)


def one(tenant_id: UUID, row_id: UUID) -> str:
    return several(tenant_id, [row_id]).get(row_id, "")
