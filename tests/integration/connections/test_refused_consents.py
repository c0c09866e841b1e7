"""A consent that leads nowhere hurts nobody: not the tenant that holds the company, not the page, not the others."""

from __future__ import annotations

import dataclasses
import re

import pytest
from flask import Flask

from kz_admin import clock
from kz_admin.domain.connection import State
from kz_admin.models import Alert, Connection
from kz_admin.models.session import reading, writing
from kz_admin.services import expiry
from tests import cast as people
from tests.bridge import CONNECT, INTEGRATIONS, Bridge
from tests.cast import Cast
from tests.page import InspectingClient
from tests.simulator.machine import Machine


def move(app: Flask, connection: Connection, state: State) -> None:
    with app.app_context(), writing() as session:
        session.get_one(Connection, connection.id).state = state.value


def card(browser: InspectingClient) -> str:
    return browser.page(INTEGRATIONS).text


def revokes(machine: Machine) -> int:
    return len([entry for entry in machine.journal() if str(entry["path"]).endswith("/revoke")])


@pytest.mark.promise("A36")
def test_an_altered_company_id_never_reaches_the_tenant_that_holds_that_company(
    bridge: Bridge, admin: InspectingClient, stranger: InspectingClient, cast: Cast, machine: Machine
) -> None:
    bridge.connect(stranger, company="CA")
    before = bridge.connection(cast.other_tenant_id)
    back = bridge.consent(bridge.ask(admin), "US")
    theirs = next(entry["company"] for entry in machine.journal() if "/v3/company/" in str(entry["path"]))
    answer = admin.get(re.sub(r"realmId=\d+", f"realmId={theirs}", back))
    assert answer.status_code == 302
    assert "does not let this person open" in card(admin)
    after = bridge.connection(cast.other_tenant_id)
    assert (after.token_version, after.access_sealed, after.refresh_sealed) == (
        before.token_version,
        before.access_sealed,
        before.refresh_sealed,
    )
    assert revokes(machine) == 0  # whose grant it really is, nobody has shown


@pytest.mark.promise("A6", "INT-S21")
@pytest.mark.parametrize("state", [State.NEEDS_RECONNECT, State.DISCONNECTING])
def test_a_company_held_by_a_connection_without_access_is_refused_with_a_redirect(
    bridge: Bridge,
    admin: InspectingClient,
    stranger: InspectingClient,
    cast: Cast,
    app: Flask,
    machine: Machine,
    state: State,
) -> None:
    bridge.connect(stranger)
    move(app, bridge.connection(cast.other_tenant_id), state)
    assert bridge.connect(admin).status_code == 302
    assert "connected to another tenant" in card(admin)
    assert revokes(machine) == 1  # nobody uses that grant


def test_an_answer_that_comes_while_the_connection_ends_is_refused_with_a_redirect(
    bridge: Bridge, admin: InspectingClient, cast: Cast, app: Flask
) -> None:
    bridge.connect(admin)
    back = bridge.consent(admin.submit(f"{INTEGRATIONS}/quickbooks/reconnect").location)
    move(app, bridge.connection(cast.tenant_id), State.DISCONNECTING)
    assert admin.get(back).status_code == 302
    assert "was being disconnected" in card(admin)
    assert bridge.connection(cast.tenant_id).as_state is State.DISCONNECTING


@pytest.mark.parametrize("company", ["US", "CA"])
def test_a_reconnect_does_not_undo_a_disconnect_made_meanwhile(
    bridge: Bridge, admin: InspectingClient, cast: Cast, company: str
) -> None:
    bridge.connect(admin)
    back = bridge.consent(admin.submit(f"{INTEGRATIONS}/quickbooks/reconnect").location, company)
    admin.submit(f"{INTEGRATIONS}/quickbooks/disconnect")
    assert admin.get(back).status_code == 302
    assert "was disconnected meanwhile" in card(admin)
    assert [row.as_state for row in bridge.connections()] == [State.DISCONNECTED]


def test_without_the_entitlement_nobody_is_sent_to_consent_again(
    bridge: Bridge, admin: InspectingClient, app: Flask, machine: Machine
) -> None:
    bridge.connect(admin)
    app.config["KZ"] = dataclasses.replace(app.config["KZ"], plans_with_integrations=("business",))
    before = len(machine.journal())
    assert admin.submit(f"{INTEGRATIONS}/quickbooks/reconnect").status_code == 403
    assert len(machine.journal()) == before


def test_a_paused_connection_stays_paused_over_a_reconnect(bridge: Bridge, admin: InspectingClient, cast: Cast) -> None:
    bridge.connect(admin)
    admin.submit(f"{INTEGRATIONS}/quickbooks/pause")
    bridge.reconnect(admin)
    assert bridge.connection(cast.tenant_id).as_state is State.PAUSED


def test_reconnecting_ends_the_warnings_that_access_ends_soon(
    bridge: Bridge, admin: InspectingClient, cast: Cast, app: Flask, at, machine: Machine
) -> None:
    bridge.connect(admin)
    at(99 * clock.DAY)
    machine.pass_time(99 * clock.DAY / clock.SECOND)
    with app.app_context():
        expiry.warn_before_expiry()
    with app.app_context(), reading() as session:
        assert session.query(Alert).filter(Alert.closed_at.is_(None)).count() == 1
    bridge.reconnect(people.sign_in(app, cast.admin, cast.tenant_id))
    with app.app_context(), reading() as session:
        assert session.query(Alert).filter(Alert.closed_at.is_(None)).count() == 0


@pytest.mark.promise("A63")
def test_a_copied_installation_asks_for_no_consent_and_ends_none(
    bridge: Bridge, admin: InspectingClient, cast: Cast, app: Flask, machine: Machine
) -> None:
    """A consent or a revoke from a staging copy would end the original's access."""
    bridge.connect(admin)
    with app.app_context():
        cfg = app.config["KZ"]
    with app.app_context(), writing() as session:
        from kz_admin.models.installation import Installation

        session.get_one(Installation, 1).base_url = "https://books.example.com"
    app.config["KZ"] = dataclasses.replace(cfg, env="production")
    before = len(machine.journal())
    for step in ("disconnect", "reconnect", "reset"):
        admin.submit(f"{INTEGRATIONS}/quickbooks/{step}")
    assert bridge.connection(cast.tenant_id).as_state is State.CONNECTED
    move(app, bridge.connection(cast.tenant_id), State.DISCONNECTED)
    assert admin.submit(CONNECT, {"environment": "production"}).status_code == 409
    assert len(machine.journal()) == before
