"""Tax rates as this tenant charges them. Lines that exist keep what they were written with."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from kz_admin.domain.failures import NotFound, Wrong
from kz_admin.domain.names import name_key
from kz_admin.models.session import reading
from kz_admin.models.tax_rate import TaxRate
from kz_admin.services.documents import saving
from kz_admin.services.documents.listing import Order, Page, download, name_begins, page
from kz_admin.services.documents.saving import kept, mine, note, put
from kz_admin.services.documents.work import Work

ORDER = Order(TaxRate.name_key, TaxRate.id)
HEAD = ("Name", "Percent", "Archived", "Id")
MOST_CHOICES = 200


@dataclass(frozen=True)
class Details:
    name: str
    percent: Decimal

    def check(self) -> None:
        if not self.name.strip():
            raise Wrong("name", "Enter a name.")
        if not 0 <= self.percent <= 100:
            raise Wrong("percent", "Enter a percentage from 0 to 100.")

    def columns(self) -> dict[str, Any]:
        return {**vars(self), "name_key": name_key(self.name, 100)}


@dataclass(frozen=True)
class Filters:
    q: str = ""
    archived: bool = False


def create(work: Work, details: Details) -> TaxRate:
    _check(work, details, None)
    rate = TaxRate(tenant_id=work.tenant_id, created_at=work.at, **details.columns())
    kept(work, rate)
    note(work, "tax_rate.created", rate, rate.name, after={"percent": rate.percent})
    return rate


def change(work: Work, rate_id: UUID | None, details: Details, version: int | None) -> TaxRate:
    rate = mine(work, TaxRate, rate_id, version=version)
    _check(work, details, rate.id)
    before, after = put(work, rate, details.columns())
    if after:
        kept(work, rate)
        note(work, "tax_rate.changed", rate, rate.name, before, after)
    return rate


def archive(work: Work, rate_id: UUID | None, version: int | None, *, archived: bool = True) -> TaxRate:
    return saving.archived(work, TaxRate, rate_id, version, away=archived)


def find(tenant_id: UUID, rate_id: UUID | None) -> TaxRate:
    with reading() as session:
        rate = TaxRate.of_tenant(session, tenant_id, rate_id)
    if rate is None:
        raise NotFound
    return rate


def list_tax_rates(tenant_id: UUID, filters: Filters, after: str = "") -> Page[TaxRate]:
    with reading() as session:
        return page(session, _matching(tenant_id, filters), ORDER, after)


def choices(tenant_id: UUID) -> Sequence[TaxRate]:
    with reading() as session:
        return page(session, _matching(tenant_id, Filters()), ORDER, size=MOST_CHOICES).rows


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return download(tenant_id, HEAD, _matching(tenant_id, filters), ORDER, _cells)


def _check(work: Work, details: Details, rate_id: UUID | None) -> None:
    details.check()
    key = name_key(details.name, 100)
    same = select(TaxRate.id).where(TaxRate.tenant_id == work.tenant_id, TaxRate.name_key == key)
    if work.session.scalar(same.where(TaxRate.id != rate_id) if rate_id else same):
        raise Wrong("name", f"There is a tax rate called {details.name} already.")


def _matching(tenant_id: UUID, filters: Filters) -> Select[TaxRate]:
    query = select(TaxRate).where(TaxRate.tenant_id == tenant_id)
    query = query.where(TaxRate.archived_at.is_not(None) if filters.archived else TaxRate.archived_at.is_(None))
    return query.where(name_begins(TaxRate.name_key, filters.q)) if filters.q else query


def _cells(rate: TaxRate) -> Sequence[object]:
    return rate.name, rate.percent, rate.archived_at is not None, rate.id
