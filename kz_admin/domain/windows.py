"""Counting calls in sliding windows: moments in order, as tuples that are never changed."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

SECOND, MINUTE, DAY = 1_000, 60_000, 86_400_000
QUARTER = DAY // 96  # calls of a day are counted by quarters of an hour
LOOK_AGAIN = 100  # when a call under way is what there is to wait for

Moments = tuple[int, ...]
Quarters = tuple[tuple[int, int], ...]  # quarter → calls begun in it


def fits(ends: Sequence[int], under_way: int, most: int, length: int, now: int) -> int:
    """From when on fewer than `most` calls are in the window."""
    first = bisect_right(ends, now - length)
    too_many = len(ends) - first + under_way - most + 1
    if too_many <= 0:
        return now
    if first + too_many <= len(ends):
        return ends[first + too_many - 1] + length
    return now + LOOK_AGAIN  # calls under way stand in the way


def fits_day(day: Quarters, most: int, now: int) -> int:
    too_many = sum(calls for _, calls in day) - most + 1
    for quarter, calls in day:
        if too_many <= 0:
            break
        too_many -= calls
        if too_many <= 0:
            return _forgotten(quarter)
    return now


def added(ends: Moments, at: int, times: int = 1) -> Moments:
    if not ends or ends[-1] <= at:
        return (*ends, *(at,) * times)
    found = list(ends)
    for _ in range(times):
        insort(found, at)
    return tuple(found)


def after(ends: Moments, moment: int) -> Moments:
    return ends[bisect_right(ends, moment) :]


def counted(day: Quarters, at: int, times: int = 1) -> Quarters:
    counts = dict(day)
    counts[at // QUARTER] = counts.get(at // QUARTER, 0) + times
    return tuple(sorted(counts.items()))


def within_a_day(day: Quarters, now: int) -> Quarters:
    return tuple((quarter, calls) for quarter, calls in day if _forgotten(quarter) > now)


def _forgotten(quarter: int) -> int:
    """A call that began late in its quarter may have reached them in the next one."""
    return (quarter + 2) * QUARTER + DAY
