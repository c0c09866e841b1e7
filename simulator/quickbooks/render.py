"""A stored row as it is answered: private and empty keys left out, names beside the ids of references."""

from __future__ import annotations

from typing import Any

from .company import Company, Obj
from .conformance import check_response
from .entities.entity import Entity
from .references import UNNAMED, named


class UnpublishedShapeError(Exception):
    """An answer that the published schema does not allow: a defect of the simulator, never of a request."""


def rendered(company: Company, entity: Entity, row: Obj) -> Obj:
    """Every object of every answer comes through here, and is held to the schema before it leaves."""
    if entity.render is not None:
        row = entity.render(company, row)
    shown = _object(company, row, (UNNAMED | entity.unnamed) - entity.named)
    wrong = check_response(entity.schema, shown)
    if wrong:
        raise UnpublishedShapeError("; ".join(wrong))
    return shown


def _object(company: Company, row: Obj, unnamed: frozenset[str]) -> Obj:
    shown: Obj = {}
    for key, value in row.items():
        if value is None or key[0] == "_":
            continue
        kind = type(value)
        if kind is dict:
            if not key.endswith("Ref"):
                shown[key] = _object(company, value, unnamed)
            elif "value" in value:
                shown[key] = _reference(company, key, value, unnamed)
        elif kind is list:
            shown[key] = [_element(company, each, unnamed) for each in value]
        else:
            shown[key] = value
    return shown


def _element(company: Company, value: Any, unnamed: frozenset[str]) -> Any:
    return _object(company, value, unnamed) if isinstance(value, dict) else value


def _reference(company: Company, key: str, ref: Obj, unnamed: frozenset[str]) -> Obj:
    if key in unnamed:
        return {each: ref[each] for each in ("value", "type") if ref.get(each)}
    return named(company, key, ref)
