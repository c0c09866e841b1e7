from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kz_admin.domain import breaker
from kz_admin.domain.breaker import Breaker

NOW = 1_800_000_000_000
SECOND = 1_000


def told(answers: list[tuple[int, bool]]) -> tuple[Breaker, list[breaker.Change]]:
    """Each answer so many milliseconds after the one before."""
    state, now, changes = Breaker(), NOW, []
    for pause, ok in answers:
        now += pause
        state, change = breaker.outcome(state, now, ok, 100)
        if change:
            changes.append(change)
    return state, changes


def test_half_of_twenty_failing_in_a_minute_opens_it() -> None:
    state, changes = told([(SECOND, number % 2 == 1) for number in range(19)] + [(SECOND, False)])
    assert [change.opened for change in changes] == [True]
    assert state.open_since == NOW + 20 * SECOND
    assert changes[0].probe_at == state.probe_at == NOW + 50 * SECOND


def test_nineteen_failures_do_not() -> None:
    assert told([(SECOND, False)] * 19)[1] == []


def test_twenty_over_more_than_a_minute_do_not() -> None:
    assert told([(4 * SECOND, False)] * 60)[1] == []


@given(st.lists(st.tuples(st.integers(0, 5_000), st.sampled_from([True, True, False])), max_size=100))
def test_it_opens_only_on_a_failure_and_only_with_ten_of_the_last_twenty_failed(
    answers: list[tuple[int, bool]],
) -> None:
    state, now, seen = Breaker(), NOW, []
    for pause, ok in answers:
        now += pause
        seen.append((now, ok))
        state, change = breaker.outcome(state, now, ok, 100)
        last = [ok for at, ok in seen[-20:] if at > now - 60_000]
        assert (change is not None) == (not ok and len(last) == 20 and last.count(False) >= 10)
        if change:
            return


def test_while_open_further_failures_change_nothing() -> None:
    state, _ = told([(0, False)] * 20)
    assert breaker.outcome(state, NOW + SECOND, False, 100) == (state, None)


def test_once_closed_old_failures_are_forgotten() -> None:
    state, _ = told([(0, False)] * 20)
    state, change = breaker.outcome(state, NOW + 30 * SECOND, True, 100)
    assert change is not None
    assert change.closed
    for _ in range(19):
        state, change = breaker.outcome(state, NOW + 31 * SECOND, False, 100)
        assert change is None
    assert breaker.outcome(state, NOW + 31 * SECOND, False, 100)[1] is not None
