from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from kz_admin import clock
from kz_admin.domain import presets
from kz_admin.models import Client, Connection, Invoice, Payment, Receipt, SyncRecord
from kz_admin.models.session import reading, writing
from kz_admin.services import hooks
from tests.cast import Cast
from tests.platform import Platform


@pytest.fixture(autouse=True)
def _full_buckets() -> Iterator[None]:
    """How fast a caller was in one test is not the next one's business."""
    yield
    hooks._rate._packs.clear()
    hooks._rate._alone._left.clear()


@pytest.fixture
def platform(app: Flask, cast: Cast) -> Platform:
    return Platform.of(app, cast.tenant_id)


@pytest.fixture
def connected(app: Flask, cast: Cast) -> UUID:
    """A live connection that began a day ago; nobody is on the other side."""
    with app.app_context():
        return connect(cast.tenant_id)


def connect(tenant_id: UUID, **values: object) -> UUID:
    with writing() as session:
        connection = Connection(
            **{
                "tenant_id": tenant_id,
                "provider": "quickbooks",
                "environment": "production",
                "key_pair": "production",
                "state": "connected",
                "state_since": clock.now_ms(),
                "company_key": "key",
                "company_name": "Craig's Landscaping",
                "company_currency": "USD",
                "connected_by": "Ada",
                "connected_at": clock.now_ms(),
                "settings": presets.ON_PAID.as_json(),
                "start_at": clock.now_ms() - 365 * clock.DAY,
                "token_version": 0,
                **values,
            }
        )
        connection.company = "9341"
        session.add(connection)
    return connection.id


class Rows:
    """What is in the database, counted."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def counts(self) -> dict[str, int]:
        with self._app.app_context(), reading() as session:
            return {
                model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
                for model in (Client, Invoice, Payment, Receipt)
            }

    def all(self, model: type) -> list:
        with self._app.app_context(), reading() as session:
            return list(session.scalars(select(model).order_by(model.id)))

    def records(self) -> dict[str, SyncRecord]:
        """By kind and part."""
        return {f"{row.kind}/{row.part}".rstrip("/"): row for row in self.all(SyncRecord)}


@pytest.fixture
def rows(app: Flask) -> Rows:
    return Rows(app)
