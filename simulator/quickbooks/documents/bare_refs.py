"""References are kept by id alone: the name beside it is today's, filled in when the document is answered."""

from __future__ import annotations

from typing import Any


def bare(value: Any, key: str = "") -> Any:
    """A copy without the names; a reference without an id counts as none."""
    if isinstance(value, list):
        return [bare(each) for each in value]
    if not isinstance(value, dict):
        return value
    if key.endswith("Ref") and set(value) <= {"value", "name", "type"}:
        kept = {part: value[part] for part in ("value", "type") if value.get(part)}
        return kept if kept.get("value") else None
    return {name: bare(each, name) for name, each in value.items()}
