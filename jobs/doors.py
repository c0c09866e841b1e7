"""What may be rung for. `services.bell.ring("deliver_mails")` runs `deliver_mails` here, in a worker.

A door holds no logic: it opens one service. Arguments are ids, nothing else. What is not in DOORS is not run,
whatever stands in Redis.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from kz_admin.domain.lists import List
from kz_admin.domain.status import Lane
from kz_admin.services import (
    cause_alerts,
    chat,
    company_facts,
    defaults,
    digests,
    disconnect,
    expiry,
    housekeeping,
    mails,
    mapping_matches,
    options,
    past_linking,
    past_reading,
    retention,
    stripe,
    tokens,
    unplanned,
)
from kz_admin.services.push import drain


def deliver_mails() -> None:
    mails.deliver_due()


def deliver_chat() -> None:
    chat.deliver_due()


def tell_people() -> None:
    """What is newly in the way is told once; in the morning, what still is."""
    cause_alerts.look()
    digests.write_due()


def keep_house() -> None:
    housekeeping.sweep()
    retention.sweep()


def keep_connections() -> None:
    """Finish what a crash left half-done, keep idle consents alive, warn before they end."""
    disconnect.finish_abandoned()
    tokens.refresh_due()
    expiry.warn_before_expiry()


def refresh_options() -> None:
    """Read what is old of the companies, and finish what a crash right after a callback left half-done."""
    defaults.catch_up()
    company_facts.refresh_due()


def read_options(connection_id: str) -> None:
    """What the callback did not wait for: the lists that were never read, and the likely accounts among them."""
    options.refresh_new(UUID(connection_id))
    defaults.choose_likely(UUID(connection_id))
    mapping_matches.run_all(UUID(connection_id))


def read_list(connection_id: str, which: str) -> None:
    """A person asked for one list anew; what it offers now is suggested."""
    options.refresh(UUID(connection_id), List(which))
    mapping_matches.run(UUID(connection_id), List(which))


def match_list(connection_id: str, which: str) -> None:
    """Auto-Match of a list too long for a click to wait for."""
    mapping_matches.run(UUID(connection_id), List(which))


def read_past_invoices(connection_id: str) -> None:
    """Their invoices of before the connection, for a turn."""
    past_reading.go_on(UUID(connection_id))


def link_past_invoices(connection_id: str) -> None:
    """Those that a person confirmed."""
    past_linking.run(UUID(connection_id))


def keep_past_invoices() -> None:
    """What of both a lost ring, a crash or a pause left half-done."""
    past_reading.resume()
    past_linking.resume()


def plan_documents() -> None:
    """Decide what nobody decided yet, of what changed lately."""
    unplanned.sweep_recent()


def plan_everything() -> None:
    """And of all there is: what another program wrote, and kinds that this version is the first to send."""
    unplanned.sweep()


def plan_again(connection_id: str) -> None:
    """The settings of one connection changed: what was due is looked at anew."""
    unplanned.plan_again(UUID(connection_id))


def push_now(connection_id: str) -> None:
    """What a click or a hook made due on one connection."""
    drain.run(UUID(connection_id), Lane.INTERACTIVE)


def push_bulk(connection_id: str) -> None:
    """Everything else that is due there, for a turn."""
    drain.run(UUID(connection_id), Lane.BULK)


def work_receipts() -> None:
    """Stripe events that wait: for lines that have to be fetched, or for another event."""
    stripe.work_due()


DOORS: dict[str, Callable[..., None]] = {
    f"{door.__module__}.{door.__name__}": door
    for door in (
        deliver_chat,
        deliver_mails,
        keep_connections,
        keep_house,
        keep_past_invoices,
        link_past_invoices,
        match_list,
        plan_again,
        plan_documents,
        plan_everything,
        push_bulk,
        push_now,
        read_list,
        read_options,
        read_past_invoices,
        refresh_options,
        tell_people,
        work_receipts,
    )
}
