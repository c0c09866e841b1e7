"""Services: what is sold, on the lines of invoices."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kz_admin.domain.failures import Wrong
from kz_admin.domain.kinds import Origin
from kz_admin.domain.names import name_key
from kz_admin.domain.records import ServiceRecord
from kz_admin.models.service import Service
from kz_admin.models.session import reading
from kz_admin.models.tax_rate import TaxRate
from kz_admin.services.documents import saving
from kz_admin.services.documents.named import Filters, Names
from kz_admin.services.documents.saving import known, mine, note, put, saved
from kz_admin.services.documents.work import Work

NAMES = Names(Service)
find = NAMES.find
list_services = NAMES.page
choices = NAMES.choices
named = NAMES.named
HEAD = ("Name", "Description", "Price", "Built in", "Archived", "Id")
BUILT_IN_NAME = "Services"


@dataclass(frozen=True)
class Details:
    name: str
    description: str = ""
    unit_price: Decimal | None = None
    tax_rate_id: UUID | None = None

    def check(self) -> None:
        if not self.name.strip():
            raise Wrong("name", "Enter a name.")

    def columns(self) -> dict[str, Any]:
        return {**vars(self), "name_key": NAMES.key(self.name)}


def create(work: Work, details: Details) -> Service:
    _check(work, details, None)
    service = Service(tenant_id=work.tenant_id, created_at=work.at, **details.columns())
    saved(work, service)
    note(work, "service.created", service, service.name)
    return service


def built_in(work: Work) -> Service:
    """The service of lines that name none: one per tenant, made when it is first needed."""
    query = select(Service).where(Service.tenant_id == work.tenant_id)
    found = work.session.scalar(query.where(Service.built_in))
    if found is not None:
        return found
    name, number = BUILT_IN_NAME, 1
    while work.session.scalar(query.where(Service.name_key == name_key(name))):
        number += 1
        name = f"{BUILT_IN_NAME} {number}"
    description = "For invoice lines without a service of their own."
    made = Service(tenant_id=work.tenant_id, created_at=work.at, built_in=True, description=description, name=name)
    made.name_key = name_key(name)
    return saved(work, made)


def change(work: Work, service_id: UUID | None, details: Details, version: int | None) -> Service:
    service = mine(work, Service, service_id, version=version)
    _check(work, details, service.id)
    before, after = put(work, service, details.columns())
    if after:
        saved(work, service)
        note(work, "service.changed", service, service.name, before, after)
    return service


def archive(work: Work, service_id: UUID | None, version: int | None, *, archived: bool = True) -> Service:
    if archived and known(work, Service, service_id).built_in:
        raise Wrong("name", "This service carries the lines that name none, so it stays.")
    return saving.archived(work, Service, service_id, version, away=archived)


def names(tenant_id: UUID, service_ids: Sequence[UUID]) -> dict[UUID, str]:
    query = select(Service.id, Service.name).where(Service.tenant_id == tenant_id, Service.id.in_(service_ids))
    with reading() as session:
        return {row.id: row.name for row in session.execute(query)}


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return NAMES.csv(tenant_id, HEAD, filters, _cells)


def record_of(service: Service) -> ServiceRecord:
    return ServiceRecord(
        id=service.id,
        revision=service.revision,
        origin=Origin(service.origin),
        created_at=service.created_at,
        name=service.name,
        description=service.description,
        unit_price=service.unit_price,
        built_in=service.built_in,
        archived=service.archived_at is not None,
    )


def _check(work: Work, details: Details, service_id: UUID | None) -> None:
    details.check()
    if details.tax_rate_id is not None:
        known(work, TaxRate, details.tax_rate_id)
    NAMES.refuse_taken(work, details.name, service_id)


def _cells(service: Service) -> Sequence[object]:
    archived = service.archived_at is not None
    return service.name, service.description, service.unit_price, service.built_in, archived, service.id
