"""Members: people who log time or expenses, whether or not they can sign in."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from kz_admin.domain.failures import Wrong
from kz_admin.models.member import Member
from kz_admin.models.user import email_key
from kz_admin.services.documents import saving
from kz_admin.services.documents.named import Filters, Names
from kz_admin.services.documents.saving import kept, mine, note, put
from kz_admin.services.documents.work import Work

NAMES = Names(Member, longest=200)
find = NAMES.find
list_members = NAMES.page
choices = NAMES.choices
HEAD = ("Name", "E-mail address", "Hourly rate", "Archived", "Id")


@dataclass(frozen=True)
class Details:
    name: str
    email: str = ""
    hourly_rate: Decimal | None = None

    def check(self) -> None:
        if not self.name.strip():
            raise Wrong("name", "Enter a name.")

    def columns(self) -> dict[str, Any]:
        return {**vars(self), "name_key": NAMES.key(self.name), "email_key": email_key(self.email)}


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


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return NAMES.csv(tenant_id, HEAD, filters, _cells)


def _cells(member: Member) -> Sequence[object]:
    return member.name, member.email, member.hourly_rate, member.archived_at is not None, member.id
