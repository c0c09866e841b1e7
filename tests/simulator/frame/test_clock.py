"""The virtual clock by itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from simulator.frame.clock import VirtualClock


def test_a_jump_halts_at_each_planned_moment_in_order() -> None:
    clock, seen = VirtualClock(), []
    began = clock.now_ms()
    for seconds in (300, 100, 200):
        clock.at(began + seconds * 1000, lambda: seen.append(round((clock.now_ms() - began) / 1000)))
    clock.advance(250_000)
    assert seen == [100, 200]
    clock.advance(100_000)
    assert seen == [100, 200, 300]
    assert 349_000 < clock.now_ms() - began < 355_000
    clock.stop()


def test_what_is_planned_happens_without_a_jump_too() -> None:
    clock, done = VirtualClock(), threading.Event()
    clock.at(clock.now_ms() + 50, done.set)
    assert done.wait(5)
    clock.stop()


def test_jumps_asked_for_at_once_all_count() -> None:
    clock = VirtualClock()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: clock.advance(1000), range(200)))
    assert clock.offset_ms == 200_000


def test_a_wrong_clock_is_wrong_in_its_own_thread_only() -> None:
    clock = VirtualClock()
    with clock.skewed(600_000), ThreadPoolExecutor(1) as other:
        assert clock.now_ms() - other.submit(clock.now_ms).result() > 590_000
    assert clock.now_ms() - VirtualClock().now_ms() < 1000
