"""I14, I17, I25, I26 and L1, broken by hand."""

from __future__ import annotations

from uuid import uuid4

import pytest

from kz_admin.domain.status import SyncState, may_move
from tests.chaos.judge import states
from tests.unit.judge.sound import T0, Sound, rules_broken

HOUR = 3_600_000


def parked(sound: Sound, hours: int) -> None:
    more = {"problem": "tried_too_long", "failing_since": T0, "problem_at": T0 + hours * HOUR}
    sound.record("invoice", uuid4(), state="parked", **more)


def test_i14_sees_a_record_given_up_too_soon(sound: Sound) -> None:
    parked(sound, 71)
    assert "after 71 hours" in str(*states.outages_bury_nothing(sound.evidence()))


def test_i14_sees_a_record_given_up_in_an_outage(sound: Sound) -> None:
    parked(sound, 73)
    assert list(states.outages_bury_nothing(sound.evidence())) == []  # others went over meanwhile
    for attempt in sound.rows.attempts:
        attempt.closed_at = T0 - 1
    assert "nothing went over" in str(*states.outages_bury_nothing(sound.evidence()))


def test_i17_sees_a_record_that_goes_on_killing(sound: Sound) -> None:
    sound.record("invoice", uuid4(), kills=4)
    assert rules_broken(list(states.killers_are_set_aside(sound.evidence()))) == {"I17"}


def test_i17_sees_a_record_set_aside_without_a_reason(sound: Sound) -> None:
    sound.record("invoice", uuid4(), kills=2, state="parked", problem="killed_workers")
    assert rules_broken(list(states.killers_are_set_aside(sound.evidence()))) == {"I17"}


def test_i25_sees_a_move_that_the_graph_does_not_know(sound: Sound) -> None:
    sound.rows.moves = [("r", "due", "sent"), ("r", "sent", "done"), ("r", "unknown", "idle")]
    assert list(states.states_move_along_the_graph(sound.evidence())) == []
    sound.rows.moves.append(("r", "done", "unknown"))
    assert rules_broken(list(states.states_move_along_the_graph(sound.evidence()))) == {"I25"}


def test_i25_draws_the_graph_that_the_domain_enforces() -> None:
    for before in SyncState:
        after = {state.value for state in SyncState if may_move(before, state) and state is not before}
        assert set(states.GRAPH[before.value].split()) == after, before


@pytest.mark.parametrize(("state", "words"), [("sent", "without an open"), ("unknown", "without an open")])
def test_i25_sees_a_record_in_flight_without_an_attempt(sound: Sound, state: str, words: str) -> None:
    sound.record("invoice", uuid4(), state=state)
    assert words in str(*states.attempts_tell_the_state(sound.evidence()))


def test_i25_sees_an_open_attempt_of_a_record_that_is_done(sound: Sound) -> None:
    sound.attempt(sound.invoice_record, at=T0 + 900)
    assert "done with an open Attempt" in str(*states.attempts_tell_the_state(sound.evidence()))


def test_i25_sees_a_record_that_is_done_by_nothing(sound: Sound) -> None:
    for attempt in sound.rows.attempts:
        attempt.outcome = "later" if attempt.sync_record_id == sound.invoice_record.id else attempt.outcome
    assert "no Attempt brought it" in str(*states.attempts_tell_the_state(sound.evidence()))
    sound.more["lost"] = [(T0, T0 + 1)]  # found again after the database was restored
    assert list(states.attempts_tell_the_state(sound.evidence())) == []


def test_i26_sees_an_accepted_invoice_in_no_bucket_in_two_and_in_an_unknown_one(sound: Sound) -> None:
    sound.rows.records.remove(sound.invoice_record)
    assert "in 0 buckets" in str(*states.the_books_balance(sound.evidence()))
    sound.rows.records += [sound.invoice_record, sound.invoice_record]
    assert "in 2 buckets" in str(*states.the_books_balance(sound.evidence()))
    sound.rows.records.pop()
    sound.payment_record.state = "lost"
    assert "in no bucket" in str(*states.the_books_balance(sound.evidence()))


@pytest.mark.parametrize("values", [{"state": "due"}, {"state": "held", "reason": "throttled"}])
def test_l1_sees_what_is_still_open(sound: Sound, values: dict[str, str]) -> None:
    for name, value in values.items():
        setattr(sound.invoice_record, name, value)
    assert rules_broken(list(states.nothing_is_left_open(sound.evidence()))) == {"L1"}
    sound.connection.state = "paused"
    assert list(states.nothing_is_left_open(sound.evidence())) == []


def test_l1_sees_open_attempts_and_calls(sound: Sound) -> None:
    sound.call_of(sound.client_record).closed_at = None
    assert "is open although" in str(*states.nothing_is_left_open(sound.evidence()))
    sound.rows.attempts[0].closed_at = None
    assert "still open" in str(*states.nothing_is_left_open(sound.evidence()))
