"""What the HTTP edge calls: plain dicts in, plain dicts out, Fault for a refusal.

`write` looks at `params["operation"]` and the body, as the address `POST .../{entity}` does.
"""

from __future__ import annotations

from typing import Any

from . import faults, gates, schema
from .company import Company, Fault, Obj
from .entities import BY_PATH, ENTITIES
from .entities.entity import Entity, Params
from .render import rendered


def entity_at(path: str) -> Entity:
    """The entity whose address part this is; 500 for an address nobody serves."""
    entity = BY_PATH.get(path.lower())
    if entity is None:
        raise faults.unsupported_operation(
            f"Operation Could not find resource for relative : {path} is not supported."
        )
    return entity


def entity_named(name: str) -> Entity:
    entity = ENTITIES.get(name)
    if entity is None:
        raise faults.unsupported_operation(f"Operation Entity {name} is not supported.")
    return entity


def read(company: Company, name: str, row_id: str) -> Obj:
    """`{"Customer": {...}}`."""
    with company.lock:
        entity = entity_named(name)
        return {name: rendered(company, entity, stored_row(company, entity, row_id))}


def stored_row(company: Company, entity: Entity, row_id: str) -> Obj:
    """The stored object, or 2030 for what is no id and 610 for one that is not there."""
    if entity.singleton:
        row_id = "1"
    if not row_id.isdigit():
        raise faults.bad_id(row_id)
    row = company.table(entity.name).get(row_id)
    if row is None:
        raise faults.not_found()
    return row


def write(company: Company, name: str, body: Obj, params: Params) -> Obj:
    """Create, full or sparse update, delete or void, as body and `operation` say."""
    operation = params.get("operation", "")
    if operation == "delete":
        return operate(company, name, body, params, "delete")
    if operation == "void" or "void" in params.get("include", "").split(","):
        return operate(company, name, body, params, "void")
    if operation not in ("", "create", "update"):
        raise faults.unsupported_operation(f"Operation {operation} is not supported.")
    if operation == "update" or body.get("Id"):
        return update(company, name, body, params)
    return create(company, name, body, params)


def create(company: Company, name: str, body: Obj, params: Params) -> Obj:
    entity = entity_named(name)
    with company.writing():
        gates.check(company, entity, body, "create")
        if entity.create is None:
            raise faults.unsupported_operation(f"Operation create is not supported for {name}.")
        clean = schema.accept(entity, body)
        schema.require(entity, clean, sparse=False)
        row = entity.create(company, clean, params)
        return {name: rendered(company, entity, row)}


def update(company: Company, name: str, body: Obj, params: Params) -> Obj:
    entity = entity_named(name)
    with company.writing():
        gates.check(company, entity, body, "update")
        if entity.update is None:
            raise faults.unsupported_operation(f"Operation update is not supported for {name}.")
        sparse = body.get("sparse") in (True, "true")
        clean = schema.accept(entity, body)
        stored = _fresh(company, entity, clean)
        schema.require(entity, clean, sparse)
        row = entity.update(company, stored, clean, sparse, params)
        return {name: rendered(company, entity, row)}


def operate(company: Company, name: str, body: Obj, params: Params, operation: str) -> Obj:
    """Delete or void: the body needs Id and SyncToken only."""
    entity = entity_named(name)
    change = entity.delete if operation == "delete" else entity.void
    with company.writing():
        gates.check(company, entity, body, operation)
        if change is None:
            raise faults.unsupported_operation(f"Operation {operation} is not supported for {name}.")
        stored = _fresh(company, entity, schema.accept(entity, body))
        result = change(company, stored, params)
        if operation == "delete":
            return {name: {"domain": "QBO", "status": "Deleted", "Id": stored["Id"]}}
        return {name: rendered(company, entity, result)}


def act(company: Company, name: str, row_id: str, action: str, params: Params) -> Any:
    """`POST invoice/12/send`, `GET invoice/12/pdf`: an object in its envelope, or bytes."""
    entity = entity_named(name)
    change = entity.actions.get(action)
    if change is None:
        raise faults.unsupported_operation(f"Operation {action} is not supported for {name}.")
    with company.writing():
        result = change(company, stored_row(company, entity, row_id), params)
        return result if isinstance(result, bytes) else {name: rendered(company, entity, result)}


def _fresh(company: Company, entity: Entity, body: Obj) -> Obj:
    """The stored row a change is meant for, its SyncToken compared (5010)."""
    if not body.get("Id"):
        raise faults.missing("Id")
    stored = stored_row(company, entity, str(body["Id"]))
    token = body.get("SyncToken")
    if token is None or token == "":
        raise faults.missing("SyncToken")
    if str(token) != stored["SyncToken"]:
        raise faults.stale(company.colleague)
    return stored


__all__ = ["Fault", "act", "create", "entity_at", "entity_named", "operate", "read", "update", "write"]
