"""What services, vendors, members and tax rates share: listed and found by name, out of the choices when archived."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from kz_admin.domain.failures import NotFound, Wrong
from kz_admin.domain.names import name_key
from kz_admin.models.member import Member
from kz_admin.models.service import Service
from kz_admin.models.session import reading
from kz_admin.models.tax_rate import TaxRate
from kz_admin.models.vendor import Vendor
from kz_admin.services.documents.listing import Order, Page, download, name_begins, page
from kz_admin.services.documents.work import Work

N = TypeVar("N", Service, Vendor, Member, TaxRate)


@dataclass(frozen=True)
class Filters:
    q: str = ""  # how the name begins
    archived: bool = False


@dataclass(frozen=True)
class Names(Generic[N]):
    """One table of such rows, for every tenant."""

    model: type[N]
    longest: int = 300  # letters of a name
    most_choices: int = 500

    @property
    def order(self) -> Order:
        return Order(self.model.name_key, self.model.id)

    def find(self, tenant_id: UUID, row_id: UUID | None) -> N:
        with reading() as session:
            row = self.model.of_tenant(session, tenant_id, row_id)
        if row is None:
            raise NotFound
        return row

    def page(self, tenant_id: UUID, filters: Filters, after: str = "") -> Page[N]:
        with reading() as session:
            return page(session, self._matching(tenant_id, filters), self.order, after)

    def choices(self, tenant_id: UUID) -> Sequence[N]:
        with reading() as session:
            return page(session, self._matching(tenant_id, Filters()), self.order, size=self.most_choices).rows

    def named(self, tenant_id: UUID, name: str) -> N | None:
        """Of the choices, the one with this name; only where no two can have it."""
        query = self._matching(tenant_id, Filters()).where(self.model.name_key == self.key(name))
        with reading() as session:
            return session.scalar(query)

    def csv(
        self, tenant_id: UUID, head: Sequence[str], filters: Filters, cells: Callable[[N], Sequence[object]]
    ) -> Generator[str]:
        return download(tenant_id, head, self._matching(tenant_id, filters), self.order, cells)

    def key(self, name: str) -> str:
        return name_key(name, self.longest)

    def refuse_taken(self, work: Work, name: str, row_id: UUID | None) -> None:
        """Archived ones keep their names too."""
        query = select(self.model.id).where(self.model.tenant_id == work.tenant_id)
        same = query.where(self.model.name_key == self.key(name))
        if work.session.scalar(same.where(self.model.id != row_id) if row_id else same):
            what = self.model.__tablename__.replace("_", " ")
            raise Wrong("name", f"There is a {what} called {name} already.")

    def _matching(self, tenant_id: UUID, filters: Filters) -> Select[N]:
        query = select(self.model).where(self.model.tenant_id == tenant_id)
        archived = self.model.archived_at.is_not(None) if filters.archived else self.model.archived_at.is_(None)
        query = query.where(archived)
        return query.where(name_begins(self.model.name_key, filters.q)) if filters.q else query
