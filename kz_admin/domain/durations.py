"""Time as people write it: 1:30, 1.5, 90 min. Kept as whole minutes."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

MOST_MINUTES = 24 * 60
WRITE = "Write time such as 1:30 or 1.5 (hours), or 90 min."
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)
_HOURS = re.compile(r"(\d{1,2}(?:[.,]\d{1,4})?)\s*h?", re.ASCII)
_MINUTES = re.compile(r"(\d{1,4})\s*min", re.ASCII)


def minutes_of(text: str) -> int:
    compact = text.strip().lower()
    if found := _CLOCK.fullmatch(compact):
        minutes = int(found[1]) * 60 + int(found[2])
    elif found := _MINUTES.fullmatch(compact):
        minutes = int(found[1])
    elif found := _HOURS.fullmatch(compact):
        exact = Fraction(Decimal(found[1].replace(",", "."))) * 60
        minutes = round(exact)
    else:
        raise ValueError(WRITE)
    if not 0 < minutes <= MOST_MINUTES:
        raise ValueError("A time entry is longer than nothing and at most 24 hours.")
    return minutes


def clock_text(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def hours_of(minutes: int) -> Decimal:
    """For files and for the books, which count hours."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))
