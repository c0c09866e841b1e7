"""Test Connection, Reset, Pause, Disconnect, and what is left afterwards."""

from __future__ import annotations

import pytest
from flask import Flask

from kz_admin import clock, failpoints
from kz_admin.domain.connection import State
from kz_admin.models import AuditEntry, Connection, Mapping
from kz_admin.models.session import reading, writing
from kz_admin.services import checkup, disconnect
from tests import cast as people
from tests.bridge import INTEGRATIONS, Bridge
from tests.cast import Cast
from tests.fixtures.processes import wait_until
from tests.page import InspectingClient, Page
from tests.simulator.machine import Machine

QUICKBOOKS = f"{INTEGRATIONS}/quickbooks"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def connection(bridge: Bridge, admin: InspectingClient, cast: Cast) -> Connection:
    bridge.connect(admin)
    admin.get(INTEGRATIONS)
    return bridge.connection(cast.tenant_id)


def company_calls(machine: Machine) -> list[dict[str, object]]:
    return [entry for entry in machine.journal() if "/v3/company/" in str(entry["path"])]


@pytest.mark.promise("PLAT-24", "PLAT-25", "PLAT-26")
def test_test_connection_reads_only_and_ticks_each_line(
    connection: Connection, admin: InspectingClient, machine: Machine
) -> None:
    assert "Test Connection" in admin.page(INTEGRATIONS).text
    before = len(company_calls(machine))
    text = Page(admin.submit(f"{QUICKBOOKS}/test", headers=HTMX).text).text
    assert "6 of 6 passed" in text
    for line in ("Reach", "Sign-in", "Company", "Permissions", "Accounts", "Taxes"):
        assert line in text
    assert {entry["method"] for entry in company_calls(machine)[before:]} == {"GET"}


@pytest.mark.promise("PLAT-26", "PLAT-27")
@pytest.mark.parametrize(
    ("fault", "match", "line", "sentence"),
    [
        ({"status": 503}, "*", "Reach", "not answering"),
        ({"status": 503}, "*/preferences", "Taxes", "not answering"),
        ({"status": 429}, "*/preferences", "Taxes", "asks us to wait"),
    ],
)
def test_each_line_fails_alone_with_its_fix(
    connection: Connection, admin: InspectingClient, machine: Machine, fault: dict, match: str, line: str, sentence: str
) -> None:
    machine.fault("status", fault, count=None, path=match if match != "*" else "/quickbooks/v3/*")
    text = Page(admin.submit(f"{QUICKBOOKS}/test", headers=HTMX).text).text
    assert sentence in text.partition(line)[2]
    if match != "*":
        assert "5 of 6 passed" in text


@pytest.mark.promise("PLAT-26", "PLAT-27", "K-QBO-59")
def test_a_missing_income_account_fails_its_line_and_links_to_the_choice(
    connection: Connection, admin: InspectingClient, app: Flask
) -> None:
    with app.app_context(), writing() as session:
        session.query(Mapping).delete()
    page = Page(admin.submit(f"{QUICKBOOKS}/test", headers=HTMX).text)
    assert "Ensure your default income account is configured" in page.text
    assert f"{QUICKBOOKS}/mappings/accounts" in page.links


def test_a_slow_provider_is_said_to_be_slow_within_five_seconds(
    connection: Connection, app: Flask, cast: Cast, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "AT_MOST_S", 0.4)
    machine.fault("delay", 1.5, count=None, path="/quickbooks/v3/*")
    started = clock.monotonic()
    with app.app_context():
        report = checkup.run(cast.tenant_id, "quickbooks")
    assert clock.monotonic() - started < 1.4
    assert "Not asked" in report.lines[-1].sentence


def test_without_scripts_the_result_is_a_page(connection: Connection, admin: InspectingClient) -> None:
    page = Page(admin.submit(f"{QUICKBOOKS}/test").text)
    assert "6 of 6 passed" in page.text
    assert page.title.startswith("QuickBooks settings")


def test_a_bookkeeper_may_test_and_a_viewer_may_not(connection: Connection, app: Flask, cast: Cast) -> None:
    assert people.sign_in(app, cast.bookkeeper, cast.tenant_id).submit(f"{QUICKBOOKS}/test").status_code == 200
    assert people.sign_in(app, cast.viewer, cast.tenant_id).submit(f"{QUICKBOOKS}/test").status_code == 403


@pytest.mark.promise("KEAP-38", "KEAP-39")
def test_the_three_dot_menu_holds_reset_and_disconnect(connection: Connection, admin: InspectingClient) -> None:
    html = admin.get(INTEGRATIONS).text
    menu = html[html.index("More for QuickBooks") : html.index("</details>", html.index("More for QuickBooks"))]
    assert "Reset connection" in menu
    assert "Disconnect" in menu


@pytest.mark.promise("PLAT-28", "K-QBO-55", "KZ-31")
def test_disconnect_stands_at_the_bottom_of_the_settings_page(connection: Connection, admin: InspectingClient) -> None:
    page = admin.page(f"{QUICKBOOKS}/settings")
    assert page.headings[-1] == (2, "Disconnect")
    (*_, last) = [link for link in page.links if "/help/" not in link]  # the foot of every page leads there
    assert last == f"{QUICKBOOKS}/disconnect"
    assert "Disconnect from QuickBooks" in page.text


@pytest.mark.promise("KEAP-40", "KEAP-44")
def test_reset_warns_then_refreshes_and_keeps_the_mappings(
    connection: Connection, admin: InspectingClient, bridge: Bridge, cast: Cast, app: Flask
) -> None:
    confirmation = Page(admin.get(f"{QUICKBOOKS}/reset", headers=HTMX).text).text
    assert "already sent will no longer be updated" in confirmation
    with app.app_context(), reading() as session:
        before = session.query(Mapping).count()
    calls = len(bridge.token_calls())
    admin.submit(f"{QUICKBOOKS}/reset", headers=HTMX)
    latest = bridge.connection(cast.tenant_id)
    assert latest.id == connection.id
    assert latest.reset_at is not None
    assert len(bridge.token_calls()) == calls + 1
    with app.app_context(), reading() as session:
        assert session.query(Mapping).count() == before > 0


def test_a_reset_that_cannot_reach_the_company_changes_nothing(
    connection: Connection, admin: InspectingClient, bridge: Bridge, cast: Cast, machine: Machine
) -> None:
    machine.fault("status", {"status": 503}, count=None, path="/quickbooks/oauth2/v1/tokens/bearer")
    answer = admin.submit(f"{QUICKBOOKS}/reset", headers=HTMX)
    assert answer.status_code == 409
    assert bridge.connection(cast.tenant_id).reset_at is None


@pytest.mark.promise("PLAT-29")
def test_cancelling_the_confirmation_does_nothing(
    connection: Connection, admin: InspectingClient, bridge: Bridge, cast: Cast
) -> None:
    text = Page(admin.get(f"{QUICKBOOKS}/disconnect", headers=HTMX).text).text
    for words in ("Stops", "Stays", "Deleted", "Cancel"):
        assert words in text
    assert "QuickBooks connected" in Page(admin.get(f"{QUICKBOOKS}/card", headers=HTMX).text).text
    assert bridge.connection(cast.tenant_id).as_state is State.CONNECTED


@pytest.mark.promise("K-QBO-56", "KZ-32", "KEAP-41", "KEAP-45", "INT-T2.3", "I20")
def test_disconnect_revokes_and_deletes_in_the_same_answer(
    connection: Connection, admin: InspectingClient, bridge: Bridge, cast: Cast, machine: Machine
) -> None:
    answer = admin.submit(f"{QUICKBOOKS}/disconnect", headers=HTMX)
    latest = bridge.connection(cast.tenant_id)
    assert latest.as_state is State.DISCONNECTED
    assert (latest.access_sealed, latest.refresh_sealed, latest.previous_refresh_sealed) == (None, None, None)
    assert latest.revoke_confirmed is True
    assert "My apps" in Page(answer.text).text  # how to remove it over there
    assert len([entry for entry in machine.journal() if str(entry["path"]).endswith("/revoke")]) == 1
    state = machine.sim("GET", "state")
    assert state is not None


@pytest.mark.promise("KZ-32")
@pytest.mark.parametrize("arg", [{"status": 500}, {"status": 404}])
def test_tokens_are_deleted_whatever_the_provider_says(
    connection: Connection, admin: InspectingClient, bridge: Bridge, cast: Cast, machine: Machine, arg: dict
) -> None:
    machine.fault("status", arg, count=None, path="/quickbooks/oauth2/v1/tokens/revoke")
    text = Page(admin.submit(f"{QUICKBOOKS}/disconnect", headers=HTMX).text).text
    latest = bridge.connection(cast.tenant_id)
    assert (latest.access_sealed, latest.refresh_sealed) == (None, None)
    assert latest.revoke_confirmed is False
    assert "remove it in QuickBooks too" in text


@pytest.mark.promise("KZ-32")
def test_a_revoke_that_hangs_is_given_three_seconds(
    connection: Connection,
    admin: InspectingClient,
    bridge: Bridge,
    cast: Cast,
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(disconnect, "REVOKE_TIMEOUT_S", 0.3)
    machine.fault("delay", 2, count=None, path="/quickbooks/oauth2/v1/tokens/revoke")
    started = clock.monotonic()
    admin.submit(f"{QUICKBOOKS}/disconnect", headers=HTMX)
    assert clock.monotonic() - started < 1.9
    assert bridge.connection(cast.tenant_id).refresh_sealed is None
    # The call is still on its way over there; the next test's journal must not begin with it.
    wait_until(lambda: any("revoke" in str(entry["path"]) for entry in machine.journal()), "the late revoke")


@pytest.mark.parametrize("point", ["disconnect.committed", "disconnect.revoked"])
def test_a_disconnect_that_broke_is_finished_by_the_clock(
    connection: Connection, bridge: Bridge, cast: Cast, app: Flask, at, point: str
) -> None:
    from kz_admin.services.audit import SYSTEM

    failpoints.arm(f"{point}=raise")
    with app.app_context(), pytest.raises(failpoints.Broken):
        disconnect.disconnect(cast.tenant_id, "quickbooks", SYSTEM)
    failpoints.arm("")
    assert bridge.connection(cast.tenant_id).as_state is State.DISCONNECTING
    at(11 * clock.SECOND)
    with app.app_context():
        assert disconnect.finish_abandoned() == 1
    latest = bridge.connection(cast.tenant_id)
    assert (latest.as_state, latest.refresh_sealed) == (State.DISCONNECTED, None)


@pytest.mark.promise("PLAT-32", "PLAT-33", "KZ-36")
def test_the_same_company_revives_its_row_and_another_one_starts_clean(
    connection: Connection, admin: InspectingClient, bridge: Bridge, cast: Cast, app: Flask
) -> None:
    admin.submit(f"{QUICKBOOKS}/disconnect")
    bridge.connect(admin, company="CA")
    other = bridge.connection(cast.tenant_id)
    assert other.id != connection.id
    admin.submit(f"{QUICKBOOKS}/disconnect")
    bridge.connect(admin, company="US")
    revived = bridge.connection(cast.tenant_id)
    assert revived.id == connection.id
    with app.app_context(), reading() as session:
        kept = session.query(Mapping).filter(Mapping.connection_id == connection.id).count()
    assert kept == 3  # income, and two ways of paying without a deposit account
    assert len(bridge.connections()) == 2


@pytest.mark.promise("KZ-34", "KZ-36")
def test_from_a_sandbox_to_the_real_company(bridge: Bridge, admin: InspectingClient, cast: Cast, app: Flask) -> None:
    bridge.connect(admin, environment="sandbox")
    sandbox = bridge.connection(cast.tenant_id)
    admin.submit(f"{QUICKBOOKS}/disconnect")
    bridge.connect(admin, environment="production")
    real = bridge.connection(cast.tenant_id)
    assert (sandbox.environment, real.environment) == ("sandbox", "production")
    assert sandbox.id != real.id
    with app.app_context():
        assert sandbox.company != real.company


def test_pause_and_resume(connection: Connection, admin: InspectingClient, bridge: Bridge, cast: Cast) -> None:
    admin.submit(f"{QUICKBOOKS}/pause")
    assert bridge.connection(cast.tenant_id).as_state is State.PAUSED
    assert "Paused" in admin.page(INTEGRATIONS).text
    admin.submit(f"{QUICKBOOKS}/resume")
    assert bridge.connection(cast.tenant_id).as_state is State.CONNECTED


@pytest.mark.promise("PLAT-11")
def test_manage_opens_the_settings(connection: Connection, admin: InspectingClient) -> None:
    assert f"{QUICKBOOKS}/settings" in admin.page(INTEGRATIONS).links


@pytest.mark.promise("INT-T2.2")
def test_the_connection_survives_signing_out_and_another_browser(
    connection: Connection, app: Flask, cast: Cast, admin: InspectingClient
) -> None:
    admin.submit("/kz-admin/logout")
    assert "QuickBooks connected" in people.sign_in(app, cast.second_admin, cast.tenant_id).page(INTEGRATIONS).text


def test_everything_is_in_the_audit_log(
    connection: Connection, admin: InspectingClient, app: Flask, cast: Cast
) -> None:
    admin.submit(f"{QUICKBOOKS}/reset")
    admin.submit(f"{QUICKBOOKS}/pause")
    admin.submit(f"{QUICKBOOKS}/resume")
    admin.submit(f"{QUICKBOOKS}/disconnect")
    with app.app_context(), reading() as session:
        actions = [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.id)]
    assert [action for action in actions if action.startswith("connection.")] == [
        "connection.connected",
        "connection.reset",
        "connection.paused",
        "connection.resumed",
        "connection.disconnected",
    ]


@pytest.mark.promise("INT-T1.1")
def test_connect_is_gone_once_connected(connection: Connection, admin: InspectingClient) -> None:
    assert f"{QUICKBOOKS}/connect" not in admin.page(INTEGRATIONS).links


@pytest.mark.promise("A1", "A2")
def test_another_tenant_sees_and_does_nothing(
    connection: Connection, stranger: InspectingClient, bridge: Bridge, cast: Cast
) -> None:
    assert connection.company_name not in stranger.page(INTEGRATIONS).text
    for step in ("test", "reset", "pause", "reconnect"):
        assert stranger.submit(f"{QUICKBOOKS}/{step}").status_code in (303, 404)
    stranger.submit(f"{QUICKBOOKS}/disconnect")
    assert bridge.connection(cast.tenant_id).as_state is State.CONNECTED


@pytest.mark.promise("INT-T5.1", "INT-T5.2", "INT-T5.3", "INT-U2", "INT-U3", "INT-U4", "INT-U5", "INT-S21")
def test_the_public_addresses_drop_what_stands_in_them(client: InspectingClient) -> None:
    for path in ("launch", "reconnect"):
        answer = client.get(f"/quickbooks/{path}?realmId=123146")
        assert answer.status_code == 302
        assert "123146" not in answer.location
    for path in ("disconnected", "learn-more"):
        answer = client.get(f"/quickbooks/{path}?realmId=123146")
        assert (answer.status_code, answer.location) == (302, f"/quickbooks/{path}")
        assert client.get(answer.location).status_code == 200
    assert client.get("/nobody/launch").status_code == 404
