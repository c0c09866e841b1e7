"""What a document cannot go over without: its client in its currency, services of its lines, a project, a vendor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, inspect, select
from sqlalchemy.orm import Session, aliased

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import DEFAULT, List
from kz_admin.domain.presets import Settings
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.credit_note import CreditNoteLine
from kz_admin.models.document import Document
from kz_admin.models.invoice import InvoiceLine
from kz_admin.models.option import Mapping
from kz_admin.models.payment import PaymentAllocation
from kz_admin.models.project import Project
from kz_admin.models.refund import Refund
from kz_admin.models.service import Service
from kz_admin.models.vendor import Vendor
from kz_admin.services import settings

INCOME = "income"
_MODELS: dict[Kind, type[Document]] = {
    Kind.CLIENT: Client,
    Kind.PROJECT: Project,
    Kind.SERVICE: Service,
    Kind.VENDOR: Vendor,
}


@dataclass(frozen=True)
class Need:
    kind: Kind
    local_id: UUID
    part: str
    revision: int
    created_at: int
    must: bool = True  # it goes over for this; else it is only used when it is there


Wish = tuple[Kind, UUID, str]


def read(
    session: Session,
    connection: Connection,
    documents: Sequence[Document],
    for_no_service: tuple[Service, str] | None,
) -> dict[UUID, tuple[Need, ...]]:
    """By document, what goes along with it."""
    lines = _services_of(session, documents)
    wishes = {one.id: _wishes(connection, one, lines.get(one.id, ())) for one in documents}
    for document_id, services in lines.items():
        if None in services and for_no_service:
            wishes[document_id].append((Kind.SERVICE, for_no_service[0].id, for_no_service[1]))
    rows = _rows(session, (wish for all_of in wishes.values() for wish in all_of))
    return {
        document_id: tuple(
            _need(rows, settings.of(connection), *wish) for wish in dict.fromkeys(all_of) if wish[:2] in rows
        )
        for document_id, all_of in wishes.items()
    }


def _need(rows: dict[tuple[Kind, UUID], Document], chosen: Settings, kind: Kind, local_id: UUID, part: str) -> Need:
    """With strict mapping no item is made for a service: a person chooses it (decision C09)."""
    row, must = rows[kind, local_id], kind is not Kind.SERVICE or bool(part) or not chosen.strict_mapping
    return Need(kind, local_id, part, row.revision, row.created_at, must)


def _wishes(connection: Connection, document: Document, services: Iterable[UUID | None]) -> list[Wish]:
    wishes: list[Wish] = []
    client_id, project_id = getattr(document, "client_id", None), getattr(document, "project_id", None)
    if client_id is not None:
        currency = getattr(document, "currency", "") or connection.company_currency
        wishes.append((Kind.CLIENT, client_id, currency))
    if project_id is not None and settings.of(connection).sub_customers:
        # a customer keeps one currency over there, and so does what is under it
        wishes.append((Kind.PROJECT, project_id, getattr(document, "currency", "") or connection.company_currency))
    if (service_id := getattr(document, "service_id", None)) is not None:
        wishes.append((Kind.SERVICE, service_id, ""))
    if (vendor_id := getattr(document, "vendor_id", None)) is not None:
        wishes.append((Kind.VENDOR, vendor_id, ""))
    return wishes + [(Kind.SERVICE, one, "") for one in services if one is not None]


def _services_of(session: Session, documents: Sequence[Document]) -> dict[UUID, set[UUID | None]]:
    """The services of each sale's lines; None among them where a line names none. A refund has those it takes back."""
    found = _given_back(session, [one.id for one in documents if one.kind is Kind.REFUND])
    for kind, line, owner in (
        (Kind.INVOICE, InvoiceLine, InvoiceLine.invoice_id),
        (Kind.CREDIT_NOTE, CreditNoteLine, CreditNoteLine.credit_note_id),
    ):
        sales: list[Any] = [one for one in documents if one.kind is kind]
        for sale in sales:
            if "lines" not in inspect(sale).unloaded:
                found[sale.id] = {one.service_id for one in sale.lines}
        missing = [sale.id for sale in sales if sale.id not in found]
        if missing:
            query = select(owner, line.service_id).where(owner.in_(missing)).distinct()
            for row in session.execute(query):
                found.setdefault(row[0], set()).add(row[1])
    return found


def _given_back(session: Session, refund_ids: Sequence[UUID]) -> dict[UUID, set[UUID | None]]:
    query = (
        select(Refund.id, InvoiceLine.service_id)
        .join(PaymentAllocation, PaymentAllocation.payment_id == Refund.payment_id)
        .join(InvoiceLine, InvoiceLine.invoice_id == PaymentAllocation.invoice_id)
        .where(Refund.id.in_(refund_ids))
        .distinct()
    )
    found: dict[UUID, set[UUID | None]] = {}
    for refund_id, service_id in session.execute(query) if refund_ids else ():
        found.setdefault(refund_id, set()).add(service_id)
    return {one: found.get(one, {None}) for one in refund_ids}


def built_in(session: Session, connection: Connection) -> tuple[Service, str] | None:
    """The tenant's built-in service and the default income account its item is bound to; None while one is missing.

    Also where a default item was chosen, which stands in its place.
    """
    query = (
        select(Service, Mapping.remote_id)
        .join_from(Service, Mapping, Mapping.tenant_id == Service.tenant_id)
        .where(
            Service.tenant_id == connection.tenant_id,
            Service.built_in,
            Mapping.connection_id == connection.id,
            Mapping.list == List.ACCOUNTS.value,
            Mapping.subject == INCOME,
            Mapping.remote_id != "",
            no_default_item(),
        )
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def no_default_item() -> ColumnElement[bool]:
    """Beside the mapping of the income account: nobody chose an item for lines that have none."""
    item = aliased(Mapping)
    chosen = (item.list == List.ITEMS.value, item.subject == DEFAULT, item.remote_id != "")
    return ~exists().where(item.connection_id == Mapping.connection_id, *chosen)


def _rows(session: Session, wishes: Iterable[Wish]) -> dict[tuple[Kind, UUID], Document]:
    """Those of this transaction are in memory; the others are read in one statement a kind."""
    found: dict[tuple[Kind, UUID], Document] = {}
    missing: dict[Kind, set[UUID]] = {}
    for kind, local_id, _ in wishes:
        here = session.identity_map.get(session.identity_key(_MODELS[kind], local_id))
        if here is None:
            missing.setdefault(kind, set()).add(local_id)
        else:
            found[kind, local_id] = here
    for kind, ids in missing.items():
        model = _MODELS[kind]
        for row in session.scalars(select(model).where(model.id.in_(ids))):
            found[kind, row.id] = row
    return found
