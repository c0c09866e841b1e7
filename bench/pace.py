"""`python -m bench.pace`: what a slot costs, taken from and given back to a real Redis, in a minute full of calls.

The rules alone, without Redis, stand beside it. The first block is dropped, and the median of the others counts.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from kz_admin import config, create_app
from kz_admin.domain import pace as rules
from kz_admin.domain.pace import Pace
from kz_admin.domain.pace_text import as_text, from_text
from kz_admin.domain.pushing import Limits
from kz_admin.domain.status import Lane
from kz_admin.models import Connection
from kz_admin.services import bell, pace
from kz_admin.services.pace import Slot
from tests.conftest import environment
from tests.fixtures.redis import RealRedis

WITH_REDIS_MS, RULES_MS, TEXT_MS = 3.0, 0.15, 0.3
BLOCKS, IN_BLOCK = 7, 100
NOW, MINUTE = 1_800_000_000_000, 60_000
UNTIL = NOW + 130_000
# Room for one more, so that every take has its slot and the window stays as full as it can be.
LIMITS = Limits(
    per_minute=501, per_second=12, at_once=8, bulk_items=30, bulk_per_minute=41, per_day=None, throttled_s=60
)
FULL = Pace(
    seen=NOW,
    given=500,
    interactive=tuple(NOW - MINUTE + 1 + number * 240 for number in range(249)),
    bulk=tuple(NOW - MINUTE + 121 + number * 240 for number in range(249)),
    batches=tuple(NOW - MINUTE + 1 + number * 1_500 for number in range(39)),
)
COMPANY = Connection(provider="quickbooks", environment="production", company_key="bench")


@dataclass(frozen=True)
class Line:
    what: str
    budget: float
    found: float

    @property
    def met(self) -> bool:
        return self.found <= self.budget


def measure() -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        redis = RealRedis(Path(folder))
        redis.start()
        try:
            app = create_app(config.load(environment(REDIS_URL=redis.url)))
            with app.app_context():
                return [
                    Line("a slot, taken and given back in Redis", WITH_REDIS_MS, _milliseconds(_in_redis)),
                    Line("the rules alone, 500 calls in the minute", RULES_MS, _milliseconds(_rules)),
                    Line("the state as a text and back", TEXT_MS, _milliseconds(_text)),
                ]
        finally:
            redis.stop()


def _in_redis() -> None:
    """Never two more than at the beginning: what was given back counts, so the slot is put down as unused."""
    got = pace.take(COMPANY, LIMITS, NOW, Lane.BULK, bulk=True, holder="bench", until=UNTIL, interactive_waits=True)
    assert isinstance(got, Slot), got
    pace.give_back(COMPANY, got, NOW, used=False)


def _rules() -> None:
    state, got = rules.take(
        FULL, LIMITS, NOW, Lane.BULK, bulk=True, holder="bench", until=UNTIL, interactive_waits=True
    )
    assert isinstance(got, Slot), got
    rules.give_back(state, got, NOW)


def _text() -> None:
    from_text(as_text(FULL))


def _milliseconds(call: Callable[[], None]) -> float:
    bell.client().set(pace.key(COMPANY), as_text(FULL))
    blocks = [median(_timed(call) for _ in range(IN_BLOCK)) for _ in range(BLOCKS)]
    return median(blocks[1:]) * 1_000


def _timed(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def main() -> int:
    lines = measure()
    for line in lines:
        mark = "ok  " if line.met else "MISS"
        print(f"{mark} {line.what:45} {line.found:6.3f} ms (at most {line.budget:g})")
    return 0 if all(line.met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
