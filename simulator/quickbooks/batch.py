"""Batch: up to thirty items that know nothing of one another, each with its own result, HTTP 200 whatever happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import faults, query_run
from .company import Company, Obj
from .entities import ENTITIES
from .faults import Fault

LARGEST = 30
LONGEST_REQUEST_ID = 36
Gate = Callable[[int, Obj], Fault | None]
Write = Callable[[Company, str, Obj, Mapping[str, str]], Obj]
_DESCRIPTORS = frozenset(("bId", "operation", "optionsData", "Query"))
_REFUSED = ("ReportQuery", "CDCQuery")


def run(company: Company, body: Any, params: Mapping[str, str], gate: Gate | None, write: Write) -> Obj:
    """`{"BatchItemResponse": [...]}` in the order of the request. `gate` may refuse an item (throttling, ...)."""
    items = _items(body)
    if len(params.get("requestid", "")) > LONGEST_REQUEST_ID:
        raise faults.Fault(
            "2130", "Invalid Request Id", "The requestid of a batch has at most 36 characters.", "requestid"
        )
    answers: dict[int, Obj] = {}
    with company.lock:
        # Queries first: they see the company as it was before any item of this batch.
        for index in sorted(range(len(items)), key=lambda each: "Query" not in items[each]):
            answers[index] = _answer(company, items[index], gate, index, write)
    return {"BatchItemResponse": [answers[index] for index in range(len(items))]}


def _items(body: Any) -> list[Obj]:
    items = body.get("BatchItemRequest") if isinstance(body, dict) else body
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        raise faults.missing("BatchItemRequest")
    if len(items) > LARGEST:
        raise faults.Fault(
            "1040",
            "Batch size exceeded",
            f"The maximum number of batch items is {LARGEST}; the request has {len(items)}.",
        )
    seen = [str(each.get("bId")) for each in items]
    if len(set(seen)) != len(seen) or not all(each.get("bId") for each in items):
        raise faults.Fault(
            "2010", "Request has invalid or unsupported property", "Every bId has to be given once.", "bId"
        )
    return items


def _answer(company: Company, item: Obj, gate: Gate | None, index: int, write: Write) -> Obj:
    try:
        refusal = gate(index, item) if gate else None
        if refusal is not None:
            raise refusal
        result = _done(company, item, write)
    except Fault as fault:
        result = {"Fault": fault.body()}
    return {**result, "bId": item["bId"]}


def _done(company: Company, item: Obj, write: Write) -> Obj:
    for key in _REFUSED:
        if key in item:
            raise faults.not_modelled(f"{key} in a batch")
    if "Query" in item:
        return query_run.run(company, str(item["Query"]))
    names = [key for key in item if key not in _DESCRIPTORS]
    if len(names) != 1 or names[0] not in ENTITIES or not ENTITIES[names[0]].batch:
        raise faults.unknown_property(", ".join(names) or "operation", "BatchItemRequest", sorted(ENTITIES))
    return _written(company, names[0], item, write)


def _written(company: Company, name: str, item: Obj, write: Write) -> Obj:
    operation = item.get("operation")
    options = _options(str(item.get("optionsData") or ""))
    if operation not in ("create", "update", "delete", "void"):
        raise faults.unsupported_operation(f"Operation {operation} is not supported in a batch.")
    return write(company, name, item[name], {**options, "operation": str(operation)})


def _options(text: str) -> dict[str, str]:
    """`optionsData` holds what an address would carry as its query: `include=void`, or just `void`."""
    if not text:
        return {}
    key, _, value = text.partition("=")
    return {key: value} if value else {"include": key}
