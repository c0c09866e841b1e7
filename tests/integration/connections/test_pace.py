"""What people ask for meets the same limits as what goes over by itself."""

from __future__ import annotations

import pytest
from flask import Flask

from kz_admin import clock
from kz_admin.domain.lists import List
from kz_admin.domain.status import Lane
from kz_admin.models import Connection
from kz_admin.providers import PROVIDERS
from kz_admin.services import checkup, options, pace
from kz_admin.services.pace import Slot, Wait
from tests.bridge import Bridge
from tests.cast import Cast
from tests.page import InspectingClient
from tests.simulator.machine import Machine


@pytest.fixture
def connection(bridge: Bridge, admin: InspectingClient, cast: Cast) -> Connection:
    bridge.connect(admin)
    return bridge.connection(cast.tenant_id)


def statuses(machine: Machine) -> set[object]:
    return {entry["status"] for entry in machine.journal() if "/v3/company/" in str(entry["path"])}


def take(connection: Connection) -> Slot | Wait:
    sending = PROVIDERS[connection.provider].sending
    assert sending
    now = clock.now_ms()
    return pace.take(connection, sending.limits, now, Lane.BULK, bulk=True, holder="drain", until=now + 130_000)


@pytest.mark.promise("I12")
def test_connecting_and_testing_twice_at_once_draws_no_429(
    connection: Connection, app: Flask, cast: Cast, machine: Machine
) -> None:
    with app.app_context():
        for _ in range(2):
            report = checkup.run(cast.tenant_id, "quickbooks")
            assert report.passed == len(report.lines), report
    assert statuses(machine) == {200}


@pytest.mark.promise("I13")
def test_a_429_on_a_list_silences_the_whole_company_until_it_is_over(
    connection: Connection, app: Flask, cast: Cast, machine: Machine
) -> None:
    machine.fault("status", {"status": 429}, count=1, path="/quickbooks/v3/*")
    with app.app_context():
        assert not options.refresh(connection.id, List.ACCOUNTS)
        got = take(connection)
        assert isinstance(got, Wait)
        assert got.until - clock.now_ms() > 55_000
        calls = len(machine.journal())
        assert not options.refresh(connection.id, List.ACCOUNTS)
        report = checkup.run(cast.tenant_id, "quickbooks")
        assert "asks us to wait" in report.lines[0].sentence
        assert len(machine.journal()) == calls
