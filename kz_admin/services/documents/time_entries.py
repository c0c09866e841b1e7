"""Time entries: logged, approved, and only then ready for the books (PG-11)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from kz_admin.domain.durations import MOST_MINUTES, clock_text, hours_of
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.kinds import Origin
from kz_admin.domain.records import TimeEntryRecord
from kz_admin.domain.terms import is_date
from kz_admin.models.client import Client
from kz_admin.models.member import Member
from kz_admin.models.project import Project
from kz_admin.models.service import Service
from kz_admin.models.session import reading
from kz_admin.models.time_entry import TimeEntry
from kz_admin.services.documents.listing import Order, Page, Selection, download, name_begins, page, selection
from kz_admin.services.documents.saving import all_mine, known, mine, note, put, removed, saved
from kz_admin.services.documents.work import Work

ORDER = Order(TimeEntry.worked_on, TimeEntry.id, descending=True)
HEAD = ("Date", "Member", "Client", "Project", "Service", "Hours", "Rate", "Billable", "Approved", "Description", "Id")
APPROVED = "This time was approved. Take the approval back before you change it."


@dataclass(frozen=True)
class Details:
    member_id: UUID | None
    client_id: UUID | None
    worked_on: str
    minutes: int
    project_id: UUID | None = None
    service_id: UUID | None = None
    description: str = ""
    billable: bool = True
    hourly_rate: Decimal | None = None

    def check(self) -> None:
        if self.member_id is None:
            raise Wrong("member", "Choose a member.")
        if self.client_id is None:
            raise Wrong("client", "Choose a client.")
        if not is_date(self.worked_on):
            raise Wrong("worked_on", "Enter a date such as 2026-07-31.")
        if not 0 < self.minutes <= MOST_MINUTES:
            raise Wrong("time", "A time entry is longer than nothing and at most 24 hours.")


@dataclass(frozen=True)
class Filters:
    member: str = ""
    client: str = ""
    state: str = ""  # approved or waiting
    since: str = ""
    until: str = ""


def create(work: Work, details: Details, *, origin: Origin = Origin.OURS) -> TimeEntry:
    details.check()
    member = _check(work, details)
    values = vars(details)
    if details.hourly_rate is None:
        values = {**values, "hourly_rate": member.hourly_rate}
    entry = TimeEntry(tenant_id=work.tenant_id, created_at=work.at, origin=origin.value, **values)
    saved(work, entry)
    note(work, "time_entry.created", entry, f"{member.name}, {entry.worked_on}")
    return entry


def change(work: Work, entry_id: UUID | None, details: Details, version: int | None) -> TimeEntry:
    details.check()
    entry = mine(work, TimeEntry, entry_id, version=version)
    if entry.approved_at is not None:
        raise Conflict(APPROVED)
    member = _check(work, details)
    before, after = put(work, entry, vars(details))
    if after:
        saved(work, entry)
        note(work, "time_entry.changed", entry, f"{member.name}, {entry.worked_on}", before, after)
    return entry


def approve(work: Work, entry_ids: Sequence[UUID], *, approved: bool = True) -> int:
    """Approve, or take it back; returns how many changed."""
    changed = 0
    for entry in all_mine(work, TimeEntry, entry_ids):
        if approved == (entry.approved_at is not None):
            continue
        entry.approved_at = work.at if approved else None
        entry.approved_by = work.actor.name[:300] if approved else ""
        saved(work, entry)
        action = "time_entry.approved" if approved else "time_entry.approval_withdrawn"
        note(work, action, entry, f"{entry.worked_on}, {clock_text(entry.minutes)}")
        changed += 1
    return changed


def delete(work: Work, entry_id: UUID | None, version: int | None) -> None:
    entry = mine(work, TimeEntry, entry_id, version=version)
    if entry.approved_at is not None:
        raise Conflict(APPROVED)
    note(work, "time_entry.deleted", entry, f"{entry.worked_on}, {clock_text(entry.minutes)}")
    removed(work, entry)


def find(tenant_id: UUID, entry_id: UUID | None) -> TimeEntry:
    with reading() as session:
        entry = session.scalar(_all(tenant_id).where(TimeEntry.id == entry_id))
    if entry is None:
        raise NotFound
    return entry


def list_time_entries(tenant_id: UUID, filters: Filters, after: str = "") -> Page[TimeEntry]:
    with reading() as session:
        return page(session, _matching(tenant_id, filters), ORDER, after)


def matching(tenant_id: UUID, filters: Filters, after: str = "") -> Selection:
    return selection(_matching(tenant_id, filters), ORDER, after)


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return download(tenant_id, HEAD, _matching(tenant_id, filters), ORDER, _cells)


def record_of(entry: TimeEntry) -> TimeEntryRecord:
    return TimeEntryRecord(
        id=entry.id,
        revision=entry.revision,
        origin=Origin(entry.origin),
        created_at=entry.created_at,
        member_id=entry.member_id,
        client_id=entry.client_id,
        project_id=entry.project_id,
        service_id=entry.service_id,
        worked_on=entry.worked_on,
        minutes=entry.minutes,
        description=entry.description,
        billable=entry.billable,
        hourly_rate=entry.hourly_rate,
        approved=entry.approved_at is not None,
    )


def _check(work: Work, details: Details) -> Member:
    client = known(work, Client, details.client_id)
    if details.project_id is not None and known(work, Project, details.project_id).client_id != client.id:
        raise Wrong("project", "This project belongs to another client.")
    if details.service_id is not None:
        known(work, Service, details.service_id)
    return known(work, Member, details.member_id)


def _all(tenant_id: UUID) -> Select[TimeEntry]:
    eager = (contains_eager(TimeEntry.member), contains_eager(TimeEntry.client))
    query = select(TimeEntry).join(TimeEntry.member).join(TimeEntry.client).options(*eager)
    query = query.options(joinedload(TimeEntry.project), joinedload(TimeEntry.service))
    return query.where(TimeEntry.tenant_id == tenant_id)


def _matching(tenant_id: UUID, filters: Filters) -> Select[TimeEntry]:
    query = _all(tenant_id)
    if filters.member:
        query = query.where(name_begins(Member.name_key, filters.member))
    if filters.client:
        query = query.where(name_begins(Client.name_key, filters.client))
    if filters.state == "approved":
        query = query.where(TimeEntry.approved_at.is_not(None))
    elif filters.state == "waiting":
        query = query.where(TimeEntry.approved_at.is_(None))
    if filters.since:
        query = query.where(TimeEntry.worked_on >= filters.since)
    if filters.until:
        query = query.where(TimeEntry.worked_on <= filters.until)
    return query


def _cells(entry: TimeEntry) -> Sequence[Any]:
    return (
        entry.worked_on,
        entry.member.name,
        entry.client.name,
        entry.project.name if entry.project else "",
        entry.service.name if entry.service else "",
        hours_of(entry.minutes),
        entry.hourly_rate,
        entry.billable,
        entry.approved_at is not None,
        entry.description,
        entry.id,
    )
