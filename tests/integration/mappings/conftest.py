from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from kz_admin.models import Connection
from kz_admin.providers import oauth
from kz_admin.services import options
from tests.bridge import Bridge, settings
from tests.cast import Cast
from tests.conftest import kept_app
from tests.integration.connections.conftest import admin as admin
from tests.integration.connections.conftest import bridge as bridge
from tests.integration.connections.conftest import machine as machine
from tests.integration.connections.conftest import served as served
from tests.integration.connections.conftest import stranger as stranger
from tests.integration.mappings.desk import Lists
from tests.page import InspectingClient
from tests.simulator.machine import Machine


@pytest.fixture
def app(sqlite_url: str, machine: Machine) -> Iterator[Flask]:
    """Pages are the same on both databases; the look-ups behind them have a test of their own on both."""
    oauth._discovered.clear()
    with kept_app(sqlite_url, **settings(machine)) as app:
        yield app


@pytest.fixture
def connection(app: Flask, bridge: Bridge, admin: InspectingClient, cast: Cast) -> Connection:
    """A US company whose lists a worker has read."""
    bridge.connect(admin)
    found = bridge.connection(cast.tenant_id)
    with app.app_context():
        options.refresh_new(found.id)
    return found


@pytest.fixture
def lists(app: Flask, connection: Connection) -> Lists:
    return Lists(app, connection)
