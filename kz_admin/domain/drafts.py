"""Drafts as text and back: what was meant is kept with the Attempt, so that any worker can recognise it over there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import MARKER, Draft, Expected, Verb

VERSIONS = ("Id", "SyncToken")  # which version is replaced is no part of what is said
PLAIN = "value"  # what stands alone inside a text of theirs names no text by itself
MORE = "..."
_NUMBER = "$number"  # a Decimal keeps its digits


def as_text(draft: Draft) -> str:
    return _dumped(
        {
            "kind": draft.kind,
            "verb": draft.verb,
            "entity": draft.entity,
            "operation": draft.operation,
            "remote_id": draft.remote_id,
            "dated": draft.dated,
            "body": draft.body,
            "expected": vars(draft.expected),
        }
    )


def from_text(text: str) -> Draft:
    said = json.loads(text, object_hook=_number)
    return Draft(
        kind=Kind(said["kind"]),
        verb=Verb(said["verb"]),
        entity=said["entity"],
        operation=said["operation"],
        remote_id=said["remote_id"],
        body=said["body"],
        expected=Expected(**said["expected"]),
        dated=said.get("dated", ""),
    )


def content_hash(draft: Draft) -> str:
    """Of what it says, without the version it replaces: equal means there is nothing to send."""
    said = {key: value for key, value in draft.body.items() if key not in VERSIONS}
    text = _dumped({"entity": draft.entity, "operation": draft.operation, "body": said})
    return hashlib.sha256(text.encode()).hexdigest()


def texts_of(said: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a body, with the name it goes by over there."""
    if isinstance(said, Mapping):
        for key, value in said.items():
            yield from texts_of(value, name if key == PLAIN else key)
    elif isinstance(said, list):
        for one in said:
            yield from texts_of(one, name)
    elif isinstance(said, str):
        yield name, said


def shortened(draft: Draft, field: str, limit: int) -> Draft:
    """The texts of this name cut to a length, because a person said so. What follows a marker of ours is kept whole."""
    return replace(draft, body=_shortened(draft.body, field, limit, ""))


def _shortened(said: Any, field: str, limit: int, name: str) -> Any:
    if isinstance(said, Mapping):
        return {key: _shortened(value, field, limit, name if key == PLAIN else key) for key, value in said.items()}
    if isinstance(said, list):
        return [_shortened(one, field, limit, name) for one in said]
    if name != field or not isinstance(said, str) or len(said) <= limit:
        return said
    if MARKER in said:
        return said[-limit:]
    return said[: max(limit - len(MORE), 0)].rstrip() + MORE[:limit]


def _dumped(said: Mapping[str, Any]) -> str:
    return json.dumps(said, default=_as_number, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _as_number(value: object) -> dict[str, str]:
    if isinstance(value, Decimal):
        return {_NUMBER: format(value, "f")}
    raise TypeError(f"a draft holds no {type(value).__name__}")


def _number(found: dict[str, Any]) -> Any:
    return Decimal(found[_NUMBER]) if found.keys() == {_NUMBER} else found
