"""What the HTTP edge calls: plain dicts in, plain dicts out, Fault for a refusal.

An entity is named as in the schema (`Invoice`) or as in an address (`invoice`). Answers are envelopes without `time`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import batch as batches
from . import cdc as changes
from . import faults, gates, query_run, references, schema, shapes
from .company import Company, Fault, Obj
from .entities import BY_PATH, ENTITIES, attachable
from .entities.attachable import UploadPart
from .entities.entity import Change, Entity, Params
from .render import rendered

__all__ = ["Fault", "UploadPart"]


def entity_of(name: str) -> Entity:
    entity = ENTITIES.get(name) or BY_PATH.get(name.lower())
    if entity is not None:
        return entity
    published = shapes.published_entity(name)
    if published is not None:
        raise faults.not_modelled(f"the entity {published}")
    raise faults.unsupported_operation(f"Operation Could not find resource for relative : {name} is not supported.")


def read(company: Company, name: str, row_id: str, params: Params | None = None) -> Obj:
    """`{"Customer": {...}}`; 2030 for what is no id, 610 for what is not there."""
    entity = entity_of(name)
    with company.lock:
        gates.check(company, entity, {}, "read")
        if entity.read is not None:
            row = entity.read(company, row_id, params or {})
        else:
            row = _stored(company, entity, row_id)
        return _answer(company, entity, row)


def write(company: Company, name: str, body: Obj, params: Params) -> Obj:
    """Create, full or sparse update, delete or void, as the body and `operation` say."""
    operation = params.get("operation", "")
    if operation == "delete":
        return delete(company, name, body, params)
    if operation == "void" or "void" in params.get("include", "").split(","):
        return void(company, name, body, params)
    if operation not in ("", "create", "update"):
        raise faults.unsupported_operation(f"Operation {operation} is not supported.")
    has_id = isinstance(body, dict) and bool(body.get("Id")) and entity_of(name).read is None
    if operation == "update" or (has_id and operation != "create"):
        return update(company, name, body, params)
    return create(company, name, body, params)


def create(company: Company, name: str, body: Obj, params: Params) -> Obj:
    entity = entity_of(name)
    with company.writing():
        gates.check(company, entity, body, "create")
        if entity.create is None:
            raise _unsupported("create", entity)
        clean = schema.accept(entity, body)
        clean.pop("Id", None)
        clean.pop("SyncToken", None)
        schema.require(entity, clean, sparse=False)
        if entity.checks_references:
            references.check(company, clean)
        return _answer(company, entity, entity.create(company, clean, params))


def update(company: Company, name: str, body: Obj, params: Params) -> Obj:
    entity = entity_of(name)
    with company.writing():
        gates.check(company, entity, body, "update")
        if entity.update is None:
            raise _unsupported("update", entity)
        clean = schema.accept(entity, body)
        stored = _current(company, entity, clean)
        sparse = body.get("sparse") in (True, "true")
        schema.require(entity, clean, sparse)
        if entity.checks_references:
            references.check(company, clean, stored)
        return _answer(company, entity, entity.update(company, stored, clean, sparse, params))


def delete(company: Company, name: str, body: Obj, params: Params) -> Obj:
    entity = entity_of(name)
    with company.writing():
        stored = _change(company, entity, entity.delete, body, params, "delete")
        return {entity.name: {"domain": "QBO", "status": "Deleted", "Id": stored["Id"]}}


def void(company: Company, name: str, body: Obj, params: Params) -> Obj:
    entity = entity_of(name)
    with company.writing():
        row = _change(company, entity, entity.void, body, params, "void")
        return _answer(company, entity, company.table(entity.name).get(row["Id"]) or row)


def act(company: Company, name: str, row_id: str, action: str, params: Params) -> Any:
    """`POST invoice/12/send`, `GET invoice/12/pdf`: an envelope, or bytes."""
    entity = entity_of(name)
    change = entity.actions.get(action)
    with company.writing():
        if change is None:
            raise _unsupported(action, entity)
        gates.check(company, entity, {}, "read" if action == "pdf" else action)
        result = change(company, _stored(company, entity, row_id), params)
        return result if isinstance(result, bytes) else _answer(company, entity, result)


def send(company: Company, name: str, row_id: str, send_to: str | None) -> Obj:
    found = act(company, name, row_id, "send", {"sendTo": send_to} if send_to else {})
    assert isinstance(found, dict)
    return found


def pdf(company: Company, name: str, row_id: str) -> bytes:
    found = act(company, name, row_id, "pdf", {})
    assert isinstance(found, bytes)
    return found


def query(company: Company, text: str, params: Params | None = None) -> Obj:
    return query_run.run(company, text)


def batch(company: Company, body: Any, params: Params, gate: batches.Gate | None = None) -> Obj:
    """`body` is the whole request or its list of items."""
    return batches.run(company, body, params, gate, write)


def cdc(company: Company, params: Mapping[str, str]) -> Obj:
    return changes.run(company, params)


def upload(company: Company, parts: Sequence[UploadPart]) -> Obj:
    """Each file for itself: an Attachable or a Fault."""
    return {"AttachableResponse": [_uploaded(company, part) for part in parts]}


def download(company: Company, row_id: str) -> str:
    """The address from which the file can be had for a while, as text."""
    with company.lock:
        row = _stored(company, ENTITIES["Attachable"], row_id)
        if not row.get("TempDownloadUri"):
            raise faults.not_found()
        return str(row["TempDownloadUri"])


def file_of(company: Company, row_id: str) -> tuple[str, str, bytes]:
    """File name, content type and content of an uploaded file."""
    with company.lock:
        row = _stored(company, ENTITIES["Attachable"], row_id)
        return row["FileName"], row["ContentType"], attachable.content_of(company, row_id)


def _uploaded(company: Company, part: UploadPart) -> Obj:
    entity = ENTITIES["Attachable"]
    try:
        with company.writing():
            gates.check(company, entity, part.metadata, "create")
            clean = schema.accept(entity, part.metadata)
            return _answer(company, entity, attachable.store_file(company, clean, part))
    except Fault as fault:
        return {"Fault": fault.body()}


def _change(company: Company, entity: Entity, change: Change | None, body: Obj, params: Params, operation: str) -> Obj:
    gates.check(company, entity, body, operation)
    if change is None:
        raise _unsupported(operation, entity)
    stored = _current(company, entity, schema.accept(entity, body))
    change(company, stored, params)
    return stored


def _stored(company: Company, entity: Entity, row_id: str) -> Obj:
    row = company.table(entity.name).get("1" if entity.singleton else row_id)
    if row is not None:
        return row
    if not row_id.isdigit():
        raise faults.bad_id(row_id)
    if not entity.is_list and company.was_deleted(entity.name, row_id):
        raise faults.deleted_by_another()
    raise faults.not_found()


def _current(company: Company, entity: Entity, body: Obj) -> Obj:
    """The stored row a change is meant for; its SyncToken has to be the newest (5010)."""
    if not body.get("Id"):
        raise faults.missing("Id")
    stored = _stored(company, entity, body["Id"])
    if not body.get("SyncToken"):
        raise faults.missing("SyncToken")
    if body["SyncToken"] != stored["SyncToken"]:
        raise faults.stale(company.colleague)
    return stored


def _answer(company: Company, entity: Entity, row: Obj) -> Obj:
    shown = rendered(company, entity, row)
    return shown if entity.bare else {entity.name: shown}


def _unsupported(operation: str, entity: Entity) -> Fault:
    return faults.unsupported_operation(f"Operation {operation} is not supported for {entity.name}.")
