from __future__ import annotations

import pytest
from flask import Flask

from kz_admin.models import Connection
from kz_admin.services import options
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.connections.conftest import admin as admin
from tests.integration.connections.conftest import app as app
from tests.integration.connections.conftest import bridge as bridge
from tests.integration.connections.conftest import machine as machine
from tests.integration.connections.conftest import served as served
from tests.integration.connections.conftest import stranger as stranger
from tests.page import InspectingClient


@pytest.fixture
def connection(app: Flask, bridge: Bridge, admin: InspectingClient, cast: Cast) -> Connection:
    """A US company whose lists a worker has read."""
    bridge.connect(admin)
    found = bridge.connection(cast.tenant_id)
    with app.app_context():
        options.refresh_new(found.id)
    return found
