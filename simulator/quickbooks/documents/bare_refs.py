"""References are kept by id alone: the name beside it is today's, filled in when the document is answered."""

from __future__ import annotations

from typing import Any

TYPED = frozenset(("EntityRef", "Entity"))


def bare(value: Any, key: str = "") -> Any:
    """A copy without the names; a reference without an id counts as none. Only typed references keep their type."""
    if isinstance(value, list):
        return [bare(each) for each in value]
    if not isinstance(value, dict):
        return value
    if (key.endswith("Ref") or key in TYPED) and set(value) <= {"value", "name", "type"}:
        parts = ("value", "type") if key in TYPED else ("value",)
        return {part: value[part] for part in parts if value.get(part)} if value.get("value") else None
    return {name: bare(each, name) for name, each in value.items()}
