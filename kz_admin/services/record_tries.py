"""What was tried for one document, newest first: the timeline of its page. Never a token, a body or a company's id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kz_admin.models.call import Attempt

SHOWN = 20

_OUTCOMES = {
    "applied": ("green", "Done"),
    "adopted": ("green", "Found there: only its answer had been lost"),
    "refused": ("red", "Refused"),
    "later": ("grey", "Nothing was done, tried again later"),
    "not_found": ("grey", "Never arrived, sent anew"),
}
_VERBS = {"create": "Create", "update": "Change", "remove": "Void"}


@dataclass(frozen=True)
class Try:
    """One line of the timeline."""

    at: int
    verb: str
    outcome: str
    tone: str
    sends: int
    status: int | None  # of an answer that told nothing
    said: str
    code: str
    reference: str


def of(session: Session, record_ids: Sequence[UUID]) -> Sequence[Try]:
    if not record_ids:
        return ()
    query = (
        select(Attempt)
        .where(Attempt.sync_record_id.in_(record_ids))
        .options(joinedload(Attempt.call))
        .order_by(Attempt.opened_at.desc(), Attempt.id.desc())
        .limit(SHOWN)
    )
    return [_try(attempt) for attempt in session.scalars(query)]


def _try(attempt: Attempt) -> Try:
    tone, outcome = _outcome(attempt)
    return Try(
        at=attempt.opened_at,
        verb=_VERBS.get(attempt.verb, attempt.verb),
        outcome=outcome,
        tone=tone,
        sends=attempt.call.sends,
        status=attempt.call.last_status,
        said=attempt.words or "",
        code=attempt.code or "",
        reference=attempt.reference or "",
    )


def _outcome(attempt: Attempt) -> tuple[str, str]:
    if attempt.closed_at is not None:
        return _OUTCOMES.get(attempt.outcome or "", ("grey", "Closed"))
    return ("amber", "No answer yet: it may have arrived") if attempt.unknown_since else ("blue", "On its way")
