"""Answers that are lost, late, wrong or refused: each document is there once all the same, and its record says so."""

from __future__ import annotations

from uuid import UUID

import pytest

from kz_admin.domain.connection import State
from kz_admin.domain.status import Lane
from kz_admin.providers.quickbooks import questions
from kz_admin.services.push import drain, ringing
from tests.integration.push.conftest import Books

QUIET_S = 131
PATHS = {"Customer": "customer", "Item": "item", "Invoice": "invoice", "Payment": "payment"}


def settle(books: Books, rounds: int = 6) -> None:
    for _ in range(rounds):
        books.push()
        if {state for states in books.states().values() for state in states} == {"done"}:
            return
        books.later(QUIET_S)


@pytest.mark.promise("K-QBO-63", "I1")
@pytest.mark.parametrize("action", ["commit_then_drop", "drop_before_commit", "truncate", "commit_then_status"])
@pytest.mark.parametrize("entity", ["batch", "invoice", "payment"])
def test_whatever_becomes_of_an_answer_the_document_is_there_once(books: Books, entity: str, action: str) -> None:
    since = books.now_there()
    arg = 503 if action == "commit_then_status" else None
    match = {"path": f"*/{entity}", "method": "POST"}
    if entity == "batch":
        match["body"] = "create"  # not the look-ups
    books.machine.fault(action, arg, **match)
    books.pay()
    books.push()
    assert "unknown" in {state for states in books.states().values() for state in states}
    settle(books)
    assert books.states() == {"client": ["done"], "service": ["done"], "invoice": ["done"], "payment": ["done"]}
    assert sorted(books.made(since)) == ["Customer", "Invoice", "Item", "Payment"]
    assert all(attempt.closed_at for attempt in books.attempts())


def test_nothing_is_asked_or_sent_again_before_the_quiet_time_is_over(books: Books) -> None:
    books.machine.fault("commit_then_drop", path="*/invoice", method="POST")
    books.pay()
    books.push()
    since = books.now_there()
    books.later(100)
    books.push()
    assert books.calls_there(since) == []


@pytest.mark.promise("K-QBO-62", "I13")
def test_after_429_the_company_is_left_alone_and_then_all_is_done(books: Books) -> None:
    books.machine.fault("throttle", {"scope": "company", "seconds": 60}, path="*/invoice", method="POST")
    books.pay()
    books.push()
    assert books.record("invoice").state == "held"
    assert books.record("invoice").reason == "throttled"
    since = books.now_there()
    books.later(30)
    books.push()
    assert books.calls_there(since) == []
    books.later(40)
    settle(books)
    assert books.record("payment").state == "done"
    assert books.record("invoice").tries == 0


@pytest.mark.promise("K-QBO-18", "KZ-27")
def test_an_expired_token_is_renewed_on_the_way(books: Books) -> None:
    books.later(3700)
    books.pay()
    books.push()
    assert books.record("payment").state == "done"
    assert len(books.bridge.token_calls()) == 2  # the consent's and one refresh


@pytest.mark.promise("K-QBO-58", "PLAT-32", "R6")
def test_a_consent_that_is_gone_holds_everything_and_a_new_one_resumes(books: Books, admin) -> None:
    books.pay("2026-0001")
    books.pay("2026-0002")
    books.machine.sim("POST", "disconnects", {"company": books.company_id})
    books.push()
    assert books.connection.as_state is State.NEEDS_RECONNECT
    assert {record.reason for record in books.records()} == {"reconnect"}
    assert len(books.bridge.token_calls()) <= 3
    since = books.now_there()
    books.bridge.reconnect(admin)
    books.later(2)  # the consent's own reads use up most of the ten calls of a second
    books.push()
    assert {record.state for record in books.records()} == {"done"}
    assert sorted(books.made(since)) == ["Customer", "Invoice", "Invoice", "Item", "Payment", "Payment"]


@pytest.mark.promise("I18")
def test_an_outage_opens_the_breaker_one_probe_goes_and_afterwards_all_is_done(books: Books, admin) -> None:
    fault = books.machine.fault("status", 503, count=None, path="*/v3/company/*")
    books.pay()
    for _ in range(12):
        books.push()
        books.later(31)
    assert books.connection.silent_since is not None
    assert "Not responding" in admin.page("/kz-admin/integrations").text
    assert {record.state for record in books.records()} <= {"due", "unknown"}
    since = books.now_there()
    books.push()
    assert len(books.calls_there(since)) <= 1
    books.machine.sim("DELETE", f"faults/{fault}")
    books.later(31)
    settle(books)
    assert books.connection.silent_since is None
    assert {record.state for record in books.records()} == {"done"}


@pytest.mark.promise("K-QBO-57", "PLAT-30", "I20")
def test_after_a_disconnect_nothing_is_called(books: Books, admin) -> None:
    books.pay()
    admin.submit("/kz-admin/integrations/quickbooks/disconnect")
    since = books.now_there()
    books.push()
    books.push(Lane.BULK)
    assert books.calls_there(since) == []


def test_a_paused_connection_waits_and_goes_on(books: Books, admin) -> None:
    books.pay()
    admin.submit("/kz-admin/integrations/quickbooks/pause")
    books.push()
    assert {record.state for record in books.records()} == {"held"}
    admin.submit("/kz-admin/integrations/quickbooks/resume")
    books.push()
    assert {record.state for record in books.records()} == {"done"}


@pytest.mark.promise("L1")
def test_what_a_crash_between_a_result_and_its_wake_left_asleep_is_rung_for(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The invoice is there, and its payment still waits for it: no bell of anybody else may come for a long time."""
    rung: list[tuple[UUID, Lane]] = []
    monkeypatch.setattr(drain, "ring", lambda *place: not rung.append(place))  # type: ignore[func-returns-value]
    books.pay()
    books.push()
    books.change(books.record("payment"), state="due", waits_for_id=books.record("invoice").id, due_at=0)
    with books.app.app_context():
        ringing.ring_due()
    assert rung == [(books.connection.id, Lane.INTERACTIVE)]
    rung.clear()
    books.change(books.record("invoice"), state="held", reason="paused")  # it is awaited: nothing to be woken yet
    with books.app.app_context():
        ringing.ring_due()
    assert rung == []


def lose_payments(books: Books, numbers: int, clients: int) -> int:
    """A call for so many payments whose answer never comes; returns where the journal stood before the look-up."""
    books.machine.fault("commit_then_drop", path="*/batch", method="POST", body="PaymentRefNum")
    for number in range(numbers):
        client = f"cus-{number % clients}"
        who = {"client.id": client, "client.name": client, "client.email": f"{client}@example.com"}
        reference = {"payment.reference": f"ref-{number}"}
        books.pay(f"L-{number}", **who, **reference)
    for _ in range(3):
        books.push(Lane.BULK)
    assert [one.state for one in books.records("payment")] == ["unknown"] * numbers
    books.later(QUIET_S)
    return books.now_there()


@pytest.mark.promise("I1", "I13", "L1")
def test_a_look_up_whose_answers_take_many_pages_keeps_the_pace(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page is a call. Uncounted they ran into the limit of ten a second, and after the silence began again."""
    monkeypatch.setattr(questions, "MOST_OBJECTS", 15)  # so that one payment fills the answer for its customer
    since = lose_payments(books, 15, clients=15)
    books.push()
    calls = books.calls_there(since)
    assert len(calls) == 1 + 15
    assert {call["status"] for call in calls} == {200}
    assert {one.state for one in books.records()} == {"done"}
    assert len(books.ours("Payment")) == 15


@pytest.mark.promise("I14", "L1")
def test_the_probe_after_an_outage_may_take_many_pages(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page is the answer that they are there again: what follows is no second probe."""
    monkeypatch.setattr(questions, "MOST_OBJECTS", 4)
    lose_payments(books, 4, clients=4)
    fault = books.machine.fault("status", 503, count=None, path="*/v3/company/*")
    for _ in range(12):
        books.push()
        books.later(31)
    assert books.connection.silent_since is not None
    books.machine.sim("DELETE", f"faults/{fault}")
    books.later(31)
    books.push()
    assert books.connection.silent_since is None
    settle(books)
    assert {one.state for one in books.records()} == {"done"}
    assert len(books.ours("Payment")) == 4


def test_what_several_want_to_know_is_asked_once(books: Books) -> None:
    since = lose_payments(books, 6, clients=2)
    books.push()
    (looked,) = books.calls_there(since)
    assert looked["body"].count('"Query"') == 2
    assert {one.state for one in books.records()} == {"done"}
    assert len(books.ours("Payment")) == 6
