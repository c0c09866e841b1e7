"""How fast one company may be called, whoever calls (reliability.md 2.5). Pure: the time is an argument.

    take()  a Slot for one call, or the Wait that says until when there is none
    give_back()  the call ended

A call under way counts in every window, and once it ended for as long as the window is: when in between it reached
them nobody knows, and whenever that was, no window of theirs holds more than they allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kz_admin.domain import breaker as breakers
from kz_admin.domain import windows
from kz_admin.domain.breaker import Breaker, Change
from kz_admin.domain.pushing import Limits
from kz_admin.domain.status import Lane
from kz_admin.domain.windows import MINUTE, SECOND, Moments, Quarters

STILL_WAITS = 2 * SECOND  # somebody who waits comes again within this
FULL, REGAINED, LEAST = 100, 5, 10  # per cent of the rate: undisturbed, back after each minute, and never less


class Why(StrEnum):
    THROTTLED = "throttled"  # they asked for silence
    SILENT = "silent"  # they do not answer: one probe at a time
    BUSY = "busy"  # as many calls are under way as may be
    RATE = "rate"  # what a second or a minute allows is used up
    DAY = "day"  # what a day allows is used up, or what bulk work may use of it


@dataclass(frozen=True)
class Wait:
    """No call before this moment, and perhaps not then."""

    until: int
    why: Why


@dataclass(frozen=True)
class Slot:
    """The right to one call. Nobody gave it back by `until`: whoever held it is dead."""

    number: int
    holder: str
    until: int
    lane: Lane = Lane.INTERACTIVE
    bulk: bool = False  # a call in the provider's bulk form
    inner: bool = False  # a look-up of a call that has its own slot and has not left yet


@dataclass(frozen=True)
class Pace:
    """One company's traffic. Moments are when calls ended, in order; older than a minute is forgotten."""

    seen: int = 0  # the latest moment anybody asked
    given: int = 0  # slots so far
    slots: tuple[Slot, ...] = ()  # calls under way
    interactive: Moments = ()
    bulk: Moments = ()  # of the bulk lane
    batches: Moments = ()  # in the bulk form, whatever the lane
    day: Quarters = ()  # only where a day has a limit
    silent_until: int = 0
    rate: int = FULL
    rate_since: int = 0
    wanted_until: int = 0  # interactive work was told to wait
    breaker: Breaker = field(default_factory=Breaker)


@dataclass(frozen=True)
class _Asked:
    now: int
    lane: Lane
    bulk: bool
    gives_way: bool  # a bulk call beside which interactive work waits


def take(
    state: Pace,
    limits: Limits,
    now: int,
    lane: Lane,
    *,
    bulk: bool,
    holder: str,
    until: int,
    interactive_waits: bool,
    within: Slot | None = None,
) -> tuple[Pace, Slot | Wait]:
    """`within`: the slot of a call that has not left yet and needs a look-up first; both together are one at once."""
    before, state = state, tidied(state, now)
    asked = _Asked(now, lane, bulk, lane is Lane.BULK and (interactive_waits or now < state.wanted_until))
    wait = _silence(state, now) or (None if within else _crowd(state, limits, asked)) or _windows(state, limits, asked)
    if wait:
        if lane is Lane.INTERACTIVE and wait.why in (Why.BUSY, Why.RATE):
            return replace(state, wanted_until=wait.until + STILL_WAITS), wait
        return before, wait
    slot = Slot(state.given + 1, holder, until, lane, bulk, within is not None)
    if state.breaker.open_since is not None and within is None:
        state = replace(state, breaker=breakers.probed(state.breaker, now))
    if limits.per_day is not None:
        state = replace(state, day=windows.counted(state.day, now))
    return replace(state, seen=max(now, state.seen), given=slot.number, slots=(*state.slots, slot)), slot


def give_back(state: Pace, slot: Slot, now: int, *, used: bool = True) -> Pace:
    """The call ended; or nothing was sent after all, and it does not count."""
    if slot in state.slots:
        state = replace(state, slots=tuple(other for other in state.slots if other != slot))
    return _ended(state, slot, now) if used else state


def give_back_all(state: Pace, holder: str, now: int) -> Pace:
    for slot in state.slots:
        if slot.holder == holder:
            state = give_back(state, slot, now)
    return state


def throttled(state: Pace, now: int, until: int) -> Pace:
    """Silence until then, and half the rate after it. The other calls of the same burst do not halve it again."""
    if now < state.silent_until:
        until = max(until, state.silent_until)
        return replace(state, silent_until=until, rate_since=until)
    return replace(state, silent_until=until, rate=max(LEAST, rate(state, now) // 2), rate_since=until)


def rate(state: Pace, now: int) -> int:
    """Per cent of what is allowed that we use."""
    return min(FULL, state.rate + REGAINED * max(0, now - state.rate_since) // MINUTE)


def outcome(state: Pace, now: int, ok: bool, took_ms: int, known_silent: bool = False) -> tuple[Pace, Change | None]:
    """`known_silent`: our rows say that they do not answer, whatever this state remembers of it."""
    breaker = state.breaker
    if known_silent and breaker.open_since is None and not breaker.ramp:
        breaker = breakers.opened(breaker, now)
    breaker, change = breakers.outcome(breaker, now, ok, took_ms)
    return replace(state, breaker=breaker), change


def bulk_size(state: Pace, limits: Limits, now: int) -> int:
    return limits.bulk_items if now >= state.breaker.slow_until else max(1, limits.bulk_items // 2)


def lower(state: Pace, limits: Limits, now: int, left_in_minute: int) -> Pace:
    """They count more calls of this minute than we do: theirs is what holds."""
    state = tidied(state, now)
    known = len(state.interactive) + len(state.bulk) + len(state.slots)
    missing = limits.per_minute - left_in_minute - known
    return replace(state, interactive=windows.added(state.interactive, now, missing)) if missing > 0 else state


def remembered(state: Pace, limits: Limits, now: int, ended: Iterable[tuple[int, bool]], day: Quarters = ()) -> Pace:
    """After this state was lost: with the calls of our rows, as (moment, bulk form), that it does not know.

    Rows tell of writes only. Each may have had its look-up just before, as far as the limits allowed one.
    """
    counts = dict(state.day)
    counts.update({quarter: max(calls, counts.get(quarter, 0)) for quarter, calls in day})
    state = tidied(state, now)
    calls = sorted(ended)
    batches = [at for at, bulk in calls if bulk]
    batches += _latest(batches, (limits.bulk_per_minute or limits.per_minute) - len(batches))
    singles = [at for at, bulk in calls if not bulk]
    known = len(batches) + len(singles) + len(state.interactive) + len(state.bulk)
    singles += _latest(singles, limits.per_minute - known)
    return replace(
        state,
        interactive=tuple(sorted((*state.interactive, *singles, *batches))),
        batches=tuple(sorted((*state.batches, *batches))),
        day=tuple(sorted(counts.items())),
    )


def tidied(state: Pace, now: int) -> Pace:
    """Without what no window reaches any more; the slots of the dead have ended."""
    for slot in state.slots:
        if slot.until <= now:
            state = give_back(state, slot, slot.until)
    oldest = now - MINUTE
    return replace(
        state,
        interactive=windows.after(state.interactive, oldest),
        bulk=windows.after(state.bulk, oldest),
        batches=windows.after(state.batches, oldest),
        day=windows.within_a_day(state.day, now),
    )


# -- what stands in the way -------------------------------------------------------------------------------


def _silence(state: Pace, now: int) -> Wait | None:
    return Wait(state.silent_until, Why.THROTTLED) if now < state.silent_until else None


def _crowd(state: Pace, limits: Limits, asked: _Asked) -> Wait | None:
    """Calls at once, and whether they answer at all."""
    breaker = state.breaker
    if breaker.open_since is not None and asked.now < breaker.probe_at:
        return Wait(breaker.probe_at, Why.SILENT)
    under_way = [slot.lane for slot in state.slots if not slot.inner]
    most = _scaled(state, limits.at_once, asked.now)
    most = min(most, breaker.ramp) if breaker.ramp else most
    if len(under_way) >= most or (asked.gives_way and under_way.count(Lane.BULK) >= _share(most)):
        return Wait(asked.now + windows.LOOK_AGAIN, Why.BUSY)
    return None


def _windows(state: Pace, limits: Limits, asked: _Asked) -> Wait | None:
    """The latest moment at which one of the windows lets another call in."""
    until = max(_rates(state, limits, asked))
    if limits.per_day is not None:
        most = limits.per_day - limits.per_day // 10 if asked.lane is Lane.BULK else limits.per_day
        tomorrow = windows.fits_day(state.day, most, asked.now)
        if tomorrow > max(until, asked.now):
            return Wait(tomorrow, Why.DAY)
    return Wait(until, Why.RATE) if until > asked.now else None


def _rates(state: Pace, limits: Limits, asked: _Asked) -> Iterator[int]:
    now, everything = asked.now, sorted((*state.interactive, *state.bulk))
    bulk_lane = sum(slot.lane is Lane.BULK for slot in state.slots)
    for limit, length in ((limits.per_minute, MINUTE), (limits.per_second, SECOND)):
        if limit is None:
            continue
        most = _scaled(state, limit, now)
        yield windows.fits(everything, len(state.slots), most, length, now)
        if asked.gives_way:
            yield windows.fits(state.bulk, bulk_lane, _share(most), length, now)
    if asked.bulk and limits.bulk_per_minute is not None:
        most = _scaled(state, limits.bulk_per_minute, now)
        yield windows.fits(state.batches, sum(slot.bulk for slot in state.slots), most, MINUTE, now)


def _scaled(state: Pace, limit: int, now: int) -> int:
    return max(1, limit * rate(state, now) // FULL)


def _share(most: int) -> int:
    return max(1, most * 3 // 4)


def _ended(state: Pace, slot: Slot, now: int) -> Pace:
    if slot.lane is Lane.BULK:
        state = replace(state, bulk=windows.added(state.bulk, now))
    else:
        state = replace(state, interactive=windows.added(state.interactive, now))
    return replace(state, batches=windows.added(state.batches, now)) if slot.bulk else state


def _latest(ends: list[int], most: int) -> list[int]:
    return ends[-most:] if most > 0 else []
