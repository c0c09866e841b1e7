"""Access that never ends while it is used: expiry, rotation, outages, and what a lost consent looks like."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import update

from kz_admin import clock
from kz_admin.domain.connection import State
from kz_admin.models import Alert, Connection, Mail
from kz_admin.models.db_clock import db_now_ms
from kz_admin.models.session import reading, writing
from kz_admin.providers.quickbooks import api
from kz_admin.services import expiry, refresh, tokens
from kz_admin.services.refresh import NoAccess, Unavailable
from tests.bridge import INTEGRATIONS, Bridge
from tests.cast import Cast
from tests.page import InspectingClient
from tests.simulator.machine import Machine

TOKEN_PATH = "/quickbooks/oauth2/v1/tokens/bearer"


@pytest.fixture
def connection(bridge: Bridge, admin: InspectingClient, cast: Cast) -> Connection:
    bridge.connect(admin)
    return bridge.connection(cast.tenant_id)


@pytest.fixture
def pass_time(machine: Machine, at: Callable[[int], None]) -> Callable[[int], None]:
    """Our clock and the simulator's, together."""

    def forward(ms: int) -> None:
        at(ms)
        machine.pass_time(ms / clock.SECOND)

    return forward


@pytest.fixture
def opened(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def read(connection: Connection) -> object:
    return tokens.call(connection.id, lambda access: api.get(access, f"companyinfo/{access.company}"))


def now(bridge: Bridge, cast: Cast) -> Connection:
    return bridge.connection(cast.tenant_id)


@pytest.mark.promise("K-QBO-18", "KZ-27", "INT-P3", "INT-P2")
def test_an_hour_later_the_next_call_refreshes_once_and_stores_what_came(
    bridge: Bridge, connection: Connection, cast: Cast, pass_time: Callable[[int], None], opened: None
) -> None:
    before = len(bridge.token_calls())
    pass_time(61 * clock.MINUTE)
    read(connection)
    read(connection)
    assert len(bridge.token_calls()) == before + 1
    latest = now(bridge, cast)
    assert latest.token_version == connection.token_version + 1
    assert latest.access != connection.access


@pytest.mark.promise("K-QBO-18")
def test_a_rotated_refresh_token_is_the_one_used_next(
    bridge: Bridge, connection: Connection, cast: Cast, pass_time: Callable[[int], None], opened: None
) -> None:
    for _ in range(3):
        pass_time(25 * clock.HOUR)
        read(connection)
    latest = now(bridge, cast)
    assert latest.refresh != connection.refresh
    assert latest.as_state is State.CONNECTED


@pytest.mark.promise("KZ-28", "KZ-29", "K-XERO-45")
def test_an_idle_connection_lives_for_four_hundred_days(
    bridge: Bridge, connection: Connection, cast: Cast, pass_time: Callable[[int], None], opened: None
) -> None:
    """Nobody does anything; the clock's keep-alive runs once a day."""
    for _ in range(400):
        pass_time(clock.DAY)
        tokens.refresh_due()
    assert now(bridge, cast).as_state is State.CONNECTED
    refreshes = len(bridge.token_calls()) - 1
    assert 400 // 7 - 1 <= refreshes <= 400 // 7 + 1  # weekly, not daily
    read(connection)


@pytest.mark.promise("K-QBO-58", "KZ-30", "INT-P5", "R6")
def test_a_consent_that_ended_is_said_once_and_nothing_calls_any_more(
    bridge: Bridge, connection: Connection, cast: Cast, admin: InspectingClient, machine: Machine, opened: None
) -> None:
    machine.sim("POST", "disconnects", {"company": "US"})
    before = len(bridge.token_calls())
    for _ in range(5):
        with pytest.raises(NoAccess):
            read(connection)
    assert now(bridge, cast).as_state is State.NEEDS_RECONNECT
    assert len(bridge.token_calls()) - before <= 3
    text = admin.page(INTEGRATIONS).text
    assert "Reconnect needed" in text
    assert "QuickBooks token expired" in text
    assert f"{INTEGRATIONS}/quickbooks/reconnect" in admin.get(INTEGRATIONS).text
    with reading() as session:
        assert session.query(Alert).filter(Alert.closed_at.is_(None)).count() == 1
        mails = session.query(Mail).filter(Mail.subject.contains("token expired")).all()
    assert sorted(mail.to for mail in mails) == sorted([cast.admin.email, cast.second_admin.email])


@pytest.mark.promise("K-QBO-58", "KZ-30", "PLAT-32")
def test_reconnecting_the_same_company_resumes_the_same_row(
    bridge: Bridge, connection: Connection, cast: Cast, admin: InspectingClient, machine: Machine, opened: None
) -> None:
    machine.sim("POST", "disconnects", {"company": "US"})
    with pytest.raises(NoAccess):
        read(connection)
    bridge.reconnect(admin)
    latest = now(bridge, cast)
    assert (latest.id, latest.as_state) == (connection.id, State.CONNECTED)
    assert latest.start_at == connection.start_at
    read(connection)
    with reading() as session:
        assert session.query(Alert).filter(Alert.closed_at.is_(None)).count() == 0


@pytest.mark.promise("A42", "PLAT-33")
def test_reconnecting_another_company_is_refused_with_the_choice(
    bridge: Bridge, connection: Connection, cast: Cast, admin: InspectingClient, opened: None
) -> None:
    bridge.reconnect(admin, company="CA")
    text = admin.page(INTEGRATIONS).text
    assert "You chose another company" in text
    assert "disconnect it and connect the other one" in text
    assert [row.id for row in bridge.connections()] == [connection.id]
    revoked = [entry for entry in bridge.machine.journal() if str(entry["path"]).endswith("/revoke")]
    assert len(revoked) == 1  # nothing of that grant is kept
    read(connection)


@pytest.mark.promise("R5")
def test_an_outage_never_asks_for_a_reconnect(
    bridge: Bridge,
    connection: Connection,
    cast: Cast,
    machine: Machine,
    pass_time: Callable[[int], None],
    opened: None,
) -> None:
    pass_time(2 * clock.HOUR)
    machine.fault("status", {"status": 500}, count=10, path=TOKEN_PATH)
    for _ in range(10):
        with pytest.raises(Unavailable):
            read(connection)
    assert now(bridge, cast).as_state is State.CONNECTED
    read(connection)
    assert now(bridge, cast).as_state is State.CONNECTED


def test_wrong_keys_are_the_operators_problem_not_the_tenants(
    bridge: Bridge, connection: Connection, cast: Cast, app: Flask, pass_time: Callable[[int], None], opened: None
) -> None:
    import dataclasses

    cfg = app.config["KZ"]
    broken = dataclasses.replace(cfg.quickbooks, client_secret="wrong")
    app.config["KZ"] = dataclasses.replace(cfg, quickbooks=broken)
    pass_time(2 * clock.HOUR)
    with pytest.raises(Unavailable):
        read(connection)
    assert now(bridge, cast).as_state is State.CONNECTED


def test_the_token_before_is_tried_when_the_last_answer_was_lost(
    bridge: Bridge, connection: Connection, cast: Cast, pass_time: Callable[[int], None], opened: None
) -> None:
    """What we stored last is not what the provider knows; the one before still is."""
    pass_time(2 * clock.HOUR)
    read(connection)
    with writing() as session:
        row = session.get_one(Connection, connection.id)
        row.previous_refresh, row.refresh = row.refresh, "AB11-never-issued"
        row.previous_until = clock.now_ms() + clock.DAY
    pass_time(2 * clock.HOUR)
    read(connection)
    assert now(bridge, cast).as_state is State.CONNECTED


@pytest.mark.promise("R3")
def test_fifty_threads_with_an_expired_token_refresh_once(
    bridge: Bridge, connection: Connection, app: Flask, pass_time: Callable[[int], None]
) -> None:
    before = len(bridge.token_calls())
    pass_time(2 * clock.HOUR)
    got: list[str] = []
    start = threading.Barrier(16)

    def ask() -> None:
        start.wait()
        with app.app_context():
            got.append(tokens.access(connection.id).token)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 16
    assert len(set(got)) == 1
    assert len(bridge.token_calls()) == before + 1


def test_a_winner_that_died_leaves_a_lease_that_ends(
    bridge: Bridge, connection: Connection, cast: Cast, pass_time: Callable[[int], None], opened: None
) -> None:
    pass_time(2 * clock.HOUR)
    with writing() as session:
        session.execute(update(Connection).values(refresh_holder="dead", refresh_until=db_now_ms() + 300))
    read(connection)  # waits for the dead one's lease, then wins
    assert now(bridge, cast).as_state is State.CONNECTED


def test_a_late_winner_stores_nothing(bridge: Bridge, connection: Connection, cast: Cast, opened: None) -> None:
    """Its lease ran out, another refreshed meanwhile: what it brings is older and changes no row."""
    claim = refresh._claim(connection)
    assert claim is not None
    with writing() as session:
        session.execute(update(Connection).values(refresh_holder="another"))
    grant = refresh.Grant("late", "late", 3600, 8640000, None, "")
    refresh._store(claim, grant)
    latest = now(bridge, cast)
    assert latest.access == connection.access
    assert latest.token_version == connection.token_version


@pytest.mark.promise("INT-U8")
def test_warnings_come_fourteen_seven_and_two_days_ahead_once_each(
    bridge: Bridge, connection: Connection, cast: Cast, at: Callable[[int], None], opened: None
) -> None:
    ends = expiry.ends_at(connection)
    assert ends is not None
    seen: list[int] = []
    start = clock.now_ms()
    for days_left in (15, 14, 10, 7, 3, 2, 1):
        at(ends - days_left * clock.DAY - clock.now_ms())
        expiry.warn_before_expiry()
        expiry.warn_before_expiry()
        with reading() as session:
            seen.append(session.query(Alert).count())
    assert clock.now_ms() > start
    assert seen == [0, 1, 1, 2, 2, 3, 3]
    with reading() as session:
        assert session.query(Mail).filter(Mail.subject.contains("ends in")).count() == 3 * 2


def test_a_refresh_ends_the_warning(
    bridge: Bridge, connection: Connection, cast: Cast, pass_time: Callable[[int], None], opened: None
) -> None:
    pass_time(88 * clock.DAY)
    assert expiry.warn_before_expiry() == 1
    read(connection)
    with reading() as session:
        assert session.query(Alert).filter(Alert.closed_at.is_(None)).count() == 0


def test_a_fresh_token_that_is_refused_needs_a_new_consent(
    bridge: Bridge, connection: Connection, cast: Cast, machine: Machine, opened: None
) -> None:
    from kz_admin.domain.problems import TokenRefused

    unauthorised = {"status": 401, "body": {"fault": {"error": [{"code": "3200"}], "type": "AUTHENTICATION"}}}
    machine.fault("status", unauthorised, count=None, path="/quickbooks/v3/company/*")
    with pytest.raises(TokenRefused):
        read(connection)
    assert now(bridge, cast).as_state is State.NEEDS_RECONNECT


@pytest.mark.promise("A63")
def test_a_copied_database_under_another_address_lets_no_connection_speak(
    bridge: Bridge, connection: Connection, app: Flask, opened: None
) -> None:
    import dataclasses

    from kz_admin.domain.failures import Refused
    from kz_admin.services import audit, installation

    production = dataclasses.replace(app.config["KZ"], env="production", base_url="https://books.example.com")
    app.config["KZ"] = production
    read(connection)  # remembers its address
    app.config["KZ"] = dataclasses.replace(production, base_url="https://staging.example.com")
    before = len(bridge.machine.journal())
    with pytest.raises(Refused, match="another address"):
        read(connection)
    assert len(bridge.machine.journal()) == before
    installation.adopt_base_url(audit.COMMAND_LINE)
    read(connection)
