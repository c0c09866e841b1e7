"""Guards that can be taken out of a process, one at a time: what must not pass unnoticed without them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

WITHOUT = "TEST_WITHOUT"  # the name of a guard, in the environment of a forked process


def patience() -> None:
    """No guard, only shorter: a process that is stopped really cannot be stopped for ten virtual seconds."""
    from kz_admin.services.push import sending

    sending.LEAVES_WITHIN_S = 0.05


def survival_at_build() -> None:
    """No guard either: a payload that no worker survives."""
    from kz_admin.domain.kinds import Kind
    from kz_admin.providers import PROVIDERS

    pusher = PROVIDERS["quickbooks"].pushers[Kind.INVOICE]
    build = pusher.build

    def deadly(record: Any, refs: Any) -> Any:
        if record.number == "KILLER":
            os.kill(os.getpid(), signal.SIGKILL)
        return build(record, refs)

    object.__setattr__(pusher, "build", deadly)


def survival_at_send() -> None:
    """The same, once its call is committed."""
    from kz_admin.services.push import drain, sending

    launch = sending.Air.launch

    def deadly(air: Any, flight: Any) -> None:
        if b"invoice KILLER" in flight.outbound.request.body:
            os.kill(os.getpid(), signal.SIGKILL)
        launch(air, flight)

    drain.Air.launch = deadly  # type: ignore[method-assign]


_ALL = (patience, survival_at_build, survival_at_send)
MUTATIONS: dict[str, Callable[[], None]] = {one.__name__: one for one in _ALL}


def apply(name: str) -> None:
    if name:
        MUTATIONS[name]()
