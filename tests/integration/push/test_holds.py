"""What is due follows its connection: held while that rests, due again with it, laid aside when it ends."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from kz_admin.domain.connection import State
from kz_admin.models import Connection
from kz_admin.models.session import writing
from kz_admin.services import connections, holds, refresh
from tests.cast import Cast
from tests.integration.hooks.conftest import Rows, connect
from tests.platform import Platform


@pytest.fixture
def app(plain_app: Flask) -> Flask:
    """Nobody is on the other side."""
    return plain_app


@pytest.fixture
def connected(app: Flask, cast: Cast) -> UUID:
    with app.app_context():
        return connect(cast.tenant_id)


@pytest.fixture
def rows(app: Flask) -> Rows:
    return Rows(app)


@pytest.fixture
def platform(app: Flask, cast: Cast) -> Platform:
    return Platform.of(app, cast.tenant_id)


def move(app: Flask, connection_id: UUID, *states: State) -> None:
    with app.app_context():
        for state in states:
            with writing() as session:
                connections.move(session.get_one(Connection, connection_id), state)


def states(rows: Rows) -> set[tuple[str, str | None]]:
    return {(record.state, record.reason) for record in rows.records().values()}


@pytest.mark.parametrize(("state", "why"), [(State.PAUSED, "paused"), (State.NEEDS_RECONNECT, "reconnect")])
@pytest.mark.promise("K-QBO-58")
def test_what_is_due_is_held_while_the_connection_rests_and_due_again_with_it(
    app: Flask, connected: UUID, platform: Platform, rows: Rows, state: State, why: str
) -> None:
    platform.told()
    move(app, connected, state)
    assert states(rows) == {("held", why)}
    move(app, connected, State.CONNECTED)
    assert states(rows) == {("due", None)}
    assert all(record.due_at is not None for record in rows.records().values())


def test_lost_access_holds_what_is_due_in_the_same_commit(
    app: Flask, connected: UUID, platform: Platform, rows: Rows
) -> None:
    platform.told()
    with app.app_context():
        (connection,) = rows.all(Connection)
        assert refresh.needs_reconnect(connection)
    assert states(rows) == {("held", "reconnect")}


@pytest.mark.promise("K-QBO-57", "KZ-33", "I20")
def test_a_disconnect_lays_aside_what_was_due_and_leaves_what_was_held(
    app: Flask, connected: UUID, platform: Platform, rows: Rows
) -> None:
    platform.told()
    move(app, connected, State.DISCONNECTING, State.DISCONNECTED)
    assert states(rows) == {("idle", "while_disconnected")}
    move(app, connected, State.CONNECTED)
    assert states(rows) == {("idle", "while_disconnected")}  # the backlog is offered, never sent by itself


@pytest.mark.promise("KEAP-42")
def test_a_reset_freezes_what_carries_an_amount_and_nobody_else(
    app: Flask, connected: UUID, platform: Platform, rows: Rows
) -> None:
    platform.told()
    with app.app_context(), writing() as session:
        holds.freeze(session, connected)
    found = {kind: (record.state, record.reason) for kind, record in rows.records().items()}
    assert found["invoice"] == found["payment"] == ("idle", "before_reset")
    assert found["client/USD"] == ("due", None)
