"""The order in which documents travel (DESIGN section 4): what others need comes first, removals before everything.

Kinds of one wave do not need each other, so they may share a call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kz_admin.domain.kinds import REMOVAL_ORDER, Kind

BULK_FROM = 3  # of one kind; fewer go as single calls
MIXED_BULK_FROM = 2  # a new client beside the item of its first invoice: one call instead of two


@dataclass(frozen=True)
class Wave:
    kinds: frozenset[Kind]
    removals: bool = False

    def bulk_from(self, kinds_due: int) -> int:
        return BULK_FROM if kinds_due == 1 else MIXED_BULK_FROM


def _wave(*kinds: Kind, removals: bool = False) -> Wave:
    return Wave(frozenset(kinds), removals)


WAVES = (
    *(_wave(kind, removals=True) for kind in REMOVAL_ORDER),
    _wave(Kind.CLIENT, Kind.SERVICE, Kind.VENDOR),
    _wave(Kind.PROJECT),
    _wave(Kind.INVOICE),
    _wave(Kind.CREDIT_NOTE),
    _wave(Kind.PAYMENT),
    _wave(Kind.REFUND),
    _wave(Kind.TIME_ENTRY),
    _wave(Kind.EXPENSE),
)


def wave_of(kind: Kind, removes: bool) -> Wave:
    removal = removes and kind in REMOVAL_ORDER
    return next(wave for wave in WAVES if kind in wave.kinds and wave.removals == removal)


def first(due: Mapping[tuple[Kind, bool], int]) -> Wave | None:
    """The first wave that has something due; `due` counts by kind and whether it is a removal."""
    waves = {wave_of(kind, removes) for (kind, removes), count in due.items() if count}
    return next((wave for wave in WAVES if wave in waves), None)


def together(wave: Wave, due: Mapping[tuple[Kind, bool], int], at_most: int) -> int:
    """How many of this wave's documents the next call carries."""
    if wave.removals:
        return 1  # their bulk forms are made for creating and changing
    counts = [count for (kind, removes), count in due.items() if count and wave_of(kind, removes) == wave]
    total = sum(counts)
    return min(total, at_most) if _bulky(counts, wave) else min(total, 1)


def _bulky(counts: Iterable[int], wave: Wave) -> bool:
    found = list(counts)
    return max(found, default=0) >= BULK_FROM or (len(found) > 1 and sum(found) >= wave.bulk_from(len(found)))
