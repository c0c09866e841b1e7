"""What may be rung for. `services.bell.ring("deliver_mails")` runs `deliver_mails` here, in a worker.

A door holds no logic: it opens one service. Arguments are ids, nothing else. What is not in DOORS is not run,
whatever stands in Redis.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from kz_admin.domain.lists import List
from kz_admin.services import (
    defaults,
    disconnect,
    expiry,
    housekeeping,
    mails,
    options,
    outbox,
    receipts,
    stripe,
    tokens,
)


def deliver_mails() -> None:
    mails.deliver_due()


def keep_house() -> None:
    housekeeping.sweep()
    receipts.forget_bodies()


def keep_connections() -> None:
    """Finish what a crash left half-done, keep idle consents alive, warn before they end."""
    disconnect.finish_abandoned()
    tokens.refresh_due()
    expiry.warn_before_expiry()


def refresh_options() -> None:
    """Read the lists that are old, and finish what a crash right after a callback left half-done."""
    defaults.catch_up()


def read_options(connection_id: str) -> None:
    """What the callback could not finish: read the accounts, choose the likely ones."""
    if options.refresh(UUID(connection_id), List.ACCOUNTS):
        defaults.choose_likely(UUID(connection_id))


def plan_documents(connection_id: str = "") -> None:
    """Decide what nobody decided yet, on one connection or on all that are live."""
    outbox.sweep(UUID(connection_id) if connection_id else None)


def work_receipts() -> None:
    """Stripe events that wait: for lines that have to be fetched, or for another event."""
    stripe.work_due()


DOORS: dict[str, Callable[..., None]] = {
    f"{door.__module__}.{door.__name__}": door
    for door in (
        deliver_mails,
        keep_connections,
        keep_house,
        plan_documents,
        read_options,
        refresh_options,
        work_receipts,
    )
}
