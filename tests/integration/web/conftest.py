from __future__ import annotations

import functools
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from kz_admin import clock
from kz_admin.models import Connection
from kz_admin.models.session import writing
from kz_admin.services import bell
from tests.cast import Cast
from tests.integration.hooks.conftest import connect
from tests.integration.web.desk import Change, Desk, SignIn
from tests.page import InspectingClient


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which doors were rung."""
    heard: list[str] = []
    monkeypatch.setattr(bell, "ring", lambda door, *_ids, lane="interactive": heard.append(door) is None)
    return heard


@pytest.fixture
def connected(app: Flask, cast: Cast, rung: list[str]) -> UUID:
    with app.app_context():
        return connect(cast.tenant_id, connected_at=clock.now_ms() - 30 * clock.DAY)


@pytest.fixture
def desk(app: Flask, connected: UUID, cast: Cast) -> Desk:
    return Desk(app, cast.tenant_id)


@pytest.fixture
def books(signed_in: SignIn, cast: Cast) -> InspectingClient:
    return signed_in(cast.bookkeeper)


@pytest.fixture
def change(app: Flask, connected: UUID) -> Change:
    return functools.partial(_change, app, connected)


def _change(app: Flask, connection_id: UUID, **values: Any) -> None:
    with app.app_context(), writing() as session:
        connection = session.get_one(Connection, connection_id)
        for name, value in values.items():
            setattr(connection, name, value)
