"""The same answer as XML, for callers that do not ask for JSON: element order and attributes after the schema."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .shapes import Field, exists, same_word, shape

NAMESPACE = "http://schema.intuit.com/finance/v3"
_ATTRIBUTES = frozenset(("startPosition", "maxResults", "totalCount", "bId"))
_NESTED = frozenset(("QueryResponse", "BatchItemResponse", "CDCResponse", "AttachableResponse"))
_ERROR_TEXTS = ("Message", "Detail")


def render(envelope: dict[str, Any], time: str) -> bytes:
    """`{"Customer": ...}`, `{"QueryResponse": ...}`, `{"Fault": ...}` as an IntuitResponse."""
    body = {key: value for key, value in envelope.items() if key != "time"}
    bare = "TaxRateDetails" in body  # the tax service answers without an envelope
    inner = "".join(_object("TaxService", "TaxService", body) if bare else _members(body))
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return (
        f"{head}<IntuitResponse xmlns={quoteattr(NAMESPACE)} time={quoteattr(time)}>{inner}</IntuitResponse>".encode()
    )


def _members(envelope: dict[str, Any]) -> Iterator[str]:
    for key, value in envelope.items():
        if key in _ATTRIBUTES:
            continue
        for each in value if isinstance(value, list) else [value]:
            if key == "Fault":
                yield from _fault(each)
            elif key in _NESTED:
                yield from _nested(key, each)
            elif exists(key):
                yield from _object(key, key, each)


def _nested(tag: str, value: dict[str, Any]) -> Iterator[str]:
    attributes = "".join(f" {key}={quoteattr(str(value[key]))}" for key in value if key in _ATTRIBUTES)
    yield f"<{tag}{attributes}>"
    yield from _members(value)
    yield f"</{tag}>"


def _fault(value: dict[str, Any]) -> Iterator[str]:
    yield f"<Fault type={quoteattr(value['type'])}>"
    for error in value["Error"]:
        attributes = f" code={quoteattr(error['code'])}"
        if error.get("element"):
            attributes += f" element={quoteattr(error['element'])}"
        yield f"<Error{attributes}>"
        yield from (f"<{key}>{escape(error[key])}</{key}>" for key in _ERROR_TEXTS if key in error)
        yield "</Error>"
    yield "</Fault>"


def _object(tag: str, type_name: str, value: dict[str, Any]) -> Iterator[str]:
    fields = shape(type_name).fields
    attributes = "".join(
        f" {key}={quoteattr(_text(fields[key], value[key]))}"
        for key in value
        if key in fields and fields[key].attribute
    )
    yield f"<{tag}{attributes}>"
    if "value" in fields and "value" in value:
        yield escape(_text(fields["value"], value["value"]))
    else:
        for key, field in fields.items():
            if key in value and not field.attribute:
                yield from _elements(field, value[key])
    yield f"</{tag}>"


def _elements(field: Field, value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if field.kind == "object":
            yield from _object(field.name, field.type_name, each)
        elif field.kind != "open":
            yield f"<{field.name}>{escape(_text(field, each))}</{field.name}>"


def _text(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return field.values.get(same_word(str(value)), str(value)) if field.kind == "enum" else str(value)
