"""A draft that makes an object, or changes the one that is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import Draft, Expected, Refs, Verb

THEIRS = frozenset({"DocNumber", "PrivateNote"})  # of what was there before us


def is_ours(refs: Refs) -> bool:
    """Made by us, or about to be: only then it carries our marker."""
    return refs.own is None or refs.own.created_by_us


def create_or_change(kind: Kind, entity: str, body: Mapping[str, Any], expected: Expected, refs: Refs) -> Draft:
    if refs.own is None:
        return Draft(kind, Verb.CREATE, entity, body, expected)
    changed = body if is_ours(refs) else {key: value for key, value in body.items() if key not in THEIRS}
    said = {"Id": refs.own.remote_id, "SyncToken": refs.own.version, **changed}
    return Draft(kind, Verb.UPDATE, entity, said, expected, remote_id=refs.own.remote_id)
