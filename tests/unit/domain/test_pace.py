"""However calls come and go, no window of the provider's holds more than it allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kz_admin.domain import breaker, pace
from kz_admin.domain.pace import Pace, Slot, Wait, Why
from kz_admin.domain.pace_text import as_text, from_text
from kz_admin.domain.pushing import Limits
from kz_admin.domain.status import Lane
from kz_admin.domain.windows import DAY, MINUTE, QUARTER, SECOND

NOW = 1_800_000_000_000
DIES_AFTER = 130 * SECOND
TIGHT = Limits(per_minute=12, per_second=4, at_once=3, bulk_items=30, bulk_per_minute=5, per_day=None, throttled_s=60)
QUICKBOOKS = replace(TIGHT, per_minute=500, per_second=10, at_once=8, bulk_per_minute=40)
XERO = replace(TIGHT, per_minute=60, per_second=None, at_once=4, bulk_per_minute=None, per_day=5_000)

INTERACTIVE, BULK = Lane.INTERACTIVE, Lane.BULK


@dataclass
class Span:
    """When one call may have reached them."""

    slot: Slot
    began: int
    ended: int | None = None

    def may_be_after(self, moment: int) -> bool:
        return self.ended is None or self.ended > moment


@dataclass
class Street:
    """A company, and everything that ever went there."""

    limits: Limits = TIGHT
    now: int = NOW
    state: Pace = field(default_factory=Pace)
    spans: list[Span] = field(default_factory=list)

    def take(self, lane: Lane = INTERACTIVE, *, bulk: bool = False, holder: str = "a", **more: object) -> Slot | Wait:
        how = {"until": self.now + DIES_AFTER, "interactive_waits": False, **more}
        self.state, got = pace.take(self.state, self.limits, self.now, lane, bulk=bulk, holder=holder, **how)
        self.state = from_text(as_text(self.state))  # as between two processes
        if isinstance(got, Slot):
            self.spans.append(Span(got, self.now))
        return got

    def taken(self, lane: Lane = INTERACTIVE, **how: object) -> Slot:
        got = self.take(lane, **how)
        assert isinstance(got, Slot), got
        return got

    def refused(self, lane: Lane = INTERACTIVE, **how: object) -> Wait:
        got = self.take(lane, **how)
        assert isinstance(got, Wait), got
        return got

    def end(self, slot: Slot) -> None:
        self.state = pace.give_back(self.state, slot, self.now)
        next(span for span in self.spans if span.slot == slot).ended = self.now

    def call(self, lane: Lane = INTERACTIVE, **how: object) -> None:
        self.end(self.taken(lane, **how))

    def later(self, ms: int) -> None:
        self.now += ms

    def calls(self, lane: Lane = INTERACTIVE, **how: object) -> int:
        """How many short calls fit right now."""
        count = 0
        while isinstance(got := self.take(lane, **how), Slot):
            self.end(got)
            count += 1
        return count

    def outcome(self, ok: bool, took_ms: int = 200) -> breaker.Change | None:
        self.state, change = pace.outcome(self.state, self.now, ok, took_ms)
        return change

    # -- what may have reached them within the window that ends now ------------------------------------

    def at_once(self) -> int:
        return sum(span.ended is None for span in self.spans)

    def within(self, length: int, which: Callable[[Slot], bool] = lambda _slot: True) -> int:
        return sum(span.may_be_after(self.now - length) for span in self.spans if which(span.slot))


# -- I12: whatever happens, in whatever order -----------------------------------------------------------------

actions = st.one_of(
    st.tuples(st.just("take"), st.sampled_from(Lane), st.booleans(), st.sampled_from("abc")),
    st.tuples(st.just("end"), st.integers(0, 5)),
    st.tuples(st.just("pass"), st.sampled_from([1, 90, 333, 999, 1000, 2500, 20_000, 59_000])),
    st.tuples(st.just("heed")),
    st.tuples(st.just("outcome"), st.booleans()),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(actions, max_size=120))
def test_no_sliding_window_ever_holds_more_than_the_limit(script: list[tuple]) -> None:
    street, waits = Street(), 1
    for what, *how in script:
        under_way = [span for span in street.spans if span.ended is None]
        match what:
            case "take":
                lane, bulk, holder = how
                got = street.take(lane, bulk=bulk, holder=holder)
                waits = max(1, got.until - street.now) if isinstance(got, Wait) else waits
                assert not (isinstance(got, Wait) and got.until <= street.now)
            case "end" if under_way:
                street.end(under_way[how[0] % len(under_way)].slot)
            case "pass":
                street.later(how[0])
            case "heed":
                street.later(waits)
            case "outcome":
                street.outcome(how[0])
        for span in street.spans:  # a holder that never comes back was dead by then
            if span.ended is None and span.slot.until <= street.now:
                span.ended = span.slot.until
        assert street.within(MINUTE) <= TIGHT.per_minute
        assert street.within(SECOND) <= TIGHT.per_second
        assert street.within(MINUTE, lambda slot: slot.bulk) <= TIGHT.bulk_per_minute
        assert street.at_once() <= TIGHT.at_once


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Lane), st.integers(0, 3 * QUARTER)), min_size=30, max_size=150))
def test_no_day_holds_more_than_its_limit_and_a_tenth_is_left_to_people(script: list[tuple[Lane, int]]) -> None:
    street = Street(replace(XERO, per_day=20))
    for lane, pause in script:
        street.later(pause)
        got = street.take(lane)
        if isinstance(got, Slot):
            assert lane is INTERACTIVE or street.within(DAY) <= 18
            street.later(500)
            street.end(got)
        assert street.within(DAY) <= 20


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 600), st.integers(0, 60))
def test_who_waits_as_long_as_told_gets_a_place(used: int, pause_s: int) -> None:
    street = Street(QUICKBOOKS)
    state = Pace(interactive=tuple(NOW - MINUTE + n * MINUTE // 500 for n in range(min(used, 500))))
    street.state = state
    street.later(pause_s)
    got = street.take()
    if isinstance(got, Wait):
        street.now = got.until
        assert isinstance(street.take(), Slot)


def test_a_full_minute_says_when_its_oldest_call_leaves_it() -> None:
    street = Street(replace(TIGHT, per_second=None))
    street.call()
    street.later(700)
    for _ in range(11):
        street.call()
    assert street.refused() == Wait(NOW + MINUTE, Why.RATE)
    street.later(MINUTE - 701)
    street.refused()
    street.later(1)
    assert street.calls() == 1


def test_a_call_under_way_counts_until_it_ended_and_a_window_longer() -> None:
    street = Street()
    slow = [street.taken() for _ in range(3)]
    street.later(5 * SECOND)
    for slot in slow:
        street.end(slot)
    assert street.calls() == 1  # three of the four this second may have reached them just now
    street.later(SECOND)
    assert street.calls() == 4


def test_a_call_that_never_left_does_not_count() -> None:
    street = Street()
    for _ in range(10):
        street.state = pace.give_back(street.state, street.taken(), street.now, used=False)
    assert street.calls() == 4


# -- at once, and the dead ------------------------------------------------------------------------------------


def test_no_more_at_once_than_allowed_and_a_place_is_free_when_one_ends() -> None:
    street = Street()
    slots = [street.taken() for _ in range(3)]
    assert street.refused().why is Why.BUSY
    street.later(SECOND)
    street.end(slots[0])
    assert isinstance(street.take(), Slot)
    assert street.refused().why is Why.BUSY


def test_the_slots_of_the_dead_come_back_with_their_end() -> None:
    street = Street()
    for _ in range(3):
        street.taken(holder="dead")
    street.later(DIES_AFTER - 1)
    street.refused()
    street.later(1)
    assert street.calls() == 1  # of the second; when they reached them nobody can say any more
    street.later(SECOND)
    assert street.calls() == 4


def test_all_slots_of_one_holder_come_back_together() -> None:
    street = Street()
    street.taken(holder="gone")
    street.taken(holder="gone")
    street.taken(holder="here")
    street.state = pace.give_back_all(street.state, "gone", street.now)
    assert [slot.holder for slot in street.state.slots] == ["here"]


def test_a_look_up_within_a_slot_needs_no_place_of_its_own_but_counts() -> None:
    street = Street(replace(TIGHT, at_once=1))
    slot = street.taken()
    street.refused()
    inner = street.taken(within=slot)
    street.end(inner)
    street.end(street.taken(within=slot))
    street.end(slot)
    assert street.calls() == 1  # the fourth of this second


def test_a_look_up_within_a_slot_takes_nobody_elses_place() -> None:
    street = Street(replace(TIGHT, at_once=2))
    street.taken(within=street.taken())
    street.taken(holder="b")
    assert street.refused(holder="b").why is Why.BUSY


# -- lanes ----------------------------------------------------------------------------------------------------


def test_bulk_uses_everything_while_nobody_else_waits() -> None:
    street = Street(replace(TIGHT, per_second=None))
    assert street.calls(BULK) == 12


def test_bulk_leaves_a_quarter_while_interactive_work_waits() -> None:
    street = Street(replace(TIGHT, per_second=None))
    assert street.calls(BULK, interactive_waits=True) == 9
    assert street.calls(INTERACTIVE) == 3


def test_bulk_leaves_a_quarter_of_a_second_too() -> None:
    assert Street().calls(BULK, interactive_waits=True) == 3


def test_bulk_leaves_a_place_at_once_too() -> None:
    street = Street(QUICKBOOKS)
    for _ in range(6):
        street.taken(BULK, interactive_waits=True)
    assert street.refused(BULK, interactive_waits=True).why is Why.BUSY
    assert isinstance(street.take(INTERACTIVE), Slot)


def test_interactive_work_that_was_told_to_wait_is_remembered_for_all() -> None:
    street = Street(replace(TIGHT, at_once=4, per_second=None))
    slots = [street.taken(BULK) for _ in range(4)]
    street.refused(INTERACTIVE)
    street.end(slots[0])
    assert street.refused(BULK).why is Why.BUSY  # three are under way: the fourth place is the other lane's
    assert isinstance(street.take(INTERACTIVE), Slot)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Lane), st.integers(0, 4000)), max_size=200))
def test_bulk_never_has_more_than_its_share_beside_waiting_work(script: list[tuple[Lane, int]]) -> None:
    street = Street()
    for lane, pause in script:
        street.later(pause)
        got = street.take(lane, interactive_waits=True)
        if isinstance(got, Slot):
            street.end(got)
        assert street.within(MINUTE, lambda slot: slot.lane is BULK) <= 9
        assert street.within(SECOND, lambda slot: slot.lane is BULK) <= 3


# -- the day --------------------------------------------------------------------------------------------------


def test_the_last_tenth_of_a_day_is_for_people() -> None:
    street = Street(replace(XERO, per_day=20, per_minute=1_000))
    assert street.calls(BULK) == 18
    wait = street.refused(BULK)
    assert wait.why is Why.DAY
    assert DAY <= wait.until - NOW <= DAY + 2 * QUARTER
    assert street.calls(INTERACTIVE) == 2
    assert street.refused(INTERACTIVE).why is Why.DAY
    street.now = wait.until
    assert street.calls(BULK) == 18


# -- after a 429 ----------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.lists(st.integers(0, 30_000), max_size=40))
def test_after_a_throttle_nothing_goes_until_its_end(silence_s: int, pauses: list[int]) -> None:
    street = Street()
    until = street.now + silence_s * SECOND
    street.state = pace.throttled(street.state, street.now, until)
    for pause in pauses:
        street.later(pause)
        got = street.take()
        assert isinstance(got, Slot) or street.now < until or got.why is not Why.THROTTLED
        assert isinstance(got, Wait) or street.now >= until
        if isinstance(got, Slot):
            street.end(got)


def test_then_half_the_rate_and_five_per_cent_more_each_minute() -> None:
    street = Street(replace(TIGHT, per_minute=100, per_second=None))
    street.state = pace.throttled(street.state, NOW, NOW + MINUTE)
    found = []
    for _ in range(11):
        street.later(MINUTE)
        found.append(street.calls())
    assert found == [50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100]
    street.later(10 * MINUTE)
    assert street.calls() == 100


def test_the_other_calls_of_one_burst_halve_nothing_again_but_may_prolong() -> None:
    state = pace.throttled(Pace(), NOW, NOW + MINUTE)
    state = pace.throttled(state, NOW + 5, NOW + MINUTE + 5)
    assert pace.rate(state, NOW + MINUTE + 5) == 50
    assert state.silent_until == NOW + MINUTE + 5
    assert pace.throttled(state, NOW + 9, NOW + 10).silent_until == NOW + MINUTE + 5


def test_throttled_again_and_again_the_rate_falls_but_never_to_nothing() -> None:
    state, now = Pace(), NOW
    for _ in range(9):
        state = pace.throttled(state, now, now + 1)
        now += 2
    assert pace.rate(state, now) == pace.LEAST
    assert Street(state=state, now=now).calls() == 1


def test_what_they_say_is_left_holds_when_it_is_less() -> None:
    street = Street(XERO)
    street.call()
    assert pace.lower(street.state, XERO, street.now, 59).interactive == street.state.interactive
    street.state = pace.lower(street.state, XERO, street.now, 2)
    assert street.calls() == 2


# -- after the state was lost ---------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 59_999), st.booleans()), max_size=12))
def test_what_our_rows_tell_counts_again(sent: list[tuple[int, bool]]) -> None:
    bulk = [ago for ago, is_bulk in sent if is_bulk][:5]
    sent = [(ago, True) for ago in bulk] + [(ago, False) for ago, is_bulk in sent if not is_bulk]
    street = Street(replace(TIGHT, per_second=None))
    street.state = pace.remembered(Pace(), street.limits, NOW, [(NOW - ago, is_bulk) for ago, is_bulk in sent])
    assert street.calls(bulk=True) <= 5 - len(bulk)
    assert street.calls() <= 12 - len(sent)


def test_each_of_them_may_have_had_its_look_up() -> None:
    street = Street(replace(TIGHT, per_second=None))
    street.state = pace.remembered(Pace(), TIGHT, NOW, [(NOW - 5_000, False), (NOW - 4_000, True)])
    assert street.calls(bulk=True) == 3
    assert street.calls() == 12 - 4 - 3


def test_more_than_the_limits_allowed_is_not_supposed() -> None:
    sent = [(NOW - 1_000 * n, n % 3 == 0) for n in range(11)]
    state = pace.remembered(Pace(), TIGHT, NOW, sent)
    assert (len(state.interactive), len(state.batches)) == (12, 5)
    assert pace.take(state, TIGHT, NOW, INTERACTIVE, bulk=False, holder="a", until=NOW, interactive_waits=False)[
        1
    ] == Wait(NOW - 10_000 + MINUTE, Why.RATE)


def test_of_a_day_whichever_count_is_higher_holds() -> None:
    quarter = NOW // QUARTER
    state = pace.remembered(Pace(day=((quarter, 7),)), XERO, NOW, [], ((quarter - 1, 4), (quarter, 5)))
    assert state.day == ((quarter - 1, 4), (quarter, 7))


# -- the breaker ----------------------------------------------------------------------------------------------


def opened(street: Street) -> None:
    for _ in range(20):
        street.outcome(False)
    assert street.state.breaker.open_since == street.now


def test_an_open_breaker_lets_one_probe_through_every_thirty_seconds() -> None:
    street = Street()
    opened(street)
    assert street.refused() == Wait(NOW + 30 * SECOND, Why.SILENT)
    probes = 0
    for _ in range(600):  # ten minutes
        street.later(SECOND)
        if isinstance(got := street.take(), Slot):
            probes += 1
            street.end(street.taken(within=got))  # its look-up belongs to it
            street.end(got)
            street.outcome(False)
    assert probes == 20


def test_after_a_success_they_come_back_one_two_four_eight_at_once() -> None:
    street = Street(replace(QUICKBOOKS, at_once=20, per_second=100))
    opened(street)
    street.later(30 * SECOND)
    street.call()
    change = street.outcome(True)
    assert change is not None
    assert change.closed
    for most in (1, 2, 4, 8, 20):
        slots = [street.taken() for _ in range(most)]
        assert street.refused().why is Why.BUSY
        for slot in slots:
            street.end(slot)
            street.outcome(True)
        street.later(SECOND)


def test_a_failure_on_the_way_back_halves_it() -> None:
    street = Street()
    opened(street)
    for _ in range(1 + 1 + 2):
        street.outcome(True)
    assert street.state.breaker.ramp == 4
    street.outcome(False)
    assert street.state.breaker.ramp == 2


def test_a_success_closes_what_only_our_rows_say_is_open() -> None:
    state, change = pace.outcome(Pace(), NOW, True, 10, known_silent=True)
    assert change is not None
    assert change.closed
    assert state.breaker.ramp == 1
    state, change = pace.outcome(state, NOW, True, 10, known_silent=True)  # a row read before that
    assert change is None
    assert state.breaker.ramp == 2


@pytest.mark.parametrize(("took_s", "size"), [(60, 30), (61, 15), (130, 15)])
def test_after_a_slow_answer_bulk_calls_carry_half_for_an_hour(took_s: int, size: int) -> None:
    street = Street()
    street.outcome(took_s < 130, took_s * SECOND)
    assert pace.bulk_size(street.state, TIGHT, NOW + 60 * MINUTE - 1) == size
    assert pace.bulk_size(street.state, TIGHT, NOW + 60 * MINUTE) == 30


# -- as a text ------------------------------------------------------------------------------------------------


def test_a_pace_is_the_same_after_a_trip_through_redis() -> None:
    street = Street(replace(XERO, per_second=9))
    street.call(BULK, bulk=True)
    street.later(10)
    slot = street.taken(holder="someone")
    street.taken(within=slot)
    street.state = pace.throttled(street.state, street.now, street.now + 5)
    street.outcome(False, 70_000)
    assert from_text(as_text(street.state).encode()) == street.state
    opened(street)
    assert from_text(as_text(street.state)) == street.state


@pytest.mark.parametrize("text", ["", "{}", "[]", "[2,0]", "x"])
def test_what_somebody_else_wrote_is_no_pace(text: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        from_text(text)
