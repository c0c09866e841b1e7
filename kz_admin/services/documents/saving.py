"""Every saved document passes here: its revision rises, and the outbox plans it, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.sql.base import ExecutableOption

from kz_admin.domain.failures import Conflict, NotFound
from kz_admin.models.base import TenantOwned
from kz_admin.models.client import Client
from kz_admin.models.document import Document, Versioned, changed_documents
from kz_admin.models.member import Member
from kz_admin.models.new_rows import write_new
from kz_admin.models.project import Project
from kz_admin.models.service import Service
from kz_admin.models.tax_rate import TaxRate
from kz_admin.models.vendor import Vendor
from kz_admin.services import audit, outbox
from kz_admin.services.documents.work import CHANGED_MEANWHILE, Work

D = TypeVar("D", bound=Document)
V = TypeVar("V", bound=Versioned)
T = TypeVar("T", bound=TenantOwned)
A = TypeVar("A", Client, Project, Service, Vendor, Member, TaxRate)


def saved(work: Work, document: D) -> D:
    """The one way to save a document. Nothing changed: nothing happens."""
    if document not in work.session:
        work.session.add(document)
    elif document in changed_documents(work.session) and not document.revised():
        document.revise(work.at)
    outbox.note(work.session, document)
    work.session.flush()
    return document


def made(work: Work, documents: Sequence[Document], parts: Sequence[TenantOwned]) -> None:
    """saved() for new documents, whose parts say where they belong: the cheap way, for hooks."""
    write_new(work.session, [*documents, *parts])
    for document in documents:
        outbox.note(work.session, document)


def removed(work: Work, document: Document) -> None:
    """The one way to remove a document; only what never had consequences may be (a draft, unapproved time)."""
    outbox.forget(work.session, document)
    work.session.delete(document)
    work.session.flush()


def kept(work: Work, row: V) -> V:
    """Save what is no document of its own, such as a tax rate: it does not travel, so it has no revision."""
    if row not in work.session:
        work.session.add(row)
    elif work.session.is_modified(row):
        row.changed_at = work.at
    work.session.flush()
    return row


def archived(work: Work, model: type[A], row_id: UUID | None, version: int | None, *, away: bool) -> A:
    """Take out of the choices, or put back. It stays on the documents that name it."""
    row = mine(work, model, row_id, version=version)
    if away != (row.archived_at is not None):
        row.archived_at = work.at if away else None
        if isinstance(row, Document):
            saved(work, row)
        else:
            kept(work, row)
        note(work, f"{row.__tablename__}.{'archived' if away else 'restored'}", row, row.name)
    return row


def mine(work: Work, model: type[T], row_id: UUID | None, *options: ExecutableOption, version: int | None = None) -> T:
    """The tenant's row, locked until the end of the transaction; as the form saw it when a version is given."""
    if row_id is None:
        raise NotFound
    query = select(model).where(model.id == row_id, model.tenant_id == work.tenant_id).with_for_update(of=model)
    row = work.session.scalar(query.options(*options).execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    if version is not None and getattr(row, "version", None) != version:
        raise Conflict(CHANGED_MEANWHILE)
    return row


def known(work: Work, model: type[T], row_id: UUID | None) -> T:
    """The tenant's row, only looked at: locks are for what changes, so that no two wait for each other."""
    # what this unit of work has read already is not read again
    row = None if row_id is None else work.session.get(model, row_id)
    if row is None or row.tenant_id != work.tenant_id:
        raise NotFound
    return row


def all_mine(work: Work, model: type[T], row_ids: Sequence[UUID], *options: ExecutableOption) -> list[T]:
    """Every one of these rows, or NotFound: one foreign id refuses the whole selection (A3)."""
    wanted = dict.fromkeys(row_ids)
    query = select(model).where(model.id.in_(wanted), model.tenant_id == work.tenant_id).with_for_update(of=model)
    rows = {row.id: row for row in work.session.scalars(query.options(*options).order_by(model.id))}
    if len(rows) != len(wanted):
        raise NotFound
    return [rows[row_id] for row_id in wanted]


def note(
    work: Work,
    action: str,
    row: TenantOwned,
    label: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """What a person did, for the activity page."""
    if work.audited:
        subject = (row.__tablename__, row.id, label)
        audit.record(work.session, work.actor, action, subject, tenant_id=work.tenant_id, before=before, after=after)


def put(work: Work, row: TenantOwned, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set what differs; returns it on both sides, for the log."""
    before, after = audit.changes({name: getattr(row, name) for name in values}, values)
    for name, value in after.items():
        setattr(row, name, value)
    return before, after
