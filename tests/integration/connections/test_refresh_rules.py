"""The finer rules of a refresh: who asks, what is sent, what is kept, and what a disconnect finds under way."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from kz_admin import clock, interruptions
from kz_admin.domain.connection import State
from kz_admin.domain.problems import GrantEnded, GrantUnavailable
from kz_admin.models import Alert, Connection, Mapping
from kz_admin.models.option import OptionList
from kz_admin.models.session import reading, writing
from kz_admin.providers import oauth
from kz_admin.providers.oauth import Grant
from kz_admin.services import defaults, disconnect, expiry, options, refresh, tokens
from kz_admin.services.audit import SYSTEM
from kz_admin.services.refresh import NoAccess, Unavailable
from tests.bridge import INTEGRATIONS, Bridge
from tests.cast import Cast
from tests.fixtures.at_once import at_once
from tests.page import InspectingClient
from tests.simulator.machine import Machine

LATER = Grant("later", "later", 3600, 8_640_000, None, "")


@pytest.fixture
def connection(bridge: Bridge, admin: InspectingClient, cast: Cast) -> Connection:
    bridge.connect(admin)
    return bridge.connection(cast.tenant_id)


def stored(app: Flask, connection: Connection) -> Connection:
    with app.app_context(), reading() as session:
        return session.get_one(Connection, connection.id)


def change(app: Flask, connection: Connection, **values: object) -> None:
    with app.app_context(), writing() as session:
        for name, value in values.items():
            setattr(session.get_one(Connection, connection.id), name, value)


def test_who_waited_for_a_winner_that_failed_does_not_ask_as_well(
    connection: Connection, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fail_slowly(*_args: object, token: str) -> Grant:
        asked.append(token)
        clock.idle(threading.Event(), 1.5)
        raise GrantUnavailable("503")

    monkeypatch.setattr(oauth, "refresh", fail_slowly)
    results = at_once(app, *[lambda: tokens.refresh_now(connection.id)] * 6)
    assert {type(result) for result in results} == {Unavailable}
    assert len(asked) == 1


def test_the_token_before_stays_unsent_once_somebody_reconnected(
    connection: Connection, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Providers may take an old token for a stolen one and end the new grant with it."""
    change(app, connection, previous_refresh="the-one-before", previous_until=clock.now_ms() + clock.DAY)
    sent: list[str] = []

    def refused_while_somebody_reconnects(*_args: object, token: str) -> Grant:
        sent.append(token)
        with writing() as session:
            tokens.stored_grant(session.get_one(Connection, connection.id), LATER)
        raise GrantEnded("invalid_grant")

    monkeypatch.setattr(oauth, "refresh", refused_while_somebody_reconnects)
    with app.app_context():
        tokens.refresh_now(connection.id)
        latest = stored(app, connection)
        assert (latest.as_state, latest.access) == (State.CONNECTED, "later")
    assert "the-one-before" not in sent


def test_the_token_that_worked_is_the_one_kept_beside_the_new_one(
    connection: Connection, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(app, connection, previous_refresh="works", refresh="dead", previous_until=clock.now_ms() + clock.DAY)

    def only_the_older(*_args: object, token: str) -> Grant:
        if token != "works":
            raise GrantEnded("invalid_grant")
        return LATER

    monkeypatch.setattr(oauth, "refresh", only_the_older)
    with app.app_context():
        tokens.refresh_now(connection.id)
        latest = stored(app, connection)
        assert (latest.refresh, latest.previous_refresh) == ("later", "works")


@pytest.mark.promise("R2")
def test_a_database_that_refuses_for_a_moment_gets_the_tokens_all_the_same(
    connection: Connection, app: Flask, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, tries = refresh._store, []

    def refused_twice(*args: object) -> None:
        tries.append(args)
        if len(tries) <= 2:
            raise OperationalError("UPDATE", {}, Exception("read-only"))
        store(*args)

    monkeypatch.setattr(refresh, "_store", refused_twice)
    before = len(bridge.token_calls())
    with app.app_context():
        tokens.refresh_now(connection.id)
    assert stored(app, connection).token_version == connection.token_version + 1
    assert len(bridge.token_calls()) == before + 1


def test_the_lease_outlasts_two_token_calls_and_the_commit() -> None:
    from kz_admin.providers.http import CONNECT_S

    assert 2 * (CONNECT_S + oauth.TOKEN_TIMEOUT_S) < refresh.LEASE_LASTS / clock.SECOND


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGALRM])
def test_a_signal_between_asking_and_committing_acts_afterwards(number: signal.Signals) -> None:
    heard: list[str] = []
    before = signal.signal(number, lambda *_: heard.append("signal"))
    try:
        with interruptions.deferred():
            os.kill(os.getpid(), number)
            heard.append("committed")
        assert heard == ["committed", "signal"]
    finally:
        signal.signal(number, before)


def test_two_rounds_of_keeping_alive_at_once_refresh_once(
    connection: Connection, app: Flask, bridge: Bridge, at: Callable[[int], None], machine: Machine
) -> None:
    before = len(bridge.token_calls())
    at(8 * clock.DAY)
    machine.pass_time(8 * clock.DAY / clock.SECOND)
    at_once(app, tokens.refresh_due, tokens.refresh_due, tokens.refresh_due)
    with app.app_context():
        tokens._keep_alive(connection.id)  # its list was read before the others were done
    assert len(bridge.token_calls()) == before + 1


def test_a_row_that_cannot_be_opened_does_not_end_the_access_of_the_others(
    connection: Connection,
    app: Flask,
    bridge: Bridge,
    stranger: InspectingClient,
    cast: Cast,
    at: Callable[[int], None],
    machine: Machine,
) -> None:
    bridge.connect(stranger, company="CA")
    at(8 * clock.DAY)
    machine.pass_time(8 * clock.DAY / clock.SECOND)
    with app.app_context(), writing() as session:
        session.execute(
            update(Connection).where(Connection.id == connection.id).values(refresh_sealed=connection.access_sealed)
        )
    with app.app_context():
        assert tokens.refresh_due() == 1
    assert bridge.connection(cast.other_tenant_id).token_version == 2


def test_a_paused_connection_reads_no_lists(connection: Connection, app: Flask, at: Callable[[int], None]) -> None:
    with app.app_context():
        disconnect.pause(connection.tenant_id, "quickbooks", SYSTEM)
        at(2 * clock.DAY)
        assert options.refresh_due() == 0
        disconnect.resume(connection.tenant_id, "quickbooks", SYSTEM)
        assert options.refresh_due() >= 2  # accounts and ways of paying among them


def test_what_people_left_open_is_not_chosen_later(
    connection: Connection, app: Flask, at: Callable[[int], None], machine: Machine
) -> None:
    """Two bank accounts were a question; that the clock reads them again is no answer."""
    with app.app_context(), writing() as session:
        session.query(Mapping).delete()
    at(2 * clock.DAY)
    machine.pass_time(2 * clock.DAY / clock.SECOND)
    with app.app_context():
        defaults.catch_up()
        assert defaults.chosen_ids(connection) == {}
        with writing() as session:
            session.query(OptionList).update({"read_at": None})
        defaults.catch_up()
        assert set(defaults.chosen_ids(connection)) == {"income", "deposit/e_transfer", "deposit/cheque"}


@pytest.mark.parametrize("state", [State.NEEDS_RECONNECT, State.DISCONNECTING])
@pytest.mark.parametrize("step", ["pause", "resume"])
def test_no_click_makes_a_connection_without_access_look_alive(
    connection: Connection, app: Flask, admin: InspectingClient, state: State, step: str
) -> None:
    change(app, connection, state=state.value)
    assert admin.submit(f"{INTEGRATIONS}/quickbooks/{step}").status_code == 409
    assert stored(app, connection).as_state is state


def test_the_nearest_warning_takes_the_place_of_the_earlier_ones(
    connection: Connection, app: Flask, at: Callable[[int], None]
) -> None:
    ends = expiry.ends_at(connection)
    assert ends is not None
    for days_left in (14, 7, 2):
        at(ends - days_left * clock.DAY - clock.now_ms())
        with app.app_context():
            expiry.warn_before_expiry()
            with reading() as session:
                open_now = session.query(Alert).filter(Alert.closed_at.is_(None)).all()
        assert [alert.cause for alert in open_now] == [f"expires_{days_left}"]


@pytest.mark.promise("I20")
def test_a_disconnect_revokes_what_a_refresh_under_way_brings(
    connection: Connection, app: Flask, machine: Machine
) -> None:
    """The simulator ends a grant by its newest tokens only; the older ones would be unknown to it."""
    machine.fault("strict_rotation", {"replay_kills": False}, count=None)
    machine.fault("delay", {"seconds": 0.6, "when": "after"}, path="/quickbooks/oauth2/v1/tokens/bearer")

    def end() -> None:
        clock.idle(threading.Event(), 0.25)
        assert disconnect.disconnect(connection.tenant_id, "quickbooks", SYSTEM).confirmed

    results = at_once(app, lambda: tokens.refresh_now(connection.id), end)
    assert isinstance(results[0], NoAccess)
    assert results[1] is None
    assert [grant.ended for grant in machine.world.grants.all()] == ["revoked"]
    latest = stored(app, connection)
    assert (latest.access_sealed, latest.refresh_sealed, latest.previous_refresh_sealed) == (None, None, None)


def test_a_disconnect_takes_three_seconds_in_all_when_not_even_the_address_is_known(
    connection: Connection, app: Flask, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disconnect, "REVOKE_TIMEOUT_S", 0.4)
    oauth._discovered.clear()
    machine.fault("delay", 2, count=None, path="/quickbooks/.well-known/*")
    started = clock.monotonic()
    with app.app_context():
        assert not disconnect.disconnect(connection.tenant_id, "quickbooks", SYSTEM).confirmed
    assert clock.monotonic() - started < 1.6
    assert stored(app, connection).as_state is State.DISCONNECTED


def test_a_version_that_is_no_number_is_no_version(connection: Connection, app: Flask, admin: InspectingClient) -> None:
    with app.app_context(), reading() as session:
        income = session.query(Mapping).filter_by(subject="income").one().remote_id
    answer = admin.submit(f"{INTEGRATIONS}/quickbooks/mappings/accounts", {"income": income, "income_version": "²"})
    assert answer.status_code == 409
