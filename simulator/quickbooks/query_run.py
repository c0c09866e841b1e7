"""Run a query: properties checked, an index taken where there is one, rows filtered, ordered and paged."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from . import gates
from .company import Company, Obj
from .entities import ENTITIES
from .entities.entity import Entity
from .faults import Fault, not_modelled
from .query_language import Condition, Literal, Order, Statement, parse
from .render import rendered
from .shapes import Field, published_entity, shape
from .table import fold
from .times import instant

DEFAULT_SIZE = 100
LARGEST_SIZE = 1000
ALWAYS = {
    each.lower(): each for each in ("Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime")
}  # fmt: skip
# The part of a complex value that a query compares.
INNER = {"EmailAddress": "Address", "TelephoneNumber": "FreeFormNumber", "ReferenceType": "value"}
_BY_LOWER_NAME: dict[str, str] = {}
Value = Callable[[Obj], Any]


def unfit(detail: str) -> Fault:
    return Fault("4001", "Invalid query", f"QueryValidationError: {detail}")


def run(company: Company, text: str, params: Mapping[str, str] | None = None) -> Obj:
    """`{"QueryResponse": {...}}`, without `time`."""
    statement = parse(text)
    with company.lock:
        entity = _entity(statement.entity)
        gates.check(company, entity, {}, "query")
        if statement.count:
            return {"QueryResponse": {"totalCount": len(_matching(company, entity, statement))}}
        return {"QueryResponse": _page(company, entity, statement)}


def _entity(name: str) -> Entity:
    if len(_BY_LOWER_NAME) != len(ENTITIES):
        _BY_LOWER_NAME.update({each.lower(): each for each in ENTITIES})
    entity = ENTITIES.get(_BY_LOWER_NAME.get(name.lower(), ""))
    published = published_entity(name)
    if entity is None and published is not None:
        raise not_modelled(f"the entity {published}")
    if entity is None or not entity.queryable:
        raise unfit(f"Entity {name} is not queryable")
    return entity


def _page(company: Company, entity: Entity, statement: Statement) -> Obj:
    size = DEFAULT_SIZE if statement.size is None else statement.size
    if size > LARGEST_SIZE:
        raise unfit(f"value {size} is too large. Max allowed value is {LARGEST_SIZE}.")
    if statement.start < 1:
        raise unfit(f"value {statement.start} is too small. Min allowed value is 1.")
    chosen = [_property(entity, each, shown=True) for each in statement.props]
    last = statement.start - 1 + size
    rows = _ordered(entity, statement.order, _matching(company, entity, statement), last)
    rows = rows[statement.start - 1 : last]
    if not rows:
        return {}
    shown = [_projected(rendered(company, entity, row), chosen) for row in rows]
    return {entity.name: shown, "startPosition": statement.start, "maxResults": len(shown)}


def _projected(row: Obj, chosen: list[str]) -> Obj:
    if not chosen:
        return row
    made: Obj = {key: row[key] for key in ("domain", "sparse") if key in row}
    for name in chosen:
        outer, _, inner = name.partition(".")
        if inner and outer in row:
            made.setdefault(outer, {})[inner] = row[outer].get(inner)
        elif outer in row:
            made[outer] = row[outer]
    return made


def _property(entity: Entity, name: str, shown: bool = False) -> str:
    """The property in its own casing; 4001 when it does not exist or cannot be asked for."""
    lower = name.lower()
    if lower in ALWAYS:
        return ALWAYS[lower]
    deep = next((each for each in entity.paths if each.lower() == lower), None)
    if deep is not None:
        return deep
    fields = shape(entity.schema).fields
    known = next((each for each in fields if each.lower() == lower), None)
    if shown:
        if known is None or fields[known].kind in ("object", "open") or fields[known].many:
            raise unfit(f"Property {name} not found for Entity {entity.name}")
        return known
    if known in entity.filterable:
        return str(known)
    if known is None or entity.is_list:
        raise unfit(f"Property {name} not found for Entity {entity.name}")
    raise unfit(f"property '{known}' is not queryable")


def _matching(company: Company, entity: Entity, statement: Statement) -> list[Obj]:
    conditions = [(_property(entity, each.prop), each) for each in statement.where]
    tests = [_test(company, entity, name, each) for name, each in conditions]
    if entity.is_list and not any(name == "Active" for name, _ in conditions):
        tests.append(lambda row: row.get("Active") is not False)
    rows = _candidates(company, entity, conditions)
    return [row for row in rows if all(test(row) for test in tests)]


def _candidates(company: Company, entity: Entity, conditions: list[tuple[str, Condition]]) -> Iterable[Obj]:
    """The rows an index narrows the query to; all of them when no condition has an index."""
    table = company.table(entity.name)
    for name, condition in conditions:
        if condition.operator not in ("=", "IN"):
            continue
        if any(each.kind == "today" for each in condition.values):
            continue
        values = dict.fromkeys(each.text for each in condition.values)
        if name == "Id":
            return [row for row in map(table.get, values) if row is not None]
        if table.has_index(name):
            return list({row["Id"]: row for value in values for row in table.by(name, value)}.values())
    return table.all()


def _test(company: Company, entity: Entity, name: str, condition: Condition) -> Callable[[Obj], bool]:
    if name == "Id" and condition.operator not in ("=", "IN"):
        raise unfit(f"Operator {condition.operator} is not supported for property Id")
    if name in entity.paths:
        return _deep(entity, name, condition)
    kind = _kind(entity, name)
    value = _value(company, entity, name, kind)
    if condition.operator == "LIKE":
        return _like(kind, name, condition.values[0], value)
    wanted = [_read(company, kind, name, each) for each in condition.values]
    if condition.operator in ("=", "IN"):
        return lambda row: value(row) in wanted
    return _compared(condition.operator, wanted[0], value)


def _deep(entity: Entity, name: str, condition: Condition) -> Callable[[Obj], bool]:
    """Some value at the path is one of those asked for."""
    if condition.operator not in ("=", "IN"):
        raise unfit(f"Operator {condition.operator} is not supported for property {name}")
    wanted = {fold(each.text) for each in condition.values}
    values = entity.paths[name]
    return lambda row: not wanted.isdisjoint(map(fold, values(row)))


def _compared(operator: str, wanted: Any, value: Value) -> Callable[[Obj], bool]:
    def test(row: Obj) -> bool:
        held = value(row)
        if held is None:
            return False
        if operator == "<":
            return bool(held < wanted)
        if operator == ">":
            return bool(held > wanted)
        return bool(held <= wanted) if operator == "<=" else bool(held >= wanted)

    return test


def _like(kind: str, name: str, literal: Literal, value: Value) -> Callable[[Obj], bool]:
    if kind != "string":
        raise unfit(f"Operator LIKE is not supported for property {name}")
    pattern = re.compile(".*".join(re.escape(fold(part)) for part in literal.text.split("%")), re.DOTALL)
    return lambda row: (held := value(row)) is not None and pattern.fullmatch(held) is not None


def _kind(entity: Entity, name: str) -> str:
    if name.startswith("MetaData."):
        return "datetime"
    field = shape(entity.schema).fields[name]
    return "string" if field.kind in ("object", "enum") else field.kind


def _value(company: Company, entity: Entity, name: str, kind: str) -> Value:
    """A function that takes the comparable value out of a row."""
    outer, _, inner = name.partition(".")
    field: Field = shape(entity.schema).fields[outer]
    inner = inner or INNER.get(field.type_name, "")
    render = entity.render

    def value(row: Obj) -> Any:
        held = row.get(outer)
        if held is None and render is not None and outer not in row:
            held = render(company, row).get(outer)
        if inner and held is not None:
            held = held.get(inner)
        return _comparable(kind, held)

    return value


def _comparable(kind: str, held: Any) -> Any:
    if held is None:
        return None
    if kind == "string":
        return fold(str(held))
    if kind == "datetime":
        return instant(held)
    return held


def _read(company: Company, kind: str, name: str, literal: Literal) -> Any:
    """A literal in the kind of its property; 4001 when it cannot be one."""
    text = company.today() if literal.kind == "today" else literal.text
    try:
        if kind in ("decimal", "int"):
            return Decimal(text)
        if kind == "boolean":
            return {"true": True, "false": False}[text.lower()]
        if kind == "date":
            instant(text)
            return text[:10]
        return instant(text) if kind == "datetime" else fold(text)
    except (ValueError, KeyError, InvalidOperation):
        raise unfit(f"Invalid value {text!r} for property {name}") from None


def _ordered(entity: Entity, order: tuple[Order, ...], rows: list[Obj], last: int) -> list[Obj]:
    """At least the first `last` rows, in order. Without an order: lists by name, transactions newest first."""
    if not order:
        return sorted(rows, key=_by_name) if entity.is_list else heapq.nlargest(last, rows, key=_by_date)
    for each in reversed(order):
        name = _property(entity, each.prop)
        rows = sorted(rows, key=_sort_key(entity, name), reverse=each.descending)
    return rows


def _sort_key(entity: Entity, name: str) -> Callable[[Obj], Any]:
    if name == "Id":
        return _number
    outer, _, inner = name.partition(".")
    inner = inner or INNER.get(shape(entity.schema).fields[outer].type_name, "")
    kind = _kind(entity, name)

    def key(row: Obj) -> tuple[bool, Any]:
        held = row.get(outer)
        if inner and held is not None:
            held = held.get(inner)
        return (held is not None, _comparable(kind, held) if held is not None else 0)

    return key


def _number(row: Obj) -> tuple[int, str]:
    return (int(row["Id"]), "") if row["Id"].isdigit() else (0, row["Id"])


def _by_name(row: Obj) -> str:
    return fold(row.get("FullyQualifiedName") or row.get("DisplayName") or row.get("Name") or row.get("Code") or "")


def _by_date(row: Obj) -> tuple[str, tuple[int, str]]:
    return (row.get("TxnDate", ""), _number(row))
