"""Signals that must wait a moment: while something is done that no crash may tear apart."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

DEFERRED = (signal.SIGTERM, signal.SIGALRM)  # a shutdown, and RQ's limit for a job


@contextmanager
def deferred() -> Iterator[None]:
    """What comes meanwhile acts at the end of the block."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread only, and a web server's lets its threads finish
        return
    came: list[tuple[int, FrameType | None]] = []

    def later(number: int, frame: FrameType | None) -> None:
        came.append((number, frame))

    before = {number: signal.signal(number, later) for number in DEFERRED}
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is later:  # else somebody chose another one meanwhile
                signal.signal(number, handler)
        for came_number, frame in came:
            _act(came_number, frame)


def _act(number: int, frame: FrameType | None) -> None:
    handler = signal.getsignal(number)
    if callable(handler):
        handler(number, frame)
    else:
        signal.raise_signal(number)
