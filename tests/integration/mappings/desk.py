"""Both sides of a list: what is chosen, and the pages on which people choose."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from kz_admin.models import AuditEntry, Connection, Mapping, Option, Suggestion, SyncRecord
from kz_admin.models.session import reading, writing
from tests.bridge import INTEGRATIONS
from tests.integration.documents.agency import Agency
from tests.page import InspectingClient

MAPPINGS = f"{INTEGRATIONS}/quickbooks/mappings"


class Lists:
    def __init__(self, app: Flask, connection: Connection) -> None:
        self.app, self.connection = app, connection

    def made(self, what: str, *args: Any, **more: Any) -> Any:
        with self.app.app_context():
            return getattr(Agency(self.connection.tenant_id), what)(*args, **more)

    def url(self, which: str, step: str = "") -> str:
        return f"{MAPPINGS}/{which}{'/' + step if step else ''}"

    def options(self, which: str, **wanted: Any) -> list[Option]:
        with self.app.app_context(), reading() as session:
            mine = (Option.connection_id == self.connection.id, Option.list == which)
            query = select(Option).where(*mine).filter_by(**wanted).order_by(Option.name)
            return list(session.scalars(query))

    def add_option(self, which: str, remote_id: str, name: str, **more: Any) -> None:
        own = {"tenant_id": self.connection.tenant_id, "connection_id": self.connection.id}
        with self.app.app_context(), writing() as session:
            session.add(
                Option(**own, list=which, remote_id=remote_id, name=name, **{"active": True, "read_at": 1, **more})
            )

    def change_option(self, which: str, remote_id: str, **values: Any) -> None:
        with self.app.app_context(), writing() as session:
            session.query(Option).filter_by(list=which, remote_id=remote_id).update(values)

    def mapping(self, which: str, subject: object) -> Mapping | None:
        with self.app.app_context(), reading() as session:
            return session.query(Mapping).filter_by(list=which, subject=str(subject)).one_or_none()

    def record(self, local_id: UUID) -> SyncRecord | None:
        with self.app.app_context(), reading() as session:
            return session.query(SyncRecord).filter_by(local_id=local_id).one_or_none()

    def suggestion(self, which: str, subject: object) -> Suggestion | None:
        with self.app.app_context(), reading() as session:
            return session.query(Suggestion).filter_by(list=which, subject=str(subject)).one_or_none()

    def audited(self) -> list[AuditEntry]:
        with self.app.app_context(), reading() as session:
            return session.query(AuditEntry).filter_by(action="mapping.changed").all()


def save(browser: InspectingClient, lists: Lists, which: str, was: str = "", **picks: str) -> Any:
    """`picks` are subject=option; what the page showed before is `was`."""
    sent = {f"to:{subject}": to for subject, to in picks.items()}
    return browser.submit(lists.url(which, "save"), {**sent, **{f"was:{subject}": was for subject in picks}})


def upload(browser: InspectingClient, lists: Lists, which: str, text: str) -> Any:
    token = browser.csrf_token()
    data = {"csrf_token": token, "file": (io.BytesIO(text.encode()), "mappings.csv")}
    return browser.post(lists.url(which, "csv"), data=data, content_type="multipart/form-data")
