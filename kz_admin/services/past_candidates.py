"""Our side of the past: invoices from before the connection that are not over there, and whom they were for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kz_admin.domain.kinds import Kind, Origin
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.lists import List
from kz_admin.domain.past_invoices import Ours, Theirs, Whom
from kz_admin.domain.pushing import unlinked_of
from kz_admin.domain.status import WAITING, SyncState
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.invoice import Invoice
from kz_admin.models.option import Option
from kz_admin.models.past_invoice import PastInvoice
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services.push import fates

# On its way, or nobody knows: the engine finds out, and no look over there comes between.
_BUSY = [state.value for state in (*WAITING, SyncState.PARKED)]


def query(connection: Connection, since: str = "", until: str = "") -> Select[Invoice]:
    """Finalised here before the company was connected, not over there, not on the way, not left out by a person."""
    mine = (SyncRecord.connection_id == connection.id, SyncRecord.kind == Kind.INVOICE.value)
    taken = or_(SyncRecord.remote_id.is_not(None), SyncRecord.state.in_(_BUSY), SyncRecord.ignored_at.is_not(None))
    found = select(Invoice).where(
        Invoice.tenant_id == connection.tenant_id,
        Invoice.origin == Origin.OURS.value,
        Invoice.state.not_in([InvoiceState.DRAFT.value, InvoiceState.VOID.value]),
        Invoice.number_key.is_not(None),
        Invoice.created_at < connection.connected_at,
        Invoice.id.not_in(select(SyncRecord.local_id).where(*mine, taken)),
    )
    if since:
        found = found.where(Invoice.issued_on >= since)
    return found.where(Invoice.issued_on <= until) if until else found


@dataclass(frozen=True)
class Span:
    """The days on which there are any, and how many there are; counted no further than one more than is shown."""

    first: str = ""
    last: str = ""
    count: int = 0


def span(session: Session, connection: Connection, counted_at_most: int) -> Span:
    # each end by its index: the least and the greatest of all would be read from every row
    days = query(connection).with_only_columns(Invoice.issued_on).limit(1)
    first = session.scalar(days.order_by(Invoice.issued_on, Invoice.id))
    last = session.scalar(days.order_by(Invoice.issued_on.desc(), Invoice.id.desc()))
    return Span(first or "", last or "", count(session, query(connection), counted_at_most))


def count(session: Session, found: Select[Any], counted_at_most: int) -> int:
    some = found.with_only_columns(Invoice.id).limit(counted_at_most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


# -- both sides in the words of the comparison ------------------------------------------------------------------------


def ours(session: Session, connection: Connection, invoices: Sequence[Invoice]) -> dict[UUID, Ours]:
    """With the customer each was for: by what its client, or its project, is linked to in its currency."""
    clients = _clients(session, {one.client_id for one in invoices})
    links = _links(session, connection, invoices)
    unlinked = _unlinked(session, connection, invoices)
    return {
        one.id: Ours(
            str(one.id),
            one.total_minor,
            one.currency,
            Whom(
                frozenset(links.get((one.client_id, one.currency), ()))
                | frozenset(links.get((one.project_id, one.currency), ()) if one.project_id else ()),
                clients[one.client_id].name,
                clients[one.client_id].email,
            ),
            unlinked.get(one.id, frozenset()),
        )
        for one in invoices
    }


def _unlinked(session: Session, connection: Connection, invoices: Sequence[Invoice]) -> dict[UUID, frozenset[str]]:
    query = select(SyncRecord).where(
        SyncRecord.connection_id == connection.id,
        SyncRecord.kind == Kind.INVOICE.value,
        SyncRecord.local_id.in_([one.id for one in invoices]),
        SyncRecord.choices.is_not(None),
    )
    return {one.local_id: unlinked_of(fates.choices_of(one)) for one in session.scalars(query)}


def _clients(session: Session, ids: Iterable[UUID]) -> dict[UUID, Client]:
    return {one.id: one for one in session.scalars(select(Client).where(Client.id.in_(ids)))}


def _links(
    session: Session, connection: Connection, invoices: Sequence[Invoice]
) -> dict[tuple[UUID | None, str], tuple[str, ...]]:
    ids = {one.client_id for one in invoices} | {one.project_id for one in invoices if one.project_id}
    linked = select(SyncRecord.local_id, SyncRecord.part, SyncRecord.remote_id).where(
        SyncRecord.connection_id == connection.id,
        SyncRecord.kind.in_([Kind.CLIENT.value, Kind.PROJECT.value]),
        SyncRecord.local_id.in_(ids),
        SyncRecord.remote_id.is_not(None),
    )
    return {(local_id, part): (remote_id or "",) for local_id, part, remote_id in session.execute(linked)}


Customers = Mapping[str, Whom]


def customers(session: Session, connection: Connection) -> Customers:
    """Theirs as they were last read: an invoice of theirs names only the id, and how it is shown."""
    columns = select(Option.remote_id, Option.name, Option.details)
    mine = (Option.connection_id == connection.id, Option.list == List.CUSTOMERS.value)
    return {
        remote_id: Whom(frozenset({remote_id}), name, json.loads(details).get("email", ""))
        for remote_id, name, details in session.execute(columns.where(*mine))
    }


def theirs(row: PastInvoice, known: Customers) -> Theirs:
    customer = known.get(row.customer) or Whom(frozenset({row.customer}), row.customer_name)
    return Theirs(row.remote_id, row.total_minor, row.currency, customer, row.mark, row.voided)
