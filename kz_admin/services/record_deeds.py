"""What people said about one document and the books, newest first: who, when and why, for its page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin.models.audit import AuditEntry

SHOWN = 20
WORDS: Mapping[str, str] = {
    "document.copied": "Copied to the books",
    "document.retried": "Tried again",
    "document.decided": "Answered the card",
    "document.ignored": "Left out",
    "document.taken_back": "No longer left out",
    "document.linked": "Linked",
    "document.unlinked": "Unlinked",
    "document.difference_accepted": "Accepted the difference",
}


@dataclass(frozen=True)
class Deed:
    """One line: `said` is the reason, or what was chosen."""

    at: int
    who: str
    words: str
    said: str


def of(session: Session, tenant_id: UUID, document_id: UUID) -> Sequence[Deed]:
    query = (
        select(AuditEntry)
        .where(
            AuditEntry.tenant_id == tenant_id,
            AuditEntry.subject_id == str(document_id),
            AuditEntry.action.in_(WORDS),
        )
        .order_by(AuditEntry.id.desc())
        .limit(SHOWN)
    )
    return [Deed(one.at, one.actor.partition(" <")[0], WORDS[one.action], _said(one)) for one in session.scalars(query)]


def _said(entry: AuditEntry) -> str:
    told: dict[str, object] = json.loads(entry.after or entry.before or "{}")
    if "reason" in told:
        return str(told["reason"])
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items() if value)
