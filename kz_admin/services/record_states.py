"""The one way in which a SyncRecord changes its state: along the graph of domain/status.py, or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping

from kz_admin import clock
from kz_admin.domain.problems import Problem, Slug
from kz_admin.domain.status import STUCK, Lane, SyncState, may_move
from kz_admin.models.sync_record import SyncRecord


class ForbiddenMove(RuntimeError):
    """Somebody tried what the graph does not know."""


def move(
    record: SyncRecord,
    state: SyncState,
    *,
    reason: str | None = None,
    problem: Problem | None = None,
    due_at: int | None = None,
    lane: Lane | None = None,
) -> None:
    if not may_move(record.as_state, state):
        raise ForbiddenMove(f"{record.kind} {record.id}: {record.state} → {state.value}")
    record.state, record.reason, record.due_at = state.value, reason, due_at
    if lane is not None:
        record.lane = lane.value
    if state in STUCK and problem is not None:
        record.problem, record.cause, record.problem_at = str(problem.slug), problem.cause[:120], clock.now_ms()
        record.problem_facts = json.dumps(dict(problem.facts), ensure_ascii=False, sort_keys=True)
    elif state not in STUCK:
        record.problem = record.cause = record.problem_facts = record.problem_at = None


def problem_of(record: SyncRecord) -> Problem:
    """The Problem a stuck record carries, as it was stored."""
    facts: Mapping[str, str] = json.loads(record.problem_facts) if record.problem_facts else {}
    subject = (record.cause or "").partition(":")[2]
    slug = next((one for one in Slug if one.value == record.problem), Slug.UNKNOWN)
    return Problem(slug, subject, facts)
