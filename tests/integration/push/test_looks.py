"""A look for a lost answer that does not come about is nobody's fault: it is made up for, however often it fails."""

from __future__ import annotations

from typing import Any

import fakeredis
import pytest

from kz_admin import clock
from kz_admin.domain.connection import State
from kz_admin.services import pace
from kz_admin.services.push import slots
from kz_admin.services.push.fates import MOST_KILLS
from kz_admin.services.push.turn import Drain
from tests.integration.push.conftest import Books

QUIET_S = 131
MORE_THAN_ENOUGH = MOST_KILLS + 2


@pytest.fixture
def lost(books: Books) -> Books:
    """The invoice is not there, nobody said so, and its quiet time is over."""
    books.pay("2026-0001")
    books.push()
    books.machine.fault("drop_before_commit", path="*/invoice", method="POST")
    books.pay("2026-0002")
    books.push()
    books.later(QUIET_S)
    assert counted(books) == ("unknown", 1, 0)
    return books


def counted(books: Books) -> tuple[str, int, int]:
    record = books.records("invoice")[-1]
    return record.state, record.tries, record.kills


def all_goes_over_once(books: Books) -> None:
    for _ in range(2):
        books.push()
        books.later(QUIET_S)
    assert {record.state for record in books.records()} == {"done"}
    assert len(books.ours("Invoice")) == 2


@pytest.mark.promise("I14")
def test_the_pace_of_the_company_allows_no_look(lost: Books) -> None:
    with lost.app.app_context():
        now = clock.now_ms()
        pace.throttled(lost.connection, now, now + 600_000)
    for _ in range(MORE_THAN_ENOUGH):
        lost.push()
        assert counted(lost) == ("unknown", 1, 0)
    lost.later(700)
    all_goes_over_once(lost)


@pytest.mark.promise("I14", "I6")
def test_nobody_can_tell_the_pace(lost: Books) -> None:
    sound, gone = lost.app.extensions["kz_redis"], fakeredis.FakeServer()
    gone.connected = False
    lost.app.extensions["kz_redis"] = fakeredis.FakeRedis(server=gone)
    for _ in range(MORE_THAN_ENOUGH):
        lost.push()
        assert counted(lost) == ("unknown", 1, 0)
    lost.app.extensions["kz_redis"] = sound
    all_goes_over_once(lost)


@pytest.mark.promise("I14")
def test_the_look_is_made_and_the_pace_allows_no_second_call(lost: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    take = slots.take

    def only_for_questions(*where: Any, patience_s: float, **how: Any) -> Any:
        return take(*where, patience_s=patience_s, **how) if asks else None

    asks = False
    ask = Drain.ask

    def asking(drain: Drain, *questions: Any, **how: Any) -> Any:
        nonlocal asks
        asks = True
        try:
            return ask(drain, *questions, **how)
        finally:
            asks = False

    with monkeypatch.context() as patched:
        patched.setattr(slots, "take", only_for_questions)
        patched.setattr(Drain, "ask", asking)
        for _ in range(MORE_THAN_ENOUGH):
            lost.push()
            assert counted(lost) == ("unknown", 1, 0)
    all_goes_over_once(lost)


@pytest.mark.promise("I14", "K-QBO-58")
def test_the_consent_is_gone_when_they_are_asked(lost: Books, admin: Any) -> None:
    for _ in range(MORE_THAN_ENOUGH):
        lost.machine.sim("POST", "disconnects", {"company": lost.company_id})
        lost.push()
        assert lost.connection.as_state is State.NEEDS_RECONNECT
        assert counted(lost) == ("unknown", 1, 0)
        lost.bridge.reconnect(admin)
        lost.later(2)
    all_goes_over_once(lost)


@pytest.mark.promise("I13", "I14")
def test_a_429_to_the_look_silences_the_company_and_counts_against_nobody(lost: Books) -> None:
    lost.machine.fault("throttle", {"scope": "company", "seconds": 60}, path="*/batch", method="POST")
    lost.machine.fault("throttle", {"scope": "company", "seconds": 60}, path="*/query", method="GET")
    lost.push()
    assert counted(lost) == ("unknown", 1, 0)
    assert (lost.connection.throttled_until or 0) > 0
    lost.pay("2026-0003")
    since = lost.now_there()
    lost.later(30)
    lost.push()
    assert lost.calls_there(since) == []
    lost.machine.sim("DELETE", "faults")
    lost.later(60)
    for _ in range(2):
        lost.push()
        lost.later(QUIET_S)
    assert {record.state for record in lost.records()} == {"done"}
    assert len(lost.ours("Invoice")) == 3
