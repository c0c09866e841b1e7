"""Sliding-window limits on the virtual clock. A scope that ran over stays shut for a pause."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """At most `calls` in any `window_ms`; once over, shut for `pause_ms`."""

    name: str
    calls: int
    window_ms: int
    pause_ms: int


class Limits:
    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._running: dict[str, int] = {}  # survives a reset: those calls are still at work
        self.on = True
        self.forget()

    def forget(self) -> None:
        self._hits: dict[tuple[str, str], deque[int]] = {}
        self._shut: dict[tuple[str, str], int] = {}
        self._meters: dict[tuple[str, str, str], int] = {}

    def hit(self, wanted: Sequence[tuple[Rule, str]]) -> Rule | None:
        """Counts one call under every (rule, scope), or names the rule that refuses it (then uncounted)."""
        now = self._now_ms()
        with self._lock:
            for rule, scope in wanted:
                if self._shut.get((rule.name, scope), 0) > now:
                    return rule
            if not self.on:
                return None
            for rule, scope in wanted:
                if self._is_over(rule, scope, now):
                    self._shut[rule.name, scope] = now + rule.pause_ms
                    return rule
            for rule, scope in wanted:
                self._hits.setdefault((rule.name, scope), deque()).append(now)
        return None

    def _is_over(self, rule: Rule, scope: str, now: int) -> bool:
        hits = self._hits.get((rule.name, scope))
        if not hits:
            return False
        while hits and hits[0] <= now - rule.window_ms:
            hits.popleft()
        return len(hits) >= rule.calls

    def shut(self, rule_name: str, scope: str, for_ms: int) -> None:
        """Shuts a scope whatever it has used (the throttle fault)."""
        with self._lock:
            self._shut[rule_name, scope] = self._now_ms() + for_ms

    @contextmanager
    def at_work(self, scope: str) -> Iterator[int]:
        """While a call of this scope is at work; gives how many there are with it."""
        with self._lock:
            running = self._running[scope] = self._running.get(scope, 0) + 1
        try:
            yield running
        finally:
            with self._lock:
                self._running[scope] -= 1

    def used(self, meter: str, scope: str, period: str) -> int:
        """How much of a quota of a day or a month is gone."""
        return self._meters.get((meter, scope, period), 0)

    def count(self, meter: str, scope: str, period: str) -> None:
        with self._lock:
            self._meters[meter, scope, period] = self.used(meter, scope, period) + 1
