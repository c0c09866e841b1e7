"""Vendors: whom a tenant buys from."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from kz_admin.domain.failures import NotFound, Wrong
from kz_admin.domain.kinds import Origin
from kz_admin.domain.names import name_key
from kz_admin.domain.records import VendorRecord
from kz_admin.models.session import reading
from kz_admin.models.vendor import Vendor
from kz_admin.services.documents import saving
from kz_admin.services.documents.listing import Order, Page, download, name_begins, page
from kz_admin.services.documents.saving import mine, note, put, saved
from kz_admin.services.documents.work import Work

ORDER = Order(Vendor.name_key, Vendor.id)
HEAD = ("Name", "E-mail address", "Phone", "Archived", "Id")
MOST_CHOICES = 500


@dataclass(frozen=True)
class Details:
    name: str
    email: str = ""
    phone: str = ""

    def check(self) -> None:
        if not self.name.strip():
            raise Wrong("name", "Enter a name.")

    def columns(self) -> dict[str, Any]:
        return {**vars(self), "name_key": name_key(self.name)}


@dataclass(frozen=True)
class Filters:
    q: str = ""
    archived: bool = False


def create(work: Work, details: Details) -> Vendor:
    _check(work, details, None)
    vendor = Vendor(tenant_id=work.tenant_id, created_at=work.at, **details.columns())
    saved(work, vendor)
    note(work, "vendor.created", vendor, vendor.name)
    return vendor


def change(work: Work, vendor_id: UUID | None, details: Details, version: int | None) -> Vendor:
    vendor = mine(work, Vendor, vendor_id, version=version)
    _check(work, details, vendor.id)
    before, after = put(work, vendor, details.columns())
    if after:
        saved(work, vendor)
        note(work, "vendor.changed", vendor, vendor.name, before, after)
    return vendor


def archive(work: Work, vendor_id: UUID | None, version: int | None, *, archived: bool = True) -> Vendor:
    return saving.archived(work, Vendor, vendor_id, version, away=archived)


def find(tenant_id: UUID, vendor_id: UUID | None) -> Vendor:
    with reading() as session:
        vendor = Vendor.of_tenant(session, tenant_id, vendor_id)
    if vendor is None:
        raise NotFound
    return vendor


def list_vendors(tenant_id: UUID, filters: Filters, after: str = "") -> Page[Vendor]:
    with reading() as session:
        return page(session, _matching(tenant_id, filters), ORDER, after)


def choices(tenant_id: UUID) -> Sequence[Vendor]:
    with reading() as session:
        return page(session, _matching(tenant_id, Filters()), ORDER, size=MOST_CHOICES).rows


def named(tenant_id: UUID, name: str) -> Vendor | None:
    with reading() as session:
        return session.scalar(_matching(tenant_id, Filters()).where(Vendor.name_key == name_key(name)))


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return download(tenant_id, HEAD, _matching(tenant_id, filters), ORDER, _cells)


def record_of(vendor: Vendor) -> VendorRecord:
    return VendorRecord(
        id=vendor.id,
        revision=vendor.revision,
        origin=Origin(vendor.origin),
        created_at=vendor.created_at,
        name=vendor.name,
        email=vendor.email,
        phone=vendor.phone,
        archived=vendor.archived_at is not None,
    )


def _check(work: Work, details: Details, vendor_id: UUID | None) -> None:
    details.check()
    same = select(Vendor.id).where(Vendor.tenant_id == work.tenant_id, Vendor.name_key == name_key(details.name))
    if work.session.scalar(same.where(Vendor.id != vendor_id) if vendor_id else same):
        raise Wrong("name", f"There is a vendor called {details.name} already.")


def _matching(tenant_id: UUID, filters: Filters) -> Select[Vendor]:
    query = select(Vendor).where(Vendor.tenant_id == tenant_id)
    query = query.where(Vendor.archived_at.is_not(None) if filters.archived else Vendor.archived_at.is_(None))
    return query.where(name_begins(Vendor.name_key, filters.q)) if filters.q else query


def _cells(vendor: Vendor) -> Sequence[object]:
    return vendor.name, vendor.email, vendor.phone, vendor.archived_at is not None, vendor.id
