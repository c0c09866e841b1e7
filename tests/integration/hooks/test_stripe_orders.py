"""Stripe's money in every order: credit notes, refunds, write-offs and second words end in one state."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from kz_admin import clock
from kz_admin.models import CreditNote, Invoice, Payment, Receipt, Refund
from kz_admin.services import stripe
from kz_admin.services.documents import invoice_steps, payments
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.hooks.conftest import Rows
from tests.stripe_events import FINALIZED, PAID_AT, Stripe, event, invoice, line

At = Callable[[int], None]


@pytest.fixture
def stripe_hooks(app: Flask, cast: Cast) -> Stripe:
    return Stripe(app, cast)


def note(total: int = 2_000, **more: Any) -> dict[str, Any]:
    return {"id": "cn_1", "number": "CN-1", "invoice": "in_1", "currency": "usd", "total": total, "status": "issued",
            "created": FINALIZED + 500, "pre_payment_amount": total, "post_payment_amount": 0, **more}  # fmt: skip


def facts(rows: Rows) -> list[tuple[Any, ...]]:
    invoices = [
        (one.state, one.open_minor, one.paid_minor, one.credited_minor, one.written_off_minor)
        for one in rows.all(Invoice)
    ]
    credited = [(one.total_minor, one.open_minor, one.voided_at is not None) for one in rows.all(CreditNote)]
    paid = [(one.amount_minor, one.unallocated_minor, one.refunded_minor) for one in rows.all(Payment)]
    return [*invoices, *credited, *paid]


def wait(app: Flask) -> None:
    """Until everything that waited for another event was tried again."""
    with app.app_context():
        for minute in range(1, 4):
            clock.simulate(lambda late=minute * clock.MINUTE: late, None)
            stripe.work_due()


LIVES: dict[str, tuple[list[dict[str, Any]], list[tuple[Any, ...]]]] = {
    "a credit note for the whole": (
        [
            event("invoice.finalized", invoice("open")),
            event("credit_note.created", note(10_000)),
            event("invoice.paid", invoice(amount_paid=0, pre_payment_credit_notes_amount=10_000)),
        ],
        [("paid", 0, 0, 10_000, 0), (10_000, 0, False)],
    ),
    "a credit note for a part": (
        [
            event("invoice.finalized", invoice("open")),
            event("credit_note.created", note()),
            event("invoice.paid", invoice(amount_paid=8_000, pre_payment_credit_notes_amount=2_000)),
        ],
        [("paid", 0, 8_000, 2_000, 0), (2_000, 0, False), (8_000, 0, 0)],
    ),
    "given up after a credit note": (
        [
            event("invoice.finalized", invoice("open")),
            event("credit_note.created", note()),
            event("invoice.marked_uncollectible", invoice("uncollectible")),
        ],
        [("written_off", 0, 0, 2_000, 8_000), (2_000, 0, False)],
    ),
    "given up, then paid after all": (
        [
            event("credit_note.created", note()),
            event("invoice.marked_uncollectible", invoice("uncollectible")),
            event("invoice.paid", invoice(amount_paid=8_000, pre_payment_credit_notes_amount=2_000)),
        ],
        [("paid", 0, 8_000, 2_000, 0), (2_000, 0, False), (8_000, 0, 0)],
    ),
    "paid in part from the customer's balance": (
        [
            event("invoice.finalized", invoice("open")),
            event("invoice.marked_uncollectible", invoice("uncollectible")),
            event("invoice.paid", invoice(amount_paid=8_000, starting_balance=-2_000)),
        ],
        [("partly_paid", 2_000, 8_000, 0, 0), (8_000, 0, 0)],
    ),
    "two charges, both given back in part": (
        [
            event("invoice.paid", invoice()),
            event("invoice_payment.paid", {"id": "ip_1", "invoice": "in_1", "payment": {"payment_intent": "pi_1"}}),
            event("invoice_payment.paid", {"id": "ip_2", "invoice": "in_1", "payment": {"payment_intent": "pi_2"}}),
            event("charge.refunded", {"id": "ch_1", "amount_refunded": 3_000, "payment_intent": "pi_1"}),
            event("charge.refunded", {"id": "ch_2", "amount_refunded": 2_000, "payment_intent": "pi_2"}),
        ],
        [("paid", 0, 10_000, 0, 0), (10_000, 0, 5_000)],
    ),
}
ORDERS = [
    pytest.param(life, order, id=f"{life}-{''.join(map(str, order))}")
    for life, (told, _) in LIVES.items()
    for order in itertools.permutations(range(len(told)))
    if len(told) < 5 or order in ((0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (3, 4, 0, 2, 1))
]


@pytest.mark.parametrize(("life", "order"), ORDERS)
def test_every_order_of_credit_and_money_ends_the_same(
    app: Flask, stripe_hooks: Stripe, rows: Rows, life: str, order: tuple[int, ...]
) -> None:
    told, end = LIVES[life]
    for index in order:
        stripe_hooks.tell(told[index])
    wait(app)
    for index in order:  # and once more, as Stripe may: nothing changes
        said = told[index]
        stripe_hooks.tell(event(said["type"], said["data"]["object"]))
    assert facts(rows) == end
    assert {receipt.outcome for receipt in rows.all(Receipt)} <= {"accepted", "repeated", "already_paid", "ignored"}


@pytest.mark.parametrize("again", ["invoice.paid", "invoice.sent", "invoice.payment_failed"])
def test_a_second_word_of_a_payment_does_not_undo_what_a_person_voided(
    app: Flask, cast: Cast, stripe_hooks: Stripe, rows: Rows, again: str
) -> None:
    stripe_hooks.tell(event("invoice.paid", invoice()))
    with app.app_context():
        agency = Agency(cast.tenant_id)
        agency.do(payments.void, rows.all(Payment)[0].id, None)
        agency.do(invoice_steps.void, rows.all(Invoice)[0].id)
    stripe_hooks.tell(event(again, invoice()))
    assert [one.state for one in rows.all(Invoice)] == ["void"]


def test_what_a_person_was_paid_in_part_keeps_its_part_when_the_rest_is_given_up(
    app: Flask, cast: Cast, stripe_hooks: Stripe, rows: Rows
) -> None:
    stripe_hooks.tell(event("invoice.finalized", invoice("open")))
    with app.app_context():
        Agency(cast.tenant_id).pay(rows.all(Invoice)[0], 3_000)
    stripe_hooks.tell(event("invoice.marked_uncollectible", invoice("uncollectible")))
    assert facts(rows) == [("written_off", 0, 3_000, 0, 7_000), (3_000, 0, 0)]


def test_what_a_person_was_paid_in_part_is_not_voided(app: Flask, cast: Cast, stripe_hooks: Stripe, rows: Rows) -> None:
    stripe_hooks.tell(event("invoice.finalized", invoice("open")))
    with app.app_context():
        Agency(cast.tenant_id).pay(rows.all(Invoice)[0], 3_000)
    stripe_hooks.tell(event("invoice.voided", invoice("void")))
    assert facts(rows) == [("partly_paid", 7_000, 3_000, 0, 0), (3_000, 0, 0)]


def test_a_refund_finds_the_payment_that_a_person_recorded_first(
    app: Flask, cast: Cast, stripe_hooks: Stripe, rows: Rows
) -> None:
    stripe_hooks.tell(event("invoice.finalized", invoice("open")))
    with app.app_context():
        Agency(cast.tenant_id).pay(rows.all(Invoice)[0])
    assert stripe_hooks.tell(event("invoice.paid", invoice(payment_intent="pi_1"))) == "already_paid"
    stripe_hooks.tell(event("charge.refunded", {"id": "ch_1", "amount_refunded": 3_000, "payment_intent": "pi_1"}))
    assert facts(rows) == [("paid", 0, 10_000, 0, 0), (10_000, 0, 3_000)]


def test_an_event_that_is_sent_again_counts_down_and_is_the_same(stripe_hooks: Stripe, rows: Rows) -> None:
    """Stripe says in each event how many deliveries of it are still to come."""
    told = {**event("invoice.paid", invoice()), "pending_webhooks": 2}
    assert stripe_hooks.tell(told) == "accepted"
    assert stripe_hooks.tell({**told, "pending_webhooks": 0}) == "repeated"
    assert stripe_hooks.tell(dict(reversed(told.items()))) == "repeated"
    answer = stripe_hooks.post({**told, "pending_webhooks": 0, "data": {"object": invoice(total=1)}})
    assert answer.status_code == 409
    assert len(rows.all(Receipt)) == 1


def test_dates_are_the_tenants_days(app: Flask, stripe_hooks: Stripe, rows: Rows) -> None:
    """New York: 1:30 in the night of the first, by the clock of UTC, is the last day of the month before."""
    late = 1_796_088_600  # 2026-12-01 01:30 UTC
    moments = {"finalized_at": late, "paid_at": late}
    said = invoice(effective_at=late, due_date=late, status_transitions=moments, payment_intent="pi_1")
    stripe_hooks.tell(event("invoice.paid", said))
    stripe_hooks.tell(event("credit_note.created", note(pre_payment_amount=0, post_payment_amount=2_000, created=late)))
    refund = {"id": "ch_1", "amount_refunded": 2_000, "payment_intent": "pi_1"}
    stripe_hooks.tell(event("charge.refunded", refund, created=late))
    (booked,), (paid,) = rows.all(Invoice), rows.all(Payment)
    assert (booked.issued_on, booked.due_on, paid.paid_on) == ("2026-11-30",) * 3
    assert rows.all(CreditNote)[0].issued_on == rows.all(Refund)[0].refunded_on == "2026-11-30"
    assert booked.paid_at == late * 1000 != PAID_AT * 1000


def test_tax_that_stripe_rounded_on_the_whole_invoice_stands_as_stated(stripe_hooks: Stripe, rows: Rows) -> None:
    lines = [line(333, taxes=[{"amount": 33, "tax_behavior": "exclusive"}]) for _ in range(2)]
    said = {"lines": {"data": lines}, "total_taxes": [{"amount": 67, "tax_behavior": "exclusive"}]}
    assert stripe_hooks.tell(event("invoice.paid", invoice(total=733, amount_paid=733, **said))) == "accepted"
    assert [(one.total_minor, one.tax_minor, one.open_minor) for one in rows.all(Invoice)] == [(733, 67, 0)]


@pytest.mark.parametrize("header", ["t=1,v1=é", "v1=é", "t=é,v1=00", "é", "t=,v1=", "t=1e400,v1=00", "t=" + "9" * 5000])
def test_a_signature_of_any_letters_is_only_wrong(stripe_hooks: Stripe, rows: Rows, header: str) -> None:
    raw = b'{"id": "evt_1", "type": "invoice.paid"}'
    answer = stripe_hooks.client.post(stripe_hooks.path, data=raw, headers={"Stripe-Signature": header})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert rows.all(Receipt) == []


def test_one_waiting_call_that_breaks_does_not_hold_up_the_others(
    app: Flask, stripe_hooks: Stripe, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        stripe_hooks.tell(event("credit_note.created", note(id=f"cn_{number}", invoice="in_9")))
    first, second = rows.all(Receipt)
    true = stripe.again

    def broken(receipt_id: Any) -> Receipt:
        if receipt_id == first.id:
            raise RuntimeError("this one breaks the job")
        return true(receipt_id)

    monkeypatch.setattr(stripe, "again", broken)
    with app.app_context():
        assert stripe.work_due() == 2
    first, second = rows.all(Receipt)
    assert first.due_at > clock.now_ms() and first.outcome == "waiting"  # noqa: PT018 - one thing
    assert second.tries == 2


@pytest.mark.parametrize("broken", [{"data": None}, {"data": {}}, {"data": {"object": []}}, {"created": "x"}])
def test_an_event_without_an_object_is_kept_and_named(stripe_hooks: Stripe, rows: Rows, broken: dict[str, Any]) -> None:
    assert stripe_hooks.tell({**event("invoice.paid", invoice()), **broken}) == "failed"
    assert [one.problem for one in rows.all(Receipt)] == ["unknown_shape"]
