"""What cannot be voided over there is deleted: credit memos, refund receipts, what a credit was applied with."""

from __future__ import annotations

from typing import Any

from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Draft, Expected, Refs, Verb
from kz_admin.providers.quickbooks import closed_books, drafting, refusals

DELETE = "delete"


def delete(record: Any, refs: Refs, entity: str, ours: str) -> Draft:
    """Their answer names the object and nothing of it; a delete that is sent again finds nothing, which is as good."""
    if refs.own is None:
        raise Unfit(Problem(Slug.GONE_THERE, str(record.id), refusals.facts_of(record, refs)))
    body = {"Id": refs.own.remote_id, "SyncToken": refs.own.version}
    stopped = closed_books.stop(record, ours, refs, drafting.TAKEN_BACK)
    own = refs.own.remote_id
    return Draft(record.kind, Verb.REMOVE, entity, body, Expected(), operation=DELETE, remote_id=own, stopped=stopped)
