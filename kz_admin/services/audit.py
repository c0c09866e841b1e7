"""What people and settings did: recorded with the change itself, chained so that a missing or altered row shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, insert, select
from sqlalchemy.orm import Session

from kz_admin import clock, logs
from kz_admin.models.audit import AuditEntry, AuditSeal, AuditSealed
from kz_admin.models.installation import Installation
from kz_admin.models.session import reading, writing
from kz_admin.services.csv_lines import csv_line

PAGE = 50
GENESIS = "0" * 64
LARGEST_ID = 2**63 - 1  # a key from an address can be any number
# Entries of transactions that began before a seal may still appear below its highest id; after this they cannot.
SETTLED_AFTER = clock.HOUR


@dataclass(frozen=True)
class Actor:
    """Who did it. The name is kept as it was, because people leave and are renamed."""

    id: UUID | None
    name: str


COMMAND_LINE = Actor(None, "command line")
SYSTEM = Actor(None, "kz-admin")


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: tuple[str, object, str],
    *,
    tenant_id: UUID | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry in the caller's transaction: the change and its record stand or fall together."""
    session.add(AuditEntry(**_values(actor, action, subject, tenant_id, before, after)))


def record_each(
    session: Session,
    actor: Actor,
    action: str,
    subjects: Sequence[tuple[str, object, str]],
    *,
    tenant_id: UUID,
    after: Mapping[str, Any],
) -> None:
    """The same done to many: an entry for each, so that each can be asked about, written together."""
    if subjects:
        values = [_values(actor, action, subject, tenant_id, None, after) for subject in subjects]
        session.execute(insert(AuditEntry), values)


def _values(
    actor: Actor,
    action: str,
    subject: tuple[str, object, str],
    tenant_id: UUID | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> dict[str, Any]:
    kind, subject_id, label = subject
    return {
        "tenant_id": tenant_id,
        "at": clock.now_ms(),
        "actor_id": actor.id,
        "actor": actor.name[:300],
        "action": action,
        "subject_kind": kind,
        "subject_id": str(subject_id),
        "subject": label[:300],
        "before": _json(before),
        "after": _json(after),
        "request_id": logs.bound("request_id")[:64],
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, on both sides."""
    differing = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in differing}, {name: after[name] for name in differing}


def _json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(logs.redact(values), sort_keys=True, default=str)


@dataclass(frozen=True)
class Filters:
    action: str = ""
    actor: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Page:
    entries: Sequence[AuditEntry]
    older: int | None  # the key of the next page, None on the last
    newer: bool


def page(tenant_id: UUID, filters: Filters, before_id: int | None = None) -> Page:
    """One screen of the tenant's entries, newest first, by key: as fast at a million entries as at a hundred."""
    with reading() as session:
        query = select(AuditEntry).where(*_conditions(tenant_id, filters)).order_by(AuditEntry.id.desc())
        if before_id is not None:
            query = query.where(AuditEntry.id < min(before_id, LARGEST_ID))
        found = session.scalars(query.limit(PAGE + 1)).all()
    shown = found[:PAGE]
    return Page(shown, shown[-1].id if len(found) > PAGE else None, before_id is not None)


def actions_of(tenant_id: UUID) -> Sequence[str]:
    """The choices of the page's filter."""
    with reading() as session:
        query = select(AuditEntry.action).where(AuditEntry.tenant_id == tenant_id).distinct()
        return sorted(session.scalars(query))


def as_csv(tenant_id: UUID, filters: Filters) -> Iterator[str]:
    """All matching entries, streamed page by page, so that a million of them need no memory."""
    yield csv_line(["When (UTC)", "Who", "What", "Kind", "Subject", "Before", "After", "Reference"])
    before_id: int | None = None
    while True:
        batch = page(tenant_id, filters, before_id)
        for entry in batch.entries:
            yield csv_line(_csv_row(entry))
        if batch.older is None:
            return
        before_id = batch.older


def _csv_row(entry: AuditEntry) -> list[str]:
    return [
        clock.iso(entry.at),
        entry.actor,
        entry.action,
        entry.subject_kind,
        entry.subject,
        entry.before or "",
        entry.after or "",
        entry.request_id,
    ]


def _conditions(tenant_id: UUID, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [AuditEntry.tenant_id == tenant_id]
    if filters.action:
        conditions.append(AuditEntry.action == filters.action)
    if filters.actor:
        conditions.append(AuditEntry.actor.icontains(filters.actor, autoescape=True))
    if filters.subject:
        conditions.append(AuditEntry.subject.icontains(filters.subject, autoescape=True))
    return conditions


def seal() -> int:
    """Close the chain over every entry that no link covers yet; returns how many. The clock calls this each minute."""
    with writing() as session:
        # A clock that was paused with its lease may wake beside another: a fork in the chain could never be mended.
        session.execute(select(Installation.id).with_for_update(key_share=True))
        last = session.scalar(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1))
        entries = session.scalars(_unsealed(last.settled_to if last else 0)).all()
        if not entries:
            return 0
        settled = _settled_to(session, last.settled_to if last else 0)
        link = AuditSeal(
            at=clock.now_ms(),
            settled_to=settled,
            previous=last.hash if last else GENESIS,
            hash=_hash(last.hash if last else GENESIS, entries),
        )
        session.add(link)
        session.flush()
        session.add_all(AuditSealed(entry_id=entry.id, seal_id=link.id) for entry in entries)
        return len(entries)


def _unsealed(settled_to: int) -> Any:
    return select(AuditEntry).where(AuditEntry.id > settled_to, _uncovered()).order_by(AuditEntry.id)


def _uncovered() -> ColumnElement[bool]:
    return ~exists().where(AuditSealed.entry_id == AuditEntry.id)


def _settled_to(session: Session, at_least: int) -> int:
    """The highest id below which no entry can appear any more."""
    recent = select(AuditEntry.id).where(AuditEntry.id > at_least, AuditEntry.at <= clock.now_ms() - SETTLED_AFTER)
    return session.scalar(recent.order_by(AuditEntry.id.desc()).limit(1)) or at_least


def verify() -> list[str]:
    """Walk the whole chain; each sentence names a link that does not hold. Empty means that all of it does."""
    broken: list[str] = []
    previous, settled_to = GENESIS, 0
    with reading() as session:
        for link in session.scalars(select(AuditSeal).order_by(AuditSeal.id)).all():
            covered = select(AuditEntry).join(AuditSealed, AuditSealed.entry_id == AuditEntry.id)
            entries = session.scalars(covered.where(AuditSealed.seal_id == link.id).order_by(AuditEntry.id)).all()
            if link.previous != previous or link.hash != _hash(previous, entries):
                broken.append(f"audit link {link.id} of {clock.iso(link.at)} does not match its entries")
            previous, settled_to = link.hash, link.settled_to
        slipped_in = session.scalars(select(AuditEntry.id).where(AuditEntry.id <= settled_to, _uncovered())).all()
    return broken + [f"audit entry {number} appeared long after its neighbours" for number in slipped_in]


def _hash(previous: str, entries: Sequence[AuditEntry]) -> str:
    digest = hashlib.sha256(previous.encode())
    for entry in entries:
        fields = [getattr(entry, column.key) for column in AuditEntry.__table__.columns]
        digest.update(json.dumps(fields, default=str).encode())
    return digest.hexdigest()
