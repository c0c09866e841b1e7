"""Guards that can be taken out of a process, one at a time: what must not pass unnoticed without them."""

from __future__ import annotations

from collections.abc import Callable

WITHOUT = "TEST_WITHOUT"  # the name of a guard, in the environment of a forked process


def patience() -> None:
    """No guard, only shorter: a process that is stopped really cannot be stopped for ten virtual seconds."""
    from kz_admin.services.push import sending

    sending.LEAVES_WITHIN_S = 0.05


MUTATIONS: dict[str, Callable[[], None]] = {one.__name__: one for one in (patience,)}


def apply(name: str) -> None:
    if name:
        MUTATIONS[name]()
