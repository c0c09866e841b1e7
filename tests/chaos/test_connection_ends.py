"""Consent and disconnect, killed at each of their places: nothing is half-connected or half-ended (C05, I20)."""

from __future__ import annotations

import pytest

from jobs import doors
from kz_admin.domain.connection import State
from tests.bridge import INTEGRATIONS
from tests.chaos.experiment import failpoints_in
from tests.chaos.line import Line
from tests.chaos.line import line as line
from tests.chaos.line import served as served
from tests.chaos.line import unconnected as unconnected
from tests.fixtures.processes import ROOT

pytestmark = pytest.mark.chaos

SERVICES = ROOT / "kz_admin" / "services"
ENDS = ("disconnect.committed", "disconnect.revoked")
CONSENTS = ("consent.exchange", "consent.stored")
UNTIL_THE_CLOCK_LOOKS_S = 16


def revokes(line: Line) -> int:
    return len([entry for entry in line.machine.journal() if str(entry["path"]).endswith("/revoke")])


def calls(line: Line) -> int:
    return len([entry for entry in line.machine.journal() if "/v3/company/" in str(entry["path"])])


def killed_while_coming_back(line: Line, failpoint: str) -> None:
    browser = line.admin()
    back = line.bridge.consent(line.bridge.ask(browser))
    with browser.session_transaction() as session:
        sign_in = session["_user_id"]
    process = line.start("come-back", sign_in, back, armed=f"{failpoint}=kill")
    line.go(process)
    line.await_death(process)


def test_every_failpoint_of_consent_and_disconnect_is_tried_here() -> None:
    assert set(failpoints_in(SERVICES / "disconnect.py")) == set(ENDS)
    assert {*failpoints_in(SERVICES / "consent.py"), *failpoints_in(SERVICES / "connect.py")} == set(CONSENTS)


@pytest.mark.promise("E1", "I20", "KZ-32")
@pytest.mark.parametrize("failpoint", ENDS)
def test_a_disconnect_killed_half_way_is_finished_by_the_clock(line: Line, failpoint: str) -> None:
    process = line.start("end", line.cast.tenant_id, armed=f"{failpoint}=kill")
    line.go(process)
    line.await_death(process)
    assert line.row.as_state is State.DISCONNECTING
    before = calls(line)
    with line.app.app_context():
        doors.refresh_options()  # a job of a connection that ends does nothing
        line.let_time_pass(UNTIL_THE_CLOCK_LOOKS_S)
        doors.keep_connections()
    row = line.row
    assert (row.as_state, row.access_sealed, row.refresh_sealed) == (State.DISCONNECTED, None, None)
    assert (row.previous_refresh_sealed, row.revoke_confirmed) == (None, True)
    assert calls(line) == before
    assert 1 <= revokes(line) <= 2
    assert all(grant.ended for grant in line.machine.world.grants.all())


def test_killed_before_the_exchange_nothing_is_connected_and_the_next_try_is(unconnected: Line) -> None:
    killed_while_coming_back(unconnected, "consent.exchange")
    assert unconnected.bridge.connections() == []
    assert unconnected.bridge.token_calls() == []
    unconnected.connect()
    assert unconnected.is_connected()
    assert unconnected.works()


def test_killed_after_the_connection_is_stored_the_clock_completes_it(unconnected: Line) -> None:
    """The likely accounts are chosen although the callback could not (decision C02)."""
    killed_while_coming_back(unconnected, "consent.stored")
    assert unconnected.is_connected()
    assert unconnected.mappings() == 0
    with unconnected.app.app_context():
        doors.refresh_options()
    assert unconnected.mappings() == 3  # and none, on purpose, for two ways of paying
    assert "QuickBooks connected" in unconnected.admin().page(INTEGRATIONS).text
