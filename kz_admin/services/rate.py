"""How fast one caller may be: a bucket per caller in this process, refilled as time passes."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from kz_admin import clock
from kz_admin.domain.failures import Throttled

MOST_CALLERS = 10_000


@dataclass(frozen=True)
class Bucket:
    holds: int
    refills_per_s: float


class Buckets:
    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, caller: str) -> None:
        """One call of this caller, or Throttled saying when the next one fits."""
        now = clock.monotonic()
        with self._lock:
            if len(self._left) > MOST_CALLERS:
                self._left.clear()
            left, since = self._left.get(caller, (float(self._bucket.holds), now))
            left = min(self._bucket.holds, left + (now - since) * self._bucket.refills_per_s)
            if left < 1:
                wait = int((1 - left) / self._bucket.refills_per_s) + 1
                self._left[caller] = (left, now)
                raise Throttled("Too many calls with this key at once. Send the rest a little later.", wait)
            self._left[caller] = (left - 1, now)
