"""Tax rates as this tenant charges them. Lines that exist keep what they were written with."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from kz_admin.domain.failures import Wrong
from kz_admin.models.tax_rate import TaxRate
from kz_admin.services.documents import saving
from kz_admin.services.documents.named import Filters, Names
from kz_admin.services.documents.saving import kept, mine, note, put
from kz_admin.services.documents.work import Work

NAMES = Names(TaxRate, longest=100, most_choices=200)
find = NAMES.find
list_tax_rates = NAMES.page
choices = NAMES.choices
HEAD = ("Name", "Percent", "Archived", "Id")


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
        return {**vars(self), "name_key": NAMES.key(self.name)}


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


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return NAMES.csv(tenant_id, HEAD, filters, _cells)


def _check(work: Work, details: Details, rate_id: UUID | None) -> None:
    details.check()
    NAMES.refuse_taken(work, details.name, rate_id)


def _cells(rate: TaxRate) -> Sequence[object]:
    return rate.name, rate.percent, rate.archived_at is not None, rate.id
