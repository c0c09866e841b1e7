"""A draft that makes an object, or changes the one that is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Problem
from kz_admin.domain.pushing import Draft, Expected, Refs, Verb

CHANGED, TAKEN_BACK = "changed", "taken back"  # what would be done to what is there, in a sentence
THEIRS = frozenset({"DocNumber", "PrivateNote"})  # of what was there before us


def is_ours(refs: Refs) -> bool:
    """Made by us, or about to be: only then it carries our marker."""
    return refs.own is None or refs.own.created_by_us


def create_or_change(
    kind: Kind,
    entity: str,
    body: Mapping[str, Any],
    expected: Expected,
    refs: Refs,
    stopped: Problem | None = None,
) -> Draft:
    """`stopped` is why a change may not leave; making it is another question."""
    dated = str(body.get("TxnDate", ""))
    if refs.own is None:
        return Draft(kind, Verb.CREATE, entity, body, expected, dated=dated)
    changed = body if is_ours(refs) else {key: value for key, value in body.items() if key not in THEIRS}
    said = {"Id": refs.own.remote_id, "SyncToken": refs.own.version, **changed}
    remote_id = refs.own.remote_id
    return Draft(kind, Verb.UPDATE, entity, said, expected, remote_id=remote_id, dated=dated, stopped=stopped)
