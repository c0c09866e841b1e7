"""One invoice on a live connection, whose record stands in whatever state a test wants."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from kz_admin import clock, ids
from kz_admin.domain.problems import Slug
from kz_admin.models import AuditEntry, Client, Connection, Invoice, SyncRecord
from kz_admin.models.call import Attempt, Call
from kz_admin.models.session import reading, writing
from tests.integration.documents.agency import Agency
from tests.page import InspectingClient

Change = Callable[..., None]
SignIn = Callable[..., InspectingClient]
HTMX = {"HX-Request": "true"}
COMPANY = "9341"  # their id of the company: never on a page


class Desk:
    """One invoice on a live connection, and its record in whatever state a test wants."""

    def __init__(self, app: Flask, tenant_id: UUID, client_email: str = "a@acme.example") -> None:
        self.app, self.tenant_id = app, tenant_id
        self.client: Client = self.made("client", email=client_email)
        self.invoice: Invoice = self.made("invoice", self.client, number="INV-104")

    def made(self, what: str, *args: Any, **more: Any) -> Any:
        """Each request has a context of its own, so that no two people are taken for one."""
        with self.app.app_context():
            return getattr(Agency(self.tenant_id), what)(*args, **more)

    @property
    def url(self) -> str:
        return f"/kz-admin/invoices/{self.invoice.id}"

    def record(self, kind: str = "invoice") -> SyncRecord:
        with self.app.app_context(), reading() as session:
            document = self.invoice if kind == "invoice" else self.client
            query = select(SyncRecord).where(SyncRecord.kind == kind, SyncRecord.local_id == document.id)
            return session.scalars(query).one()

    def put(self, kind: str = "invoice", **values: Any) -> SyncRecord:
        """The record as the engine would have left it."""
        document = self.invoice if kind == "invoice" else self.client
        with self.app.app_context(), writing() as session:
            query = select(SyncRecord).where(SyncRecord.kind == kind, SyncRecord.local_id == document.id)
            record = session.scalar(query)
            if record is None:
                connection = session.scalars(select(Connection).where(Connection.tenant_id == self.tenant_id)).one()
                record = SyncRecord(
                    tenant_id=self.tenant_id,
                    connection_id=connection.id,
                    kind=kind,
                    local_id=document.id,
                    part="USD" if kind == "client" else "",
                    lane="interactive",
                    state="idle",
                )
                session.add(record)
            record.planned_revision = record.wanted_revision = document.revision
            for name, value in values.items():
                setattr(record, name, value)
        return record

    def fail(self, slug: Slug, kind: str = "invoice", **facts: str) -> SyncRecord:
        document = self.invoice if kind == "invoice" else self.client
        return self.put(
            kind,
            state="failed",
            problem=slug.value,
            cause=f"{slug.value}:{document.id}",
            problem_facts=json.dumps({"document": "INV-104", "name": "Acme Ltd", **facts}),
            problem_at=clock.now_ms(),
        )

    def fail_for_client(self, slug: Slug, **facts: str) -> None:
        """The client failed, and the invoice carries its problem."""
        partner = self.fail(slug, "client", **facts)
        self.put(
            state="failed",
            problem=slug.value,
            cause=partner.cause,
            problem_facts=partner.problem_facts,
            waits_for_id=partner.id,
        )

    def succeed(self, **values: Any) -> SyncRecord:
        there = {"remote_type": "Invoice", "remote_id": "266", "remote_number": "INV-104", "linked_by": "created"}
        pushed = {"pushed_revision": self.invoice.revision, "pushed_at": clock.now_ms(), "remote_total": 100_00}
        return self.put(**{"state": "done", **there, **pushed, **values})

    def tried(self, **values: Any) -> None:
        record = self.record()
        with self.app.app_context(), writing() as session:
            now = clock.now_ms()
            call = Call(
                tenant_id=self.tenant_id,
                connection_id=record.connection_id,
                request_id=str(ids.uuid7()),
                method="POST",
                path="/invoice",
                headers='{"Authorization": "Bearer never-on-a-page"}',
                body=b'{"secret": "never-on-a-page"}',
                body_hash="0" * 64,
                first_sent_at=now,
                last_sent_at=now,
            )
            session.add(call)
            session.flush()
            closed = {"closed_at": now, "outcome": "refused"}
            session.add(
                Attempt(
                    tenant_id=self.tenant_id,
                    connection_id=record.connection_id,
                    sync_record_id=record.id,
                    call_id=call.id,
                    verb="create",
                    revision=1,
                    generation=0,
                    marker=f"kz:{self.invoice.id}",
                    draft="never-on-a-page",
                    fence=1,
                    opened_at=now,
                    **{**closed, **values},
                )
            )


def audited(desk: Desk) -> list[str]:
    with desk.app.app_context(), reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
