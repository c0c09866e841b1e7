"""Members: people who log time or expenses, whether or not they can sign in."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from kz_admin.domain.failures import NotFound, Wrong
from kz_admin.domain.names import name_key
from kz_admin.models.member import Member
from kz_admin.models.session import reading
from kz_admin.models.user import email_key
from kz_admin.services.documents import saving
from kz_admin.services.documents.listing import Order, Page, download, name_begins, page
from kz_admin.services.documents.saving import kept, mine, note, put
from kz_admin.services.documents.work import Work

ORDER = Order(Member.name_key, Member.id)
HEAD = ("Name", "E-mail address", "Hourly rate", "Archived", "Id")
MOST_CHOICES = 500


@dataclass(frozen=True)
class Details:
    name: str
    email: str = ""
    hourly_rate: Decimal | None = None

    def check(self) -> None:
        if not self.name.strip():
            raise Wrong("name", "Enter a name.")

    def columns(self) -> dict[str, Any]:
        return {**vars(self), "name_key": name_key(self.name, 200), "email_key": email_key(self.email)}


@dataclass(frozen=True)
class Filters:
    q: str = ""
    archived: bool = False


def create(work: Work, details: Details) -> Member:
    details.check()
    member = Member(tenant_id=work.tenant_id, created_at=work.at, **details.columns())
    kept(work, member)
    note(work, "member.created", member, member.name)
    return member


def change(work: Work, member_id: UUID | None, details: Details, version: int | None) -> Member:
    details.check()
    member = mine(work, Member, member_id, version=version)
    before, after = put(work, member, details.columns())
    if after:
        kept(work, member)
        note(work, "member.changed", member, member.name, before, after)
    return member


def archive(work: Work, member_id: UUID | None, version: int | None, *, archived: bool = True) -> Member:
    return saving.archived(work, Member, member_id, version, away=archived)


def find(tenant_id: UUID, member_id: UUID | None) -> Member:
    with reading() as session:
        member = Member.of_tenant(session, tenant_id, member_id)
    if member is None:
        raise NotFound
    return member


def list_members(tenant_id: UUID, filters: Filters, after: str = "") -> Page[Member]:
    with reading() as session:
        return page(session, _matching(tenant_id, filters), ORDER, after)


def choices(tenant_id: UUID) -> Sequence[Member]:
    with reading() as session:
        return page(session, _matching(tenant_id, Filters()), ORDER, size=MOST_CHOICES).rows


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return download(tenant_id, HEAD, _matching(tenant_id, filters), ORDER, _cells)


def _matching(tenant_id: UUID, filters: Filters) -> Select[Member]:
    query = select(Member).where(Member.tenant_id == tenant_id)
    query = query.where(Member.archived_at.is_not(None) if filters.archived else Member.archived_at.is_(None))
    return query.where(name_begins(Member.name_key, filters.q)) if filters.q else query


def _cells(member: Member) -> Sequence[object]:
    return member.name, member.email, member.hourly_rate, member.archived_at is not None, member.id
