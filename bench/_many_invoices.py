"""A tenant with any number of invoices, loaded with plain SQL: a million of them in minutes, not in hours.

Each client has a hundred invoices whatever the size, so that the same filter finds a full page in every database.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.engine import Connection

from kz_admin import config, create_app
from kz_admin.models import Client, Invoice, InvoiceLine, Payment, PaymentAllocation, SyncRecord, statistics
from kz_admin.models.base import Base
from kz_admin.models.session import engine
from kz_admin.services import passwords
from tests.cast import PASSWORD, Cast, assemble
from tests.integration.hooks.conftest import connect
from tests.page import InspectingClient

OF_ONE_CLIENT = 100
WITHOUT = 240  # more clients, with none
FIRST_MOMENT = 1_700_000_000_000
# Of a hundred invoices in a row; the others are paid.
STATE = (
    "CASE WHEN n % 100 < 6 THEN 'draft' WHEN n % 100 < 12 THEN 'sent' WHEN n % 100 < 14 THEN 'partly_paid' "
    "ELSE 'paid' END"
)

NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :many)"
# Ids of version 7 grow with time; those of one kind begin with its letter here.
ID = "printf('{letter}%011x', {n}) || '70008000' || printf('%012x', {n})"


def id_of(letter: str, n: str = "n") -> str:
    return ID.format(letter=letter, n=n)


def loaded(folder: Path, invoices: int) -> tuple[Flask, Cast]:
    """A migrated SQLite file with so many invoices, each with a line, a payment when it is paid, and its records."""
    environment = {
        "KZ_ENV": "development",
        "SECRET_KEY": "only for the bench 3f9k2m5q8x1v4b7n",
        "KZ_ENCRYPTION_KEYS": "only for the bench too 6g2h9j4k1l8p5r",
        "KZ_BASE_URL": "http://localhost",
        "DATABASE_URL": f"sqlite:///{folder / f'{invoices}.db'}",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    app = create_app(config.load(environment))
    app.test_client_class = InspectingClient
    with app.app_context():
        upgrade()
        cast = assemble(passwords.hashed(PASSWORD))
        fill(cast.tenant_id, connect(cast.tenant_id), invoices)
        statistics.refresh()  # as the clock does
    return app, cast


def fill(tenant_id: UUID, connection_id: UUID, invoices: int) -> None:
    given: dict[str, object] = {"tenant": tenant_id.hex, "connection": connection_id.hex}
    with engine().connect().execution_options(kz_write=True) as connection, connection.begin():
        _insert(connection, Client, _clients(), given | {"many": invoices // OF_ONE_CLIENT + WITHOUT})
        given["many"] = invoices
        _insert(connection, Invoice, _invoices(), given)
        _insert(connection, InvoiceLine, _lines(), given)
        paid = given | {"only": "paid"}
        _insert(connection, Payment, _payments(), paid)
        _insert(connection, PaymentAllocation, _allocations(), paid)
        for kind, letter in (("invoice", "1"), ("payment", "3")):
            _insert(connection, SyncRecord, _records(kind, letter), paid)


def _insert(connection: Connection, model: type[Base], values: dict[str, str], given: dict[str, object]) -> None:
    """INSERT … SELECT over numbers; what is not said is the column's default."""
    complete = {column.key: _default(column) for column in model.__table__.columns} | values
    names, expressions = ", ".join(f'"{name}"' for name in complete), ", ".join(complete.values())
    only = f"WHERE {STATE} = :only" if "only" in given else ""
    statement = f'INSERT INTO "{model.__tablename__}" ({names}) {NUMBERS} SELECT {expressions} FROM numbers {only}'
    connection.execute(text(statement), given)


def _default(column: object) -> str:
    default = getattr(column, "default", None)
    if default is None:
        return "NULL"
    return repr(int(default.arg) if isinstance(default.arg, bool) else default.arg)


def _row(letter: str) -> dict[str, str]:
    return {"id": id_of(letter), "tenant_id": ":tenant", "created_at": f"{FIRST_MOMENT} + n"}


def _document(letter: str) -> dict[str, str]:
    return _row(letter) | {"revision": "1", "origin": "'ours'", "version": "1", "changed_at": f"{FIRST_MOMENT} + n"}


def _clients() -> dict[str, str]:
    kinds = "CASE n % 4 WHEN 0 THEN 'Nordlicht' WHEN 1 THEN 'Alder' WHEN 2 THEN 'Kestrel' ELSE 'Quay' END"
    name = f"printf('%s %06d', {kinds}, n)"
    return _document("0") | {"name": name, "name_key": f"lower({name})", "currency": "'USD'"}


def _invoices() -> dict[str, str]:
    number, is_paid = "printf('N-%07d', n)", f"({STATE} = 'paid')"
    return _document("1") | {
        "client_id": id_of("0", f"n / {OF_ONE_CLIENT}"),
        "number": number,
        "number_key": f"lower({number})",
        "issued_on": "date('2020-01-01', (n * 2000 / :many) || ' days')",
        "due_on": "date('2020-01-15', (n * 2000 / :many) || ' days')",
        "currency": "'USD'",
        "prices": "'exclusive'",
        "state": STATE,
        "subtotal_minor": "10000",
        "tax_minor": "0",
        "total_minor": "10000",
        "paid_minor": f"CASE WHEN {is_paid} THEN 10000 ELSE 0 END",
        "open_minor": f"CASE WHEN {is_paid} THEN 0 ELSE 10000 END",
        "finalised_at": f"CASE WHEN {STATE} = 'draft' THEN NULL ELSE {FIRST_MOMENT} + n END",
        "paid_at": f"CASE WHEN {is_paid} THEN {FIRST_MOMENT} + n END",
    }


def _lines() -> dict[str, str]:
    figures = {"quantity": "'1'", "unit_price": "'100'", "amount_minor": "10000"}
    return _row("2") | figures | {"invoice_id": id_of("1"), "position": "0", "description": "'Design'"}


def _payments() -> dict[str, str]:
    return _document("3") | {
        "client_id": id_of("0", f"n / {OF_ONE_CLIENT}"),
        "amount_minor": "10000",
        "unallocated_minor": "0",
        "currency": "'USD'",
        "paid_on": "date('2020-01-10', (n * 2000 / :many) || ' days')",
        "method": "'card'",
        "source": "'platform'",
    }


def _allocations() -> dict[str, str]:
    return _row("4") | {"payment_id": id_of("3"), "invoice_id": id_of("1"), "amount_minor": "10000"}


def _records(kind: str, letter: str) -> dict[str, str]:
    """Nearly all of them over there; a few wait and a few failed."""
    return _row("5" if kind == "invoice" else "6") | {
        "connection_id": ":connection",
        "kind": f"'{kind}'",
        "local_id": id_of(letter),
        "planned_revision": "1",
        "wanted_revision": "1",
        "pushed_revision": "1",
        "remote_type": f"'{kind}'",
        "remote_id": "CASE WHEN n % 100 = 18 THEN NULL ELSE 'r' || n END",
        "state": "CASE WHEN n % 100 = 18 THEN 'failed' WHEN n % 100 = 19 THEN 'due' ELSE 'done' END",
        "lane": "'interactive'",
    }
