"""Whether a company answers at all (reliability.md 2.6). Pure: the time is an argument.

Half of twenty calls within a minute failed: it is left alone but for one probe every thirty seconds. A probe that
succeeds closes the breaker, and calls come back slowly: one at once, then two, four, eight.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

CALLS, WITHIN_MS = 20, 60_000
PROBE_EVERY_MS = 30_000
RAMP_ENDS = 8
SLOW_MS, SLOW_LASTS_MS = 60_000, 3_600_000


@dataclass(frozen=True)
class Change:
    """The breaker has just opened, or just closed."""

    opened: bool
    probe_at: int | None = None  # when one call may try whether they answer again

    @property
    def closed(self) -> bool:
        return not self.opened


@dataclass(frozen=True)
class Breaker:
    recent: tuple[tuple[int, bool], ...] = ()  # when a call ended, and whether they answered; the last twenty
    open_since: int | None = None
    probe_at: int = 0
    ramp: int = 0  # so many at once while they come back; 0: no bound
    done: int = 0  # successes in this round of the ramp
    slow_until: int = 0  # bulk calls are halved until then


def opened(breaker: Breaker, now: int) -> Breaker:
    return Breaker(open_since=now, probe_at=now + PROBE_EVERY_MS, slow_until=breaker.slow_until)


def outcome(breaker: Breaker, now: int, ok: bool, took_ms: int) -> tuple[Breaker, Change | None]:
    """One call ended: they answered, if only with a refusal, or they did not."""
    if took_ms > SLOW_MS:
        breaker = replace(breaker, slow_until=now + SLOW_LASTS_MS)
    if breaker.open_since is not None:
        if not ok:
            return breaker, None
        return Breaker(ramp=1, slow_until=breaker.slow_until), Change(opened=False)
    breaker = _noted(breaker, now, ok)
    if ok or not _fails(breaker, now):
        return breaker, None
    breaker = opened(breaker, now)
    return breaker, Change(opened=True, probe_at=breaker.probe_at)


def probed(breaker: Breaker, now: int) -> Breaker:
    """One call tries; the next one is not due for a while, whatever becomes of it."""
    return replace(breaker, probe_at=now + PROBE_EVERY_MS)


def _noted(breaker: Breaker, now: int, ok: bool) -> Breaker:
    breaker = replace(breaker, recent=(*breaker.recent, (now, ok))[-CALLS:])
    if not breaker.ramp:
        return breaker
    if not ok:
        return replace(breaker, ramp=max(1, breaker.ramp // 2), done=0)
    if breaker.done + 1 < breaker.ramp:
        return replace(breaker, done=breaker.done + 1)
    return replace(breaker, ramp=breaker.ramp * 2 if breaker.ramp < RAMP_ENDS else 0, done=0)


def _fails(breaker: Breaker, now: int) -> bool:
    answers = [ok for at, ok in breaker.recent if at > now - WITHIN_MS]
    return len(answers) >= CALLS and answers.count(False) * 2 >= len(answers)
