"""Guards that can be taken out of a process, one at a time: what must not pass unnoticed without them."""

from __future__ import annotations

from collections.abc import Callable

WITHOUT = "TEST_WITHOUT"  # the name of a guard, in the environment of a forked process

MUTATIONS: dict[str, Callable[[], None]] = {}


def apply(name: str) -> None:
    if name:
        MUTATIONS[name]()
