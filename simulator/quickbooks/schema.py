"""What a request may say: unknown keys refused, values of the right kind, lengths, required parts.

`check_response` and `check_envelope` (the other direction) live in `conformance.py` and are at hand here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from . import faults
from .company import Obj
from .conformance import check_envelope, check_response
from .shapes import Field, Shape, same_word, shape
from .times import instant, is_date

if TYPE_CHECKING:
    from .entities.entity import Entity

__all__ = ["accept", "check_envelope", "check_response", "require"]

# The server writes these; in a request they are ignored whatever they say.
SERVER_KEYS = frozenset(("MetaData", "domain", "sparse", "status"))
LARGEST = Decimal(99_999_999_999)


def accept(entity: Entity, body: Obj) -> Obj:
    """A private, typed copy of the body; "" and null become None (the key is to be cleared)."""
    if not isinstance(body, dict):
        raise faults.bad_type(entity.name, type(body).__name__)
    clean = _object(shape(entity.schema), body, entity.read_only | SERVER_KEYS)
    for path, limit in entity.lengths.items():
        for value in _at(clean, path.split(".")):
            if isinstance(value, str) and len(value) > limit:
                raise faults.too_long(path.rsplit(".", 1)[-1], limit, len(value))
    return clean


def require(entity: Entity, clean: Obj, sparse: bool) -> None:
    """2020 for the first required key that is not there."""
    for key in entity.required_sparse if sparse else entity.required:
        if clean.get(key) in (None, [], {}):
            raise faults.missing(key)


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _at(each, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        yield from _at(value.get(path[0]), path[1:])


def _object(made: Shape, body: Obj, ignored: frozenset[str] = frozenset()) -> Obj:
    clean: Obj = {}
    for key, value in body.items():
        field = made.fields.get(key)
        if field is None or field.kind == "open":
            raise faults.unknown_property(key, made.name, list(made.fields))
        if key not in ignored:
            clean[key] = _field(field, value)
    return clean


def _field(field: Field, value: Any) -> Any:
    if value is None or value == "":
        return None
    if not field.many:
        return _value(field, value)
    if not isinstance(value, list):
        raise faults.bad_type(field.name, value)
    return [_value(field, each) for each in value if each is not None]


def _value(field: Field, value: Any) -> Any:
    if field.kind == "object":
        if not isinstance(value, dict):
            raise faults.bad_type(field.name, value)
        clean = _object(shape(field.type_name), value)
        if field.type_name == "ReferenceType" and not clean.get("value"):
            return None  # a reference to nothing clears the field
        return clean
    return _READERS[field.kind](field, value)


def _string(field: Field, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, int | float | Decimal):
        raise faults.bad_type(field.name, value)
    return str(value)


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise faults.bad_type(field.name, value)


def _decimal(field: Field, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise faults.bad_number(field.name, value)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise faults.bad_number(field.name, value) from None
    if not number.is_finite() or abs(number) > LARGEST:
        raise faults.bad_number(field.name, value)
    return number


def _int(field: Field, value: Any) -> int:
    number = _decimal(field, value)
    if number != number.to_integral_value():
        raise faults.bad_number(field.name, value)
    return int(number)


def _date(field: Field, value: Any) -> str:
    text = value[:10] if isinstance(value, str) else ""
    if not is_date(text) or (len(value) > 10 and value[10] not in "TZ+-"):
        raise faults.bad_date(field.name, value)
    return text


def _datetime(field: Field, value: Any) -> str:
    try:
        instant(value)
    except (TypeError, ValueError):
        raise faults.bad_datetime(field.name, value) from None
    return str(value)


def _enum(field: Field, value: Any) -> str:
    if not isinstance(value, str) or same_word(value) not in field.values:
        raise faults.bad_enumeration(field.name, value)
    return value


_READERS = {
    "string": _string,
    "boolean": _boolean,
    "decimal": _decimal,
    "int": _int,
    "date": _date,
    "datetime": _datetime,
    "enum": _enum,
}
