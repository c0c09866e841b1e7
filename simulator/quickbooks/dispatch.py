"""Which operation an address and method mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response

from simulator.frame.edge import Exchange

from . import bodies, faults, operations
from .batch import Gate
from .company import Company

Answer = dict[str, Any] | bytes | Response
Read = Callable[[Company, Exchange], Answer]
Write = Callable[[Company, Any, Exchange, Gate | None], Answer]


@dataclass(frozen=True)
class Plan:
    """A read, or a write with the kind of body it takes."""

    read: Read | None = None
    write: Write | None = None
    body: str = "json"  # json, multipart, none
    is_batch: bool = False


def plan(method: str, rest: str) -> Plan:
    parts = rest.strip("/").split("/")
    if method == "GET":
        return _get(parts)
    if method == "POST":
        return _post(parts)
    raise faults.unsupported_operation(f"Operation {method} /{rest} is not supported.")


def _get(parts: list[str]) -> Plan:
    match parts:
        case ["query"]:
            return Plan(read=_query)
        case ["cdc"]:
            return Plan(read=lambda company, exchange: operations.cdc(company, exchange.query))
        case ["reports", *_]:
            raise faults.not_modelled("reports")
        case ["download", row_id]:
            return Plan(read=lambda company, exchange: _download(company, exchange, row_id))
        case [name, row_id, action]:
            return Plan(read=lambda company, exchange: _rendered(company, exchange, name, row_id, action))
        case [name, row_id]:
            return Plan(read=lambda company, exchange: _read(company, exchange, name, row_id))
        case [name]:
            return Plan(read=lambda company, exchange: _read(company, exchange, name, ""))
    raise _no_address(parts)


def _post(parts: list[str]) -> Plan:
    match parts:
        case ["query"]:
            return Plan(read=_query)
        case ["batch"]:
            return Plan(
                write=lambda company, body, exchange, gate: operations.batch(company, body, exchange.query, gate),
                is_batch=True,
            )
        case ["upload"]:
            return Plan(
                write=lambda company, body, _exchange, _gate: operations.upload(company, body), body="multipart"
            )
        case [name, row_id, action] if row_id.isdigit():
            return Plan(
                write=lambda company, _body, exchange, _gate: operations.act(
                    company, name, row_id, action, exchange.query
                ),
                body="none",
            )
        case [name] | ["taxservice" as name, "taxcode"]:
            path = "/".join(parts) if name == "taxservice" else name
            return Plan(
                write=lambda company, body, exchange, _gate: operations.write(company, path, body, exchange.query)
            )
    raise _no_address(parts)


def _no_address(parts: list[str]) -> faults.Fault:
    return faults.unsupported_operation(
        f"Operation Could not find resource for relative : /{'/'.join(parts)} is not supported."
    )


def _query(company: Company, exchange: Exchange) -> Answer:
    return operations.query(company, bodies.statement(exchange), exchange.query)


def _read(company: Company, exchange: Exchange, name: str, row_id: str) -> Answer:
    """The id of CompanyInfo in an address is the company's own."""
    entity = operations.entity_of(name)
    if entity.name == "CompanyInfo" and row_id != company.realm:
        raise faults.bad_id(row_id)
    if not row_id and not (entity.singleton or entity.read):
        raise faults.unsupported_operation(f"Operation GET {name} without an id is not supported.")
    return operations.read(company, name, row_id or "1", exchange.query)


def _rendered(company: Company, exchange: Exchange, name: str, row_id: str, action: str) -> Answer:
    accept = exchange.header("Accept").lower()
    if action == "pdf" and accept and "application/pdf" not in accept and "*/*" not in accept:
        raise faults.unsupported_operation("Operation pdf answers with application/pdf only.")
    rendered: Answer = operations.act(company, name, row_id, action, exchange.query)
    return rendered


def _download(company: Company, exchange: Exchange, row_id: str) -> Answer:
    return Response(exchange.base + operations.download(company, row_id), content_type="text/plain;charset=UTF-8")
