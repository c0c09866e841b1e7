"""Is an answer what the published schema allows? Names and kinds of values, for every object in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from .shapes import Field, exists, same_word, shape
from .times import instant, is_date

_MILLIS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d\Z")
_ENVELOPES = frozenset(("QueryResponse", "BatchItemResponse", "CDCResponse", "AttachableResponse", "Fault"))
_COUNTS = frozenset(("startPosition", "maxResults", "totalCount"))
_CLASSES: dict[str, Any] = {"boolean": bool, "int": int, "decimal": int | float | Decimal}
_ERROR_KEYS = frozenset(("Message", "Detail", "code", "element"))


def check_response(entity: str, answer: Any) -> list[str]:
    """What is wrong with one object of this type; an empty list when nothing is."""
    return list(_object(entity, answer, entity))


def check_envelope(answer: Any) -> list[str]:
    """The same for a whole answer of the API: an object, a query, a batch, changed data or a Fault."""
    if not isinstance(answer, dict):
        return [f"not an object: {answer!r}"]
    if "TaxRateDetails" in answer:  # the tax service answers without an envelope
        return check_response("TaxService", {k: v for k, v in answer.items() if k != "time"})
    wrong = list(_envelope(answer, ""))
    if "time" in answer and not _MILLIS.match(str(answer["time"])):
        wrong.append(f"time: {answer['time']!r} has no milliseconds and offset")
    return wrong


def _envelope(answer: dict[str, Any], path: str) -> Iterator[str]:
    for key, value in answer.items():
        at = f"{path}{key}"
        if key in ("time", "bId"):
            continue
        if key in _COUNTS:
            if not isinstance(value, int):
                yield f"{at}: {value!r} is no count"
        elif key == "Fault":
            yield from _fault(value, at)
        elif key in _ENVELOPES:
            for each in value if isinstance(value, list) else [value]:
                yield from _envelope(each, f"{at}.")
        elif not exists(key):
            yield f"{at}: no such entity"
        else:
            for each in value if isinstance(value, list) else [value]:
                yield from _object(key, each, at)


def _fault(value: dict[str, Any], at: str) -> Iterator[str]:
    if set(value) != {"Error", "type"}:
        yield f"{at}: keys {sorted(value)}"
    for error in value.get("Error", ()):
        for key, text in error.items():
            if key not in _ERROR_KEYS:
                yield f"{at}.Error.{key}: no such key"
            elif not isinstance(text, str):
                yield f"{at}.Error.{key}: {text!r} is no text"


def _object(type_name: str, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is no object"
        return
    fields = shape(type_name).fields
    for key, each in value.items():
        field = fields.get(key)
        if field is None:
            yield f"{at}.{key}: {type_name} has no such key"
        elif field.kind != "open":
            yield from _field(field, each, f"{at}.{key}")


def _field(field: Field, value: Any, at: str) -> Iterator[str]:
    if not field.many:
        yield from _value(field, value, at)
    elif not isinstance(value, list):
        yield f"{at}: {value!r} is no list"
    else:
        for each in value:
            yield from _value(field, each, at)


def _value(field: Field, value: Any, at: str) -> Iterator[str]:
    if field.kind == "object":
        yield from _object(field.type_name, value, at)
    elif not _fits(field, value):
        yield f"{at}: {value!r} is no {field.kind}"


def _fits(field: Field, value: Any) -> bool:
    kind = field.kind
    if kind in _CLASSES:
        return isinstance(value, _CLASSES[kind]) and isinstance(value, bool) == (kind == "boolean")
    if not isinstance(value, str):
        return False
    if kind == "date":
        return is_date(value)
    if kind == "datetime":
        return _is_datetime(value)
    return kind != "enum" or same_word(value) in field.values


def _is_datetime(value: str) -> bool:
    try:
        instant(value)
    except ValueError:
        return False
    return "T" in value
