"""Alembic's environment: our metadata, our engine, one migration at a time."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from kz_admin import models

# Two releases at once on PostgreSQL would both try to create the same tables; the second waits for the first.
ADVISORY_LOCK = 4_862_017_301


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=models.Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=_render_item,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        context.run_migrations()


def _render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Migrations name the plain SQL type: our own types may change their Python side later."""
    names = {"UtcMs": "sa.BigInteger()", "Minor": "sa.BigInteger()", "SealedText": "sa.Text()"}
    names |= {"DecimalText": "sa.String(40)", "RowNumber": 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'}
    return names.get(type(item).__name__, False) if kind == "type" else False


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database: flask --app app db upgrade")

with current_app.extensions["migrate"].db.engine.connect() as connection:
    _run(connection)
