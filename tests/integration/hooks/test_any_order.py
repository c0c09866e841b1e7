"""Deliveries in any order and number give one state (I3): found by random search, on one database for all tries."""

from __future__ import annotations

import itertools
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kz_admin.models import Invoice, Payment
from tests.cast import Cast
from tests.integration.hooks.conftest import Rows
from tests.stripe_events import Stripe, event, invoice

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


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deliveries=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=9))
def test_any_deliveries_in_any_order_end_as_their_set_says(
    app: Flask, cast: Cast, rows: Rows, deliveries: list[str]
) -> None:
    hooks, life = Stripe(app, cast), next(_lives)
    mine: dict[str, Any] = {"id": f"in_{life}", "number": f"N-{life}"}
    told = {step: event(kind, invoice(status, **mine)) for step, (kind, status) in STEPS.items()}
    for step in deliveries:
        hooks.tell(told[step])
    found = [one for one in rows.all(Invoice) if one.number == f"N-{life}"]
    expected = end_of(set(deliveries))
    assert [one.state for one in found] == ([expected] if expected else [])
    paid = sum(one.amount_minor for one in rows.all(Payment))
    assert paid == 10_000 * sum(one.state == "paid" for one in rows.all(Invoice))
