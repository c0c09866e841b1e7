"""Time: integer milliseconds since 1970, UTC. Every other clock and sleep is forbidden (tests/sweeps).

With a simulated clock all processes share one offset, the row of `test_clock`; `wait()` then moves it, and the
simulator with it, instead of letting time pass.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def _real() -> int:
    return time.time_ns() // 1_000_000


# Linux stops CLOCK_MONOTONIC while a machine sleeps, and a call that slept must not leave as if it were young.
_PASSING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_offset: Callable[[], int] | None = None
_advance: Callable[[int], None] | None = None


def simulate(offset: Callable[[], int] | None, advance: Callable[[int], None] | None) -> None:
    """Follow a shared offset from now on; `None` returns to the real clock."""
    global _offset, _advance
    _offset, _advance = offset, advance


def now_ms() -> int:
    return _real() + (_offset() if _offset else 0)


def simulated() -> bool:
    return _offset is not None


def wait(seconds: float) -> None:
    """Let time pass that the work itself asks for: a back-off, a quiet time."""
    if _advance:
        _advance(round(seconds * SECOND))
    else:
        time.sleep(seconds)  # noqa: TID251 - the one place that may


def idle(stop: threading.Event, seconds: float) -> bool:
    """Rest in real time between two rounds of a process; True when it was told to stop meanwhile."""
    return stop.wait(seconds)


def monotonic() -> float:
    """Seconds for measuring how long something took, sleep of the machine included; never a moment in time."""
    return time.clock_gettime(_PASSING)


def to_datetime(ms: int, zone: str = "UTC") -> datetime:
    return datetime.fromtimestamp(ms / SECOND, UTC).astimezone(ZoneInfo(zone))


def local_date(ms: int, zone: str) -> date:
    return to_datetime(ms, zone).date()


def iso(ms: int) -> str:
    return to_datetime(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
