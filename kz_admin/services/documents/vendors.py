"""Vendors: whom a tenant buys from."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kz_admin.domain.failures import Wrong
from kz_admin.domain.kinds import Origin
from kz_admin.domain.records import VendorRecord
from kz_admin.models.vendor import Vendor
from kz_admin.services.documents import saving
from kz_admin.services.documents.named import Filters, Names
from kz_admin.services.documents.saving import mine, note, put, saved
from kz_admin.services.documents.work import Work

NAMES = Names(Vendor)
find = NAMES.find
list_vendors = NAMES.page
choices = NAMES.choices
named = NAMES.named
HEAD = ("Name", "E-mail address", "Phone", "Archived", "Id")


@dataclass(frozen=True)
class Details:
    name: str
    email: str = ""
    phone: str = ""

    def check(self) -> None:
        if not self.name.strip():
            raise Wrong("name", "Enter a name.")

    def columns(self) -> dict[str, Any]:
        return {**vars(self), "name_key": NAMES.key(self.name)}


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


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return NAMES.csv(tenant_id, HEAD, filters, _cells)


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
    NAMES.refuse_taken(work, details.name, vendor_id)


def _cells(vendor: Vendor) -> Sequence[object]:
    return vendor.name, vendor.email, vendor.phone, vendor.archived_at is not None, vendor.id
