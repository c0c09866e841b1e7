"""Mappings as a person makes them on the mapping pages, written straight into the rows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain import presets
from kz_admin.domain.lists import List
from kz_admin.models import Connection, Mapping, Option, SyncRecord, TaxRate
from kz_admin.models.session import reading, writing
from kz_admin.services import records
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents.work import Work
from tests.integration.push.conftest import Books


def choose(
    books: Books, of: List, subject: str, row: dict[str, Any] | None, *, active: bool = True, **details: str
) -> None:
    """`row` is theirs, as the company has it; None is the explicit choice of none."""
    connection, remote_id = books.connection, str(row["Id"]) if row else ""
    mine = {"connection_id": connection.id, "tenant_id": connection.tenant_id, "list": of.value}
    with books.app.app_context(), writing() as session:
        known = select(Option.id).where(Option.connection_id == connection.id, Option.remote_id == remote_id)
        if row and session.scalar(known.where(Option.list == of.value)) is None:
            read = {"name": row["Name"], "active": active, "details": json.dumps(details), "read_at": clock.now_ms()}
            session.add(Option(**mine, remote_id=remote_id, **read))
        how = {"chosen_how": "person", "chosen_by": "Dana", "chosen_at": clock.now_ms()}
        session.add(Mapping(**mine, subject=subject, remote_id=remote_id, **how))


def prefer(books: Books, **settings: Any) -> None:
    with books.app.app_context(), writing() as session:
        connection = session.scalars(select(Connection)).one()
        connection.settings = replace(presets.read(connection.settings), **settings).as_json()


def named(books: Books, entity: str, name: str) -> dict[str, Any]:
    (found,) = books.there(entity, Name=name)
    return found


def our_rate(books: Books, name: str) -> str:
    """The subject of a tax rate that a hook brought."""
    with books.app.app_context(), reading() as session:
        return str(session.scalars(select(TaxRate.id).where(TaxRate.name == name)).one())


def retry(books: Books, record: SyncRecord) -> None:
    """As a person presses it on the card."""
    with books.app.app_context(), writing() as session:
        records.retry(Work(session, record.tenant_id, SYSTEM, clock.now_ms()), record.as_kind, [record.local_id])


Line = dict[str, Any]


def line(
    quantity: str, price: str, amount: str, *, tax: tuple[str, str] | None = None, service: str = "", **more: str
) -> Line:
    made: Line = {"description": "Work", "quantity": quantity, "unit_price": price, "amount": amount, **more}
    if tax:
        made["tax"] = {"id": f"tax-{tax[0]}", "name": tax[0], "rate": tax[1]}
    if service:
        made["service"] = {"id": f"svc-{service}", "name": service}
    return made
