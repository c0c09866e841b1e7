"""Faults: which request meets which trouble. What each does is played in edge.py and by the provider."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .journal import matches

SEED = 20_260_101

# Troubles that decide the fate of one request; the first that strikes is played.
TROUBLES = {
    "status": "answer so and do nothing: arg 503 or {status, body?, headers?, content_type?}",
    "delay": "wait this many real seconds, then do the work: arg seconds",
    "drop_before_commit": "cut the connection, do nothing",
    "commit_then_drop": "do the work, then cut the connection",
    "commit_then_status": "do the work, then answer like `status`: arg 500 or {status, body?, ...}",
    "slow_commit": "cut the connection now, do the work when the virtual clock has moved on: arg seconds",
    "truncate": "do the work, then cut the connection in the middle of the answer",
    "html": "answer with an HTML page, do nothing: arg status (default 502)",
    "throttle": "429 for the whole scope: arg {scope: company|client|batch, seconds: 60, retry_after?}",
}
# Modes: how the provider behaves while the fault stands; all that match apply together.
MODES = {
    "ignore_request_ids": "request ids are not honoured: a repeat does the work again",
    "replay_errors": "answers that refuse are stored under the request id and replayed too",
    "strict_rotation": "arg {every_refresh: true, replay_kills: true, overlap_s: 0}",
    "partial_batch": "only the first items of a batch are done: arg {commit: 15, then: drop|fault}",
    "stale_reads": "reads see the company as it was up to this many virtual seconds ago: arg seconds",
    "day_limit": "after this many calls in a day (UTC) 429 until the next: arg calls",
    "read_cap": "after this many reads in a month 429 on reads, writes still work: arg calls",
    "clock_skew": "the server's clock is wrong by this many seconds: arg seconds",
}
ACTIONS = TROUBLES | MODES
MATCHERS = ("provider", "environment", "company", "client", "method", "path", "query", "body")


@dataclass
class Fault:
    id: str
    match: dict[str, Any]
    action: str
    arg: Any = None
    count: int | None = None
    probability: float = 1.0
    fired: int = 0

    @property
    def spent(self) -> bool:
        return self.count is not None and self.fired >= self.count

    def setting(self, name: str, default: Any) -> Any:
        """A part of `arg`, or `arg` itself where it is the plain value."""
        if isinstance(self.arg, Mapping):
            return self.arg.get(name, default)
        return default if self.arg is None else self.arg

    def option(self, name: str, default: Any) -> Any:
        """A part of `arg` that has no plain form."""
        return self.arg.get(name, default) if isinstance(self.arg, Mapping) else default


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self.clear()

    def clear(self) -> None:
        self._faults: dict[str, Fault] = {}
        self._dice = random.Random(SEED)

    def add(self, match: dict[str, Any], action: str, arg: Any, count: int | None, probability: float) -> Fault:
        fault = Fault(f"fault-{next(self._ids)}", match, action, arg, count, probability)
        with self._lock:
            self._faults[fault.id] = fault
        return fault

    def remove(self, fault_id: str) -> bool:
        with self._lock:
            return self._faults.pop(fault_id, None) is not None

    def all(self) -> list[Fault]:
        with self._lock:
            return list(self._faults.values())

    def trouble(self, request: Any) -> Fault | None:
        """The first standing trouble that strikes this request; it counts as fired."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults.values():
                if fault.action in TROUBLES and self._strikes(fault, request):
                    return fault
        return None

    def mode(self, action: str, request: Any) -> Fault | None:
        """The standing fault of that mode which this request meets; it counts as fired."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults.values():
                if fault.action == action and self._strikes(fault, request):
                    return fault
        return None

    def _strikes(self, fault: Fault, request: Any) -> bool:
        if fault.spent or not matches(request, fault.match):
            return False
        if fault.probability < 1 and self._dice.random() >= fault.probability:
            return False
        fault.fired += 1
        return True
