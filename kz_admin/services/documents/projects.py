"""Projects: pieces of work for one client."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from kz_admin.domain.failures import NotFound, Wrong
from kz_admin.domain.kinds import Origin
from kz_admin.domain.names import name_key
from kz_admin.domain.records import ProjectRecord
from kz_admin.models.client import Client
from kz_admin.models.project import Project
from kz_admin.models.session import reading
from kz_admin.services.documents import saving
from kz_admin.services.documents.listing import Order, Page, download, name_begins, page
from kz_admin.services.documents.saving import known, mine, note, put, saved
from kz_admin.services.documents.work import Work

ORDER = Order(Project.name_key, Project.id)
HEAD = ("Name", "Code", "Client", "Archived", "Id")
MOST_CHOICES = 500


@dataclass(frozen=True)
class Details:
    client_id: UUID | None
    name: str
    code: str = ""

    def check(self) -> None:
        if not self.name.strip():
            raise Wrong("name", "Enter a name.")
        if self.client_id is None:
            raise Wrong("client", "Choose a client.")

    def columns(self) -> dict[str, Any]:
        return {"name": self.name, "code": self.code, "name_key": name_key(self.name)}


@dataclass(frozen=True)
class Filters:
    q: str = ""
    archived: bool = False


def create(work: Work, details: Details) -> Project:
    details.check()
    client = known(work, Client, details.client_id)
    project = Project(tenant_id=work.tenant_id, created_at=work.at, client_id=client.id, **details.columns())
    saved(work, project)
    note(work, "project.created", project, project.name, after={"client": client.name})
    return project


def change(work: Work, project_id: UUID | None, details: Details, version: int | None) -> Project:
    """A project stays with its client: its invoices, time and expenses are there."""
    details.check()
    project = mine(work, Project, project_id, version=version)
    if details.client_id != project.client_id:
        raise Wrong("client", "A project stays with its client. Make a new project for the other client.")
    before, after = put(work, project, details.columns())
    if after:
        saved(work, project)
        note(work, "project.changed", project, project.name, before, after)
    return project


def archive(work: Work, project_id: UUID | None, version: int | None, *, archived: bool = True) -> Project:
    return saving.archived(work, Project, project_id, version, away=archived)


def find(tenant_id: UUID, project_id: UUID | None) -> Project:
    with reading() as session:
        project = session.scalar(_all(tenant_id).where(Project.id == project_id))
    if project is None:
        raise NotFound
    return project


def list_projects(tenant_id: UUID, filters: Filters, after: str = "") -> Page[Project]:
    with reading() as session:
        return page(session, _matching(tenant_id, filters), ORDER, after)


def of_client(tenant_id: UUID, client_id: UUID) -> Sequence[Project]:
    """The choices of a form, once its client is known."""
    query = _matching(tenant_id, Filters()).where(Project.client_id == client_id)
    with reading() as session:
        return page(session, query, ORDER, size=MOST_CHOICES).rows


def named(tenant_id: UUID, client_id: UUID, name: str) -> Sequence[Project]:
    query = _matching(tenant_id, Filters()).where(Project.client_id == client_id)
    with reading() as session:
        return session.scalars(query.where(Project.name_key == name_key(name)).limit(2)).all()


def choices(tenant_id: UUID) -> Sequence[Project]:
    """What a form offers while no client is chosen."""
    with reading() as session:
        return page(session, _matching(tenant_id, Filters()), ORDER, size=MOST_CHOICES).rows


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return download(tenant_id, HEAD, _matching(tenant_id, filters), ORDER, _cells)


def record_of(project: Project) -> ProjectRecord:
    return ProjectRecord(
        id=project.id,
        revision=project.revision,
        origin=Origin(project.origin),
        created_at=project.created_at,
        client_id=project.client_id,
        name=project.name,
        code=project.code,
        archived=project.archived_at is not None,
    )


def _all(tenant_id: UUID) -> Select[Project]:
    query = select(Project).join(Project.client).options(contains_eager(Project.client))
    return query.where(Project.tenant_id == tenant_id)


def _matching(tenant_id: UUID, filters: Filters) -> Select[Project]:
    query = _all(tenant_id)
    query = query.where(Project.archived_at.is_not(None) if filters.archived else Project.archived_at.is_(None))
    return query.where(name_begins(Project.name_key, filters.q)) if filters.q else query


def _cells(project: Project) -> Sequence[object]:
    return project.name, project.code, project.client.name, project.archived_at is not None, project.id
