"""What looking over there came to, when a person has to say more: the object that was found goes with the Problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Refs, Remote
from kz_admin.providers.quickbooks import refusals


def about(slug: Slug, record: Any, refs: Refs, remote: Remote, **more: str) -> Problem:
    there = {"remote_type": remote.remote_type, "remote_id": remote.remote_id, **more}
    return Problem(slug, str(record.id), {**refusals.facts_of(record, refs), **there})


def gone(record: Any, refs: Refs, entity: str) -> Problem:
    """What somebody chose to link to."""
    return about(Slug.GONE_THERE, record, refs, Remote(entity, refs.choices["link"]))


def only(record: Any, refs: Refs, found: Sequence[Remote]) -> Remote:
    """The one there is; of several nobody guesses."""
    if len(found) > 1:
        raise Unfit(about(Slug.SEVERAL_MATCHES, record, refs, found[0]))
    return found[0]
