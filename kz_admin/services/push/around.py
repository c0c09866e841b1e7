"""The rows around a wave of records: their documents, their partners' records and what people call their clients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import Key
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.document import Document, document_models
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import Payment
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services.needs import Need

_LOADED = {
    Kind.INVOICE: (selectinload(Invoice.lines),),
    Kind.CREDIT_NOTE: (selectinload(CreditNote.lines), selectinload(CreditNote.allocations)),
    Kind.PAYMENT: (selectinload(Payment.allocations),),
}


def documents(session: Session, rows: Iterable[SyncRecord]) -> dict[UUID, Document]:
    models, by_kind = document_models(), dict[Kind, list[SyncRecord]]()
    for row in rows:
        by_kind.setdefault(row.as_kind, []).append(row)
    found: dict[UUID, Document] = {}
    for kind, mine in by_kind.items():
        model = models[kind]
        query: Select[Any] = select(model).where(
            model.tenant_id == mine[0].tenant_id, model.id.in_([row.local_id for row in mine])
        )
        found |= {one.id: one for one in session.scalars(query.options(*_LOADED.get(kind, ())))}
    return found


def partners(
    session: Session,
    connection: Connection,
    documents: Iterable[Document],
    needed: Mapping[UUID, Sequence[Need]],
) -> dict[Key, SyncRecord]:
    ids = {need.local_id for all_of in needed.values() for need in all_of}
    for document in documents:
        if isinstance(document, Payment | CreditNote):
            ids |= {document.id, *(part.invoice_id for part in document.allocations)}
        if isinstance(document, Invoice) and document.voided_at is not None:
            ids.add(document.id)  # what undoes it stands on it
        ids |= {one for name in ("invoice_id", "payment_id") if (one := getattr(document, name, None)) is not None}
    if not ids:
        return {}
    query = select(SyncRecord).where(SyncRecord.connection_id == connection.id, SyncRecord.local_id.in_(ids))
    return {(row.as_kind, row.local_id, row.part): row for row in session.scalars(query)}


def names(session: Session, documents: Iterable[Document]) -> dict[UUID, str]:
    """What people call the clients of these documents."""
    ids = {one for document in documents if (one := getattr(document, "client_id", None)) is not None}
    if not ids:
        return {}
    return dict(session.execute(select(Client.id, Client.name).where(Client.id.in_(ids))).all())
