"""R6 and E1: the consent is taken away or given back in the middle of a push."""

from __future__ import annotations

import pytest

from kz_admin.domain.connection import State
from kz_admin.domain.failures import Refused
from kz_admin.services import disconnect, tokens
from kz_admin.services.audit import COMMAND_LINE
from tests.chaos.books import Books
from tests.chaos.judge import Evidence
from tests.chaos.opening import on_both

pytestmark = pytest.mark.chaos


def end(books: Books) -> None:
    with books.app.app_context():
        disconnect.disconnect(books.cast.tenant_id, "quickbooks", COMMAND_LINE)


def token_calls(books: Books, since: int) -> int:
    return sum(one["seq"] > since for one in books.bridge.token_calls())


def last(books: Books) -> int:
    return max((one["seq"] for one in books.machine.journal()), default=0)


@pytest.mark.promise("R6", "I8", "I9", "I26", "KZ-32")
@pytest.mark.parametrize(
    ("books", "waiting"),
    [
        ("sqlite", 40),
        pytest.param("postgresql", 1000, marks=[pytest.mark.postgres, pytest.mark.chaos_long, pytest.mark.slow]),
    ],
    indirect=["books"],
)
def test_a_consent_revoked_over_there_stops_everything_and_loses_nothing(books: Books, waiting: int) -> None:
    books.known()
    books.backlog(waiting)
    books.machine.sim("POST", "disconnects", {"company": books.company})
    since = last(books)
    workers = [books.start("push", books.connection_id, lane) for lane in ("interactive", "bulk")]
    books.go(*workers)
    for worker in workers:
        books.ended(worker)
    books.look()
    books.let_time_pass(3600)
    books.look()
    assert token_calls(books, since) <= 3
    assert books.row.as_state is State.NEEDS_RECONNECT
    # What was under way when the door closed is looked up first; everything else waits for the consent.
    assert set(books.states()) <= {"done", "held", "unknown"}
    books.bridge.reconnect(books.admin())
    books.rest()
    books.check()


@pytest.mark.promise("R6", "I26")
@on_both
def test_what_is_refused_after_the_connection_came_to_rest_waits_with_all_the_others(books: Books) -> None:
    books.known()
    books.pay()
    books.machine.sim("POST", "disconnects", {"company": books.company})
    worker = books.stopped_at("push.answered")
    with books.app.app_context(), pytest.raises(Refused):
        tokens.refresh_now(books.connection_id)  # somebody else notices first
    worker.go_on()
    books.ended(worker)
    assert {(one.state, one.reason) for one in books.records() if one.state != "done"} == {("held", "reconnect")}
    books.bridge.reconnect(books.admin())
    books.rest()
    books.check()


@pytest.mark.promise("E1", "I19", "I20", "KZ-32", "KZ-33")
@pytest.mark.parametrize("failpoint", ["push.counted", "push.committed", "push.answered"])
def test_a_disconnect_in_mid_push_ends_it_and_another_company_gets_nothing_of_it(books: Books, failpoint: str) -> None:
    books.known()
    books.pay_many(4)
    books.put_off("payment")
    worker = books.stopped_at(failpoint)
    first, here = books.connection_id, books.company
    end(books)
    calls = len(books.api_calls())
    worker.go_on()
    books.ended(worker)
    books.look()
    assert books.row.as_state is State.DISCONNECTED
    # One that was committed may still leave: what has been said cannot be taken back.
    assert len(books.api_calls()) <= calls + (failpoint == "push.committed")
    books.company = "START"
    books.connect()
    assert books.connection_id != first
    books.pay("over-there", client="cus-7")
    books.rest()
    assert books.record_of("over-there").connection_id == books.connection_id
    assert {one.state for one in books.records() if one.connection_id == first} <= {"idle", "done", "sent", "unknown"}
    books.check(done=False)
    come_back(books, here)
    books.check(done=False)
    assert nothing_twice(books.evidence())


def come_back(books: Books, company: str) -> None:
    """The old company again: what was under way when it was left is found out, the rest is offered."""
    end(books)
    books.company = company
    books.connect()
    books.rest()


def nothing_twice(evidence: Evidence) -> bool:
    ids = [thing["id"] for one in evidence.api_calls for thing in one["objects"] if thing["op"] == "create"]
    return len(ids) == len(set(ids))
