"""The published schema as look-up tables: which keys a type has, of what kind, in which order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dict_field
from functools import cache
from pathlib import Path
from typing import Any

_PUBLISHED: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "schemas" / "quickbooks.json").read_text(encoding="utf-8")
)
_TYPES: dict[str, Any] = _PUBLISHED["types"]
_SIMPLE: dict[str, Any] = _PUBLISHED["simple"]
_KINDS = {
    "xs:string": "string",
    "xs:anyURI": "string",
    "xs:boolean": "boolean",
    "xs:decimal": "decimal",
    "xs:int": "int",
    "xs:long": "int",
    "xs:positiveInteger": "int",
    "xs:date": "date",
    "xs:dateTime": "datetime",
}
# Abstract in the XSD, or a free place for extensions: what stands inside is not checked.
_OPEN = ("IntuitAnyType", "CustomFieldDefinition")


@dataclass(frozen=True)
class Field:
    name: str
    kind: str  # string, boolean, decimal, int, date, datetime, enum, object, open
    type_name: str
    many: bool = False
    attribute: bool = False
    values: Mapping[str, str] = dict_field(default_factory=dict)  # same_word -> the spelling of the schema


@dataclass(frozen=True)
class Shape:
    """A complex type with the fields of its bases, in schema order."""

    name: str
    fields: dict[str, Field]


def same_word(value: str) -> str:
    """Enumerations travel as `DateDriven` and as `DATE_DRIVEN`; both are the same word."""
    return value.replace("_", "").replace(" ", "").casefold()


@cache
def shape(name: str) -> Shape:
    made = _TYPES[name]
    fields: dict[str, Field] = dict(shape(made["base"]).fields) if made.get("base") in _TYPES else {}
    if "text" in made:
        fields["value"] = _field("value", made["text"])
    for key, type_name, many in made["fields"]:
        fields[key] = _field(key, type_name, many)
    for key, type_name in made.get("attributes", ()):
        fields[key] = _field(key, type_name, attribute=True)
    return Shape(name, fields)


def exists(name: str) -> bool:
    return name in _TYPES


@cache
def published_entity(name: str) -> str | None:
    """The entity of the schema that is called so, whatever the casing; None when there is none."""
    for each in _TYPES:
        if each.lower() == name.lower() and "SyncToken" in shape(each).fields:
            return each
    return None


def _field(name: str, type_name: str, many: bool = False, attribute: bool = False) -> Field:
    if type_name in _OPEN:
        return Field(name, "open", type_name, many)
    if type_name in _TYPES:
        return Field(name, "object", type_name, many)
    simple = _SIMPLE.get(type_name, {})
    if "values" in simple:
        values = {same_word(each): each for each in simple["values"]}
        return Field(name, "enum", type_name, many, attribute, values)
    return Field(name, _KINDS.get(simple.get("base", type_name), "string"), type_name, many, attribute)
