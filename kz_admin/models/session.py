"""The only way into the database: reading() and writing().

reading()  plain BEGIN, always ends with rollback.
writing()  BEGIN IMMEDIATE on SQLite from its first statement, commits at the end, rolls back on any exception.

Neither nests, and no call to a provider happens inside one: `forbid_open_transaction()` is the guard that the HTTP
client calls. Rows stay readable after the block, unloaded relations do not.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import CursorResult, Engine, UpdateBase, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from kz_admin.models.base import db

BUSY_TIMEOUT_MS = 15_000
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class TransactionOpen(RuntimeError):
    """A transaction is open where none may be."""


class WriteInGet(RuntimeError):
    """A page that only reads tried to write; mark its view with @writes if it must."""


class _Here(threading.local):
    session: Session | None = None


_here = _Here()


@contextmanager
def reading() -> Iterator[Session]:
    with _session(write=False) as session:
        yield session


@contextmanager
def writing(patience_ms: int = BUSY_TIMEOUT_MS) -> Iterator[Session]:
    """`patience_ms`: how long to wait while SQLite is locked by somebody else."""
    _refuse_in_get()
    with _session(write=True, patience_ms=patience_ms) as session:
        yield session
        session.commit()


def changed_rows(session: Session, statement: UpdateBase) -> int:
    """Run an UPDATE or DELETE and say how many rows it met: how a conditional write learns whether it won."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def forbid_open_transaction() -> None:
    if _here.session is not None:
        raise TransactionOpen("a provider may not be called inside reading() or writing()")


def allow_writes() -> None:
    """This request may write although it is a GET (see web.access.writes)."""
    g.may_write = True


@contextmanager
def _session(write: bool, patience_ms: int = BUSY_TIMEOUT_MS) -> Iterator[Session]:
    if _here.session is not None:
        raise TransactionOpen("reading() and writing() do not nest: pass the session on")
    session = Session(db.engine, expire_on_commit=False, autoflush=True)
    _here.session = session
    try:
        # The options reach the "begin" event below before the first statement.
        session.connection(execution_options={"kz_write": write, "kz_patience_ms": patience_ms})
        yield session
    finally:
        _here.session = None
        session.close()


def _refuse_in_get() -> None:
    if has_request_context() and request.method in SAFE_METHODS and not g.get("may_write"):
        raise WriteInGet(f"{request.method} {request.path}")


def init_app(app: Flask) -> None:
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def engine() -> Engine:
    """For what is not a transaction of ours: health checks, migrations, disposing after a fork."""
    assert current_app
    return db.engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # We say BEGIN ourselves: the driver's own begins lose updates (reference: stack.md section 6).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    write, patience_ms = options.get("kz_write", True), options.get("kz_patience_ms", BUSY_TIMEOUT_MS)
    if write and connection.info.get("kz_patience_ms", BUSY_TIMEOUT_MS) != patience_ms:
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"PRAGMA busy_timeout={patience_ms}")
        connection.info["kz_patience_ms"] = patience_ms
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
