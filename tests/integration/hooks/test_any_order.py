"""Deliveries in any order and number give one state (I3): found by random search, on one database for all tries."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kz_admin.models import Invoice, Payment, PaymentAllocation, SyncRecord
from tests.cast import Cast
from tests.integration.hooks.conftest import Rows
from tests.stripe_events import PAID_AT, Stripe, event, invoice

_lives = itertools.count(1)
STEPS = {
    "created": ("invoice.created", "draft"),
    "finalised": ("invoice.finalized", "open"),
    "sent": ("invoice.sent", "open"),
    "failed": ("invoice.payment_failed", "open"),
    "paid": ("invoice.paid", "paid"),
    "voided": ("invoice.voided", "void"),
    "given up": ("invoice.marked_uncollectible", "uncollectible"),
}


def end_of(steps: set[str]) -> str | None:
    """The state that a set of deliveries means, written down apart from the code."""
    if "paid" in steps:
        return "paid"
    if "voided" in steps:
        return "void"
    if "given up" in steps:
        return "written_off"
    if "sent" in steps:
        return "sent"
    return "finalised" if steps - {"created"} else None


class End(NamedTuple):
    """All that matters of an invoice and its money, without ids."""

    state: str
    open: int
    paid: int
    written_off: int
    sent: bool
    paid_at: int | None
    payments: tuple[tuple[int, int], ...]  # what of each is on this invoice, and what is on none


def expected_of(steps: set[str]) -> End | None:
    state = end_of(steps)
    if state is None:
        return None
    paid = state == "paid"
    return End(
        state=state,
        open=10_000 if state in ("finalised", "sent") else 0,
        paid=10_000 if paid else 0,
        written_off=10_000 if state == "written_off" else 0,
        sent="sent" in steps,
        paid_at=PAID_AT * 1000 if paid else None,
        payments=((10_000, 0),) if paid else (),
    )


def ends(rows: Rows) -> dict[str, End]:
    """By number: every invoice there is, so that a second one of the same life cannot hide."""
    rest = {one.id: one.unallocated_minor for one in rows.all(Payment)}
    parts: dict[UUID, list[tuple[int, int]]] = {}
    for part in rows.all(PaymentAllocation):
        parts.setdefault(part.invoice_id, []).append((part.amount_minor, rest.pop(part.payment_id)))
    assert rest == {}, "a payment that settles nothing"
    found = rows.all(Invoice)
    assert len({one.number for one in found}) == len(found)
    return {
        one.number: End(
            one.state,
            one.open_minor,
            one.paid_minor,
            one.written_off_minor,
            one.sent_at is not None,
            one.paid_at,
            tuple(parts.get(one.id, ())),
        )
        for one in found
    }


class Life:
    """One invoice of Stripe's, told step by step; `anew` in an event of its own, else in the very same one."""

    def __init__(self, hooks: Stripe) -> None:
        number = next(_lives)
        self._hooks, self.number = hooks, f"N-{number}"
        self._mine: dict[str, Any] = {"id": f"in_{number}", "number": self.number}
        self._told: dict[str, dict[str, Any]] = {}

    def tell(self, step: str, *, anew: bool) -> None:
        kind, status = STEPS[step]
        if anew or step not in self._told:
            self._told[step] = event(kind, invoice(status, **self._mine))
        self._hooks.tell(self._told[step])


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deliveries=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.booleans()), min_size=1, max_size=9))
def test_any_deliveries_in_any_order_end_as_their_set_says(
    app: Flask, cast: Cast, rows: Rows, deliveries: list[tuple[str, bool]]
) -> None:
    life = Life(Stripe(app, cast))
    for step, anew in deliveries:
        life.tell(step, anew=anew)
    assert ends(rows).get(life.number) == expected_of({step for step, _ in deliveries})


def in_a_row(order: tuple[str, ...]) -> list[str]:
    return [step for step in order for _ in range(2)]


def one_after_the_other(order: tuple[str, ...]) -> list[str]:
    return [*order, *order]


def there_and_back(order: tuple[str, ...]) -> list[str]:
    return [*order, *reversed(order)]


@pytest.mark.parametrize("doubled", [in_a_row, one_after_the_other, there_and_back])
@pytest.mark.parametrize("last", ["paid", "given up"])
def test_every_permutation_of_a_life_twice_is_one_state(
    app: Flask, cast: Cast, connected: UUID, rows: Rows, doubled: Any, last: str
) -> None:
    """Half of the repeats are the very same delivery, half are told anew."""
    hooks, steps = Stripe(app, cast), ("created", "finalised", last, "voided")
    lives = []
    for order in itertools.permutations(steps):
        life, seen = Life(hooks), set()
        for step in doubled(order):
            life.tell(step, anew=step in seen and step in ("finalised", last))
            seen.add(step)
        lives.append(life.number)
    assert ends(rows) == dict.fromkeys(lives, expected_of(set(steps)))
    # each document has one record, wanted or not; a client has one for all its invoices
    kinds = [one.kind for one in rows.all(SyncRecord)]
    paid = last == "paid"
    assert (kinds.count("invoice"), kinds.count("payment")) == (len(lives), len(lives) if paid else 0)
    assert kinds.count("client") == (1 if paid else 0)
