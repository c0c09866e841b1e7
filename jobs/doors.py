"""What may be rung for. `services.bell.ring("deliver_mails")` runs `deliver_mails` here, in a worker.

A door holds no logic: it opens one service. Arguments are ids, nothing else. What is not in DOORS is not run,
whatever stands in Redis.
"""

from __future__ import annotations

from collections.abc import Callable

from kz_admin.services import housekeeping, mails


def deliver_mails() -> None:
    mails.deliver_due()


def keep_house() -> None:
    housekeeping.sweep()


DOORS: dict[str, Callable[..., None]] = {
    f"{door.__module__}.{door.__name__}": door for door in (deliver_mails, keep_house)
}
