"""The pace of one company, as a drain keeps it: a place for each call, taken before the call is committed."""

from __future__ import annotations

from contextlib import suppress

from kz_admin import clock
from kz_admin.domain.problems import SlowDown
from kz_admin.domain.pushing import Limits
from kz_admin.domain.status import Lane
from kz_admin.services import pace
from kz_admin.services.pace import NoPace, Slot
from kz_admin.services.push import lease as leases
from kz_admin.services.push.lease import QUIET, Lease
from kz_admin.services.push.sending import Landing

STEP_S = 1.0
LONGEST = 2 * QUIET  # a slow look-up, then the call it was for


def take(
    lease: Lease, limits: Limits, lane: Lane, *, bulk: bool, patience_s: float, within: Slot | None = None
) -> Slot | None:
    """A slot as soon as there is one, or None when that takes longer than the caller has.

    `within`: the slot of a call that has not left yet and needs this look-up first."""
    waited = 0.0
    while True:
        now = lease.now_ms()
        got = pace.take(
            lease.connection,
            limits,
            now,
            lane,
            bulk=bulk,
            holder=lease.holder,
            until=now + LONGEST,
            within=within,
        )
        if isinstance(got, Slot):
            return got
        pause = max(0.01, (got.until - now) / clock.SECOND)
        if waited + pause > patience_s:
            return None
        step = min(pause, STEP_S)
        clock.wait(step)
        waited += step
        if lease.ages:
            leases.renew(lease)


def give_back(lease: Lease, slot: Slot, *, used: bool = True) -> None:
    """`used` is False for a call that never left: it does not count."""
    with suppress(NoPace):  # it comes back by itself, with the end of the lease
        pace.give_back(lease.connection, slot, lease.now_ms(), used=used)


def bulk_size(lease: Lease, limits: Limits) -> int:
    return pace.bulk_size(lease.connection, limits, lease.now_ms())


def throttled(lease: Lease, failure: SlowDown) -> int:
    """They asked for silence: the whole company keeps it. Until when."""
    now = lease.now_ms()
    until = now + failure.retry_after_s * clock.SECOND
    with suppress(NoPace):
        return pace.throttled(lease.connection, now, until)
    return until


def slow_downs(landing: Landing) -> list[SlowDown]:
    return [result for result in landing.results if isinstance(result, SlowDown)]
