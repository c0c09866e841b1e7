"""The virtual clock: real time plus an offset that only control moves. All that is dated asks here."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Action = Callable[[], None]
REST_S = 0.5  # a wake between looking and resting would be missed, so no rest is longer


class VirtualClock:
    """Runs on by itself; `advance` and `set` jump, and do at once what had become due by then."""

    def __init__(self, offset_ms: int = 0) -> None:
        self.offset_ms = offset_ms
        self._skew = threading.local()
        self._due: list[tuple[int, int, Action]] = []
        self._order = itertools.count()
        self._moved = threading.Condition()
        self._jump = threading.Lock()  # several processes may ask for a jump at once; each must count
        self._ticker: threading.Thread | None = None
        self.stopped = False

    def now_ms(self) -> int:
        return int(time.time() * 1000) + self.offset_ms + getattr(self._skew, "ms", 0)

    @contextmanager
    def skewed(self, by_ms: int) -> Iterator[None]:
        """Within the block this thread sees a clock that is wrong by that much (the clock-skew fault)."""
        self._skew.ms = by_ms
        try:
            yield
        finally:
            self._skew.ms = 0

    def advance(self, by_ms: int) -> int:
        """A jump halts at everything that was planned on the way, so that each is done at its own moment."""
        with self._jump:
            target = self.offset_ms + by_ms
            while (due := self._first_due()) is not None and due < self.now_ms() + target - self.offset_ms:
                self.offset_ms += max(0, due - self.now_ms())
                self._run_due()
            self.offset_ms = target
            self._run_due()
            return self.now_ms()

    def _first_due(self) -> int | None:
        with self._moved:
            return self._due[0][0] if self._due else None

    def set(self, to_ms: int) -> int:
        return self.advance(to_ms - self.now_ms())

    def at(self, when_ms: int, action: Action) -> None:
        """Does the action once the clock has reached that moment, however it gets there."""
        with self._moved:
            heapq.heappush(self._due, (when_ms, next(self._order), action))
            if self._ticker is None:
                self._ticker = threading.Thread(target=self._tick, name="clock", daemon=True)
                self._ticker.start()
            self._moved.notify_all()

    def forget(self) -> None:
        """Drops what was planned (a reset)."""
        with self._moved:
            self._due.clear()

    def wait(self, until_ms: int | None) -> None:
        """Rests until that moment or until the clock jumps, whichever is first."""
        with self._moved:
            self._rest(until_ms)

    def wake(self) -> None:
        with self._moved:
            self._moved.notify_all()

    def stop(self) -> None:
        """Lets the threads that follow this clock end."""
        self.stopped = True
        self.wake()

    def _rest(self, until_ms: int | None) -> None:
        seconds = REST_S if until_ms is None else min(REST_S, (until_ms - self.now_ms()) / 1000)
        if seconds > 0:
            self._moved.wait(seconds)

    def _tick(self) -> None:
        while not self.stopped:
            with self._moved:
                self._rest(self._due[0][0] if self._due else None)
            self._run_due()

    def _run_due(self) -> None:
        while action := self._next_due():
            action()
        self.wake()

    def _next_due(self) -> Action | None:
        with self._moved:
            if self._due and self._due[0][0] <= self.now_ms():
                return heapq.heappop(self._due)[2]
        return None
