"""Our application on one side, a served simulator on the other."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from kz_admin.providers import oauth
from tests import cast as people
from tests.bridge import Bridge, settings
from tests.cast import Cast
from tests.conftest import kept_app
from tests.page import InspectingClient
from tests.simulator.machine import Machine, running


@pytest.fixture(scope="session")
def served() -> Iterator[Machine]:
    with running() as machine:
        yield machine


# Longer than any delay these tests ask the simulator for.
LONGEST_DELAY_S = 2.5


@pytest.fixture
def machine(served: Machine) -> Iterator[Machine]:
    served.sim("POST", "reset", {})
    yield served
    if '"delay"' in json.dumps(served.sim("GET", "faults")):
        # What was held up arrives late; the next test's journal must not begin with it.
        time.sleep(LONGEST_DELAY_S)


@pytest.fixture
def app(database_url: str, machine: Machine) -> Iterator[Flask]:
    oauth._discovered.clear()
    with kept_app(database_url, **settings(machine)) as app:
        yield app


@pytest.fixture
def bridge(app: Flask, machine: Machine) -> Bridge:
    return Bridge(app, machine)


@pytest.fixture
def admin(app: Flask, cast: Cast) -> InspectingClient:
    return people.sign_in(app, cast.admin, cast.tenant_id)


@pytest.fixture
def stranger(app: Flask, cast: Cast) -> InspectingClient:
    """The admin of another tenant."""
    return people.sign_in(app, cast.stranger, cast.other_tenant_id)
