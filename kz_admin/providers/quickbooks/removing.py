"""What cannot be voided over there is deleted: credit memos, refund receipts, what a credit was applied with."""

from __future__ import annotations

from typing import Any

from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Draft, Expected, Refs, Verb
from kz_admin.providers.quickbooks import closed_books, drafting, refusals

VOID, DELETE = "void", "delete"


def void(record: Any, refs: Refs, entity: str, ours: str) -> Draft:
    """It stays over there, over nothing."""
    customer = refs.own.customer if refs.own is not None else ""
    return _removal(record, refs, entity, ours, Expected(customer=customer, currency=record.currency), VOID)


def delete(record: Any, refs: Refs, entity: str, ours: str) -> Draft:
    """Their answer names the object and nothing of it; a delete that is sent again finds nothing, which is as good."""
    return _removal(record, refs, entity, ours, Expected(), DELETE)


def _removal(record: Any, refs: Refs, entity: str, ours: str, expected: Expected, operation: str) -> Draft:
    if refs.own is None:
        raise Unfit(Problem(Slug.GONE_THERE, str(record.id), refusals.facts_of(record, refs)))
    body = {"Id": refs.own.remote_id, "SyncToken": refs.own.version}
    stopped = closed_books.stop(record, ours, refs, drafting.TAKEN_BACK)
    own = refs.own.remote_id
    return Draft(record.kind, Verb.REMOVE, entity, body, expected, operation=operation, remote_id=own, stopped=stopped)
