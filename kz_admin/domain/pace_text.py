"""A Pace as a short text and back: numbers in lists, moments as how long before the latest question they were."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kz_admin.domain.breaker import Breaker
from kz_admin.domain.pace import Pace, Slot
from kz_admin.domain.status import Lane

VERSION = 1


def as_text(state: Pace) -> str:
    breaker, seen = state.breaker, state.seen
    parts = [
        VERSION,
        seen,
        state.given,
        [[slot.number, slot.holder, slot.until, slot.lane, int(slot.bulk), int(slot.inner)] for slot in state.slots],
        [seen - at for at in state.interactive],
        [seen - at for at in state.bulk],
        [seen - at for at in state.batches],
        state.day,
        [state.silent_until, state.rate, state.rate_since, state.wanted_until],
        [[at, int(ok)] for at, ok in breaker.recent],
        [breaker.open_since, breaker.probe_at, breaker.ramp, breaker.done, breaker.slow_until],
    ]
    return json.dumps(parts, separators=(",", ":"))


def from_text(text: str | bytes) -> Pace:
    """ValueError when another version of us wrote it, or somebody else."""
    parts = json.loads(text)
    if not isinstance(parts, list) or parts[0] != VERSION:
        raise ValueError("not a pace of this version")
    _, seen, given, slots, interactive, bulk, batches, day, rates, recent, breaker = parts
    silent_until, rate, rate_since, wanted_until = rates
    return Pace(
        seen=seen,
        given=given,
        slots=tuple(_slot(one) for one in slots),
        interactive=tuple([seen - ago for ago in interactive]),
        bulk=tuple([seen - ago for ago in bulk]),
        batches=tuple([seen - ago for ago in batches]),
        day=tuple((quarter, calls) for quarter, calls in day),
        silent_until=silent_until,
        rate=rate,
        rate_since=rate_since,
        wanted_until=wanted_until,
        breaker=Breaker(tuple((at, bool(ok)) for at, ok in recent), *breaker),
    )


def _slot(parts: Sequence[Any]) -> Slot:
    number, holder, until, lane, bulk, inner = parts
    return Slot(number, holder, until, Lane(lane), bool(bulk), bool(inner))
