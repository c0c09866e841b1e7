"""Documents that failed, as many as a test wants, by any cause: written as the engine would leave them."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Flask
from sqlalchemy import insert, select

from kz_admin import clock, ids
from kz_admin.domain.problems import Problem
from kz_admin.models import Client, Connection, Invoice, SyncRecord
from kz_admin.models.session import reading, writing


class Failures:
    def __init__(self, app: Flask, tenant_id: UUID) -> None:
        self.app, self.tenant_id = app, tenant_id
        with app.app_context(), reading() as session:
            mine = select(Connection.id).where(Connection.tenant_id == tenant_id)
            self.connection_id = session.scalars(mine).one()

    def client(self, name: str = "Acme Ltd", email: str = "") -> UUID:
        row_id = ids.uuid7()
        row = {
            "id": row_id,
            "tenant_id": self.tenant_id,
            "created_at": clock.now_ms(),
            "changed_at": clock.now_ms(),
            "name": name,
            "name_key": name.lower(),
            "currency": "USD",
            "email": email,
            "email_key": email,
            "version": 1,
            "revision": 1,
            "origin": "ours",
        }
        with self.app.app_context(), writing() as session:
            session.execute(insert(Client).values({**_empty(Client), **row}))
        return row_id

    def invoices(
        self,
        count: int,
        problem: Problem,
        client_id: UUID,
        *,
        total: int = 100_00,
        currency: str = "USD",
        waits_for: UUID | None = None,
        first: str = "F",
        each: bool = False,
        **record: object,
    ) -> list[UUID]:
        made = [ids.uuid7() for _ in range(count)]
        now = clock.now_ms()
        documents, records = [], []
        for number, row_id in enumerate(made):
            documents.append(
                {
                    **_empty(Invoice),
                    "id": row_id,
                    "tenant_id": self.tenant_id,
                    "created_at": now,
                    "changed_at": now,
                    "client_id": client_id,
                    "number": f"{first}-{number}",
                    "number_key": f"{first}-{number}".lower(),
                    "issued_on": "2026-07-01",
                    "currency": currency,
                    "prices": "exclusive",
                    "subtotal_minor": total,
                    "tax_minor": 0,
                    "total_minor": total,
                    "open_minor": 0,
                    "finalised_at": now,
                    "state": "paid",
                    "version": 1,
                    "revision": 1,
                    "origin": "ours",
                }
            )
            cause = f"{problem.slug}:{row_id}" if each else problem.cause
            records.append(self.record("invoice", row_id, problem, cause, waits_for, **record))
        with self.app.app_context(), writing() as session:
            session.execute(insert(Invoice), documents)
            session.execute(insert(SyncRecord), records)
        return made

    def partner(self, client_id: UUID, problem: Problem) -> UUID:
        row = self.record("client", client_id, problem, problem.cause, None, part="USD")
        with self.app.app_context(), writing() as session:
            session.execute(insert(SyncRecord).values(row))
        return row["id"]

    def record(self, kind: str, local_id: UUID, problem: Problem, cause: str, waits_for: UUID | None, **more):
        return {
            "id": ids.uuid7(),
            "tenant_id": self.tenant_id,
            "created_at": clock.now_ms(),
            "connection_id": self.connection_id,
            "kind": kind,
            "local_id": local_id,
            "part": "",
            "lane": "bulk",
            "state": "failed",
            "planned_revision": 1,
            "wanted_revision": 1,
            "pushed_revision": 0,
            "removes": False,
            "look_first": False,
            "kills": 0,
            "tries": 0,
            "generation": 0,
            "problem": problem.slug.value,
            "cause": cause,
            "problem_facts": json.dumps(dict(problem.facts)),
            "problem_at": clock.now_ms(),
            "waits_for_id": waits_for,
            **more,
        }

    def states(self, rows: list[UUID]) -> set[str]:
        with self.app.app_context(), reading() as session:
            found: set[str] = set()
            for start in range(0, len(rows), 500):
                query = select(SyncRecord.state).where(SyncRecord.local_id.in_(rows[start : start + 500]))
                found |= set(session.scalars(query))
            return found


def _empty(model: type) -> dict[str, object]:
    """What the model's own defaults would fill in."""
    from sqlalchemy import inspect

    values: dict[str, object] = {}
    for column in inspect(model).columns:
        if column.default is not None and column.default.is_scalar:
            values[column.name] = column.default.arg
    return values
