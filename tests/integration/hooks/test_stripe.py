"""Stripe's webhooks end in the same documents as every other path, in any order and however often."""

from __future__ import annotations

import itertools
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from kz_admin.domain.failures import Wrong
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.models import Client, CreditNote, Invoice, Payment, PaymentAllocation, Receipt
from kz_admin.models.session import engine
from kz_admin.services import stripe, stripe_lines, stripe_steps
from tests.cast import Cast
from tests.conftest import make_app
from tests.integration.documents.agency import Agency
from tests.integration.hooks.conftest import Rows
from tests.platform import Platform, body
from tests.stripe_events import SECRET, Stripe, event, invoice, line, old_line

ONE = {"client": 1, "invoice": 1, "payment": 1}


@pytest.fixture
def stripe_hooks(app: Flask, cast: Cast) -> Stripe:
    return Stripe(app, cast)


@pytest.mark.promise("KZ-02")
def test_a_paid_invoice_is_booked_once_with_its_own_moment(stripe_hooks: Stripe, rows: Rows) -> None:
    paid = event("invoice.paid", invoice())
    assert [stripe_hooks.tell(paid), stripe_hooks.tell(paid)] == ["accepted", "repeated"]
    assert stripe_hooks.tell(event("invoice.paid", invoice())) == "repeated"
    assert rows.counts() == {**ONE, "receipt": 2}
    (booked,) = rows.all(Invoice)
    assert (booked.as_state, booked.paid_at) == (InvoiceState.PAID, 1_795_080_000_000)


def test_a_foreign_or_old_signature_keeps_nothing(stripe_hooks: Stripe, rows: Rows, cast: Cast) -> None:
    told = event("invoice.paid", invoice())
    assert stripe_hooks.post(told, secret="whsec_other").status_code == 401
    assert stripe_hooks.post(told, at=1).status_code == 401
    stripe_hooks.path = "/hooks/stripe/beta"
    assert stripe_hooks.post(told).status_code == 401
    assert sum(rows.counts().values()) == 0


def test_an_id_told_again_with_another_body_is_refused(stripe_hooks: Stripe) -> None:
    told = event("invoice.paid", invoice())
    stripe_hooks.tell(told)
    assert stripe_hooks.post({**told, "data": {"object": invoice(total=1)}}).status_code == 409


def life(*steps: str) -> list[dict[str, Any]]:
    told = {
        "finalized": event("invoice.finalized", invoice("open")),
        "sent": event("invoice.sent", invoice("open")),
        "failed": event("invoice.payment_failed", invoice("open")),
        "paid": event("invoice.paid", invoice("paid")),
        "voided": event("invoice.voided", invoice("void")),
        "given_up": event("invoice.marked_uncollectible", invoice("uncollectible")),
    }
    return [told[step] for step in steps]


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        (("finalized", "sent", "paid"), "paid"),
        (("finalized", "sent", "voided"), "void"),
        (("finalized", "given_up", "paid"), "paid"),
        (("finalized", "given_up", "voided"), "void"),
        (("finalized", "paid", "voided"), "paid"),
    ],
)
def test_every_order_of_a_life_ends_the_same(app: Flask, cast: Cast, rows: Rows, steps: Any, end: str) -> None:
    """Each order is lived by an invoice of its own, every event twice."""
    hooks = Stripe(app, cast)
    for number, order in enumerate(itertools.permutations(steps)):
        mine = {"id": f"in_{number}", "number": f"N-{number}"}
        for told in [*life(*order), *life(*order)]:
            told["data"]["object"] |= mine
            hooks.tell(told)
    ends = {(one.state, one.open_minor, one.sent_at is not None) for one in rows.all(Invoice)}
    assert ends == {(end, 0, "sent" in steps)}
    assert len(rows.all(Payment)) == (len(rows.all(Invoice)) if end == "paid" else 0)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"lines": {"data": [line(10_000, taxes=[{"amount": 2_000, "tax_behavior": "exclusive"}])]}, "total": 12_000,
          "amount_paid": 12_000}, (12_000, 2_000, 0)),
        ({"lines": {"data": [line(12_000, taxes=[{"amount": 2_000, "tax_behavior": "inclusive"}])]}, "total": 12_000,
          "amount_paid": 12_000}, (12_000, 2_000, 0)),
        ({"lines": {"data": [old_line(10_000, 2_000, inclusive=False)]}, "total": 12_000, "amount_paid": 12_000},
         (12_000, 2_000, 0)),
        ({"lines": {"data": [line()]}, "total_discount_amounts": [{"amount": 1_000}], "total": 9_000,
          "amount_paid": 9_000}, (9_000, 0, 1_000)),
        ({"currency": "jpy", "lines": {"data": [line(1_200)]}, "total": 1_200, "amount_paid": 1_200}, (1_200, 0, 0)),
        ({"lines": {"data": [line(9_999, quantity=3, pricing={"unit_amount_decimal": "3333"})]}, "total": 9_999,
          "amount_paid": 9_999}, (9_999, 0, 0)),
        ({"paid_out_of_band": True}, (10_000, 0, 0)),
    ],
    ids=["exclusive", "inclusive", "older shape", "discount", "yen", "quantity", "outside of Stripe"],
)  # fmt: skip
def test_amounts_arrive_to_the_unit(stripe_hooks: Stripe, rows: Rows, told: Any, expected: Any) -> None:
    assert stripe_hooks.tell(event("invoice.paid", invoice(**told))) == "accepted", rows.all(Receipt)[0].detail
    (booked,) = rows.all(Invoice)
    assert (booked.total_minor, booked.tax_minor, booked.discount_minor) == expected
    assert booked.as_state is InvoiceState.PAID


def long_invoice() -> dict[str, Any]:
    return invoice(lines={"has_more": True, "data": [line(500)] * 10}, total=6_000, amount_paid=6_000)


def test_more_than_ten_lines_without_a_key_fail_plainly(stripe_hooks: Stripe, app: Flask, rows: Rows) -> None:
    assert stripe_hooks.tell(event("invoice.paid", long_invoice())) == "waiting"
    with app.app_context():
        stripe.work_due()
    (receipt,) = rows.all(Receipt)
    assert (receipt.outcome, receipt.problem) == ("failed", "stripe_lines_missing")
    assert "restricted key" in receipt.detail
    assert rows.all(Invoice) == []


def test_more_than_ten_lines_are_fetched_with_the_restricted_key(
    app: Flask, cast: Cast, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str | None, str]] = []

    def fetch(key: str | None, invoice_id: str) -> list[dict[str, Any]]:
        asked.append((key, invoice_id))
        return [line(500)] * 12

    monkeypatch.setattr(stripe_lines, "fetch", fetch)
    hooks = Stripe(app, cast, restricted_key="rk_test_1")
    hooks.tell(event("invoice.paid", long_invoice()))
    with app.app_context():
        stripe.work_due()
        stripe.work_due()
    assert asked == [("rk_test_1", "in_1")]
    (booked,) = rows.all(Invoice)
    assert (booked.as_state, booked.total_minor) == (InvoiceState.PAID, 6_000)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_a_refund_finds_its_payment_in_any_order(
    app: Flask, stripe_hooks: Stripe, rows: Rows, order: tuple[int, ...]
) -> None:
    paid_with = {"payment_intent": "pi_1"}
    told = [
        event("invoice.paid", invoice()),
        event("invoice_payment.paid", {"id": "inpay_1", "invoice": "in_1", "payment": paid_with}),
        event("charge.refunded", {"id": "ch_1", "amount_refunded": 3_000, "currency": "usd", **paid_with}),
    ]
    for index in order:
        stripe_hooks.tell(told[index])
    from kz_admin import clock

    with app.app_context():
        for minute in range(1, 4):
            clock.simulate(lambda late=minute * 60_000: late, None)
            stripe.work_due()
    assert [payment.refunded_minor for payment in rows.all(Payment)] == [3_000]
    assert {receipt.outcome for receipt in rows.all(Receipt)} <= {"accepted", "ignored"}


@pytest.mark.parametrize("first", ["credit note", "paid"])
def test_a_credit_note_before_payment_settles_its_part_in_any_order(
    stripe_hooks: Stripe, rows: Rows, first: str
) -> None:
    note = {"id": "cn_1", "number": "CN-1", "invoice": "in_1", "currency": "usd", "total": 2_000, "status": "issued",
            "created": 1_795_000_500, "pre_payment_amount": 2_000, "post_payment_amount": 0}  # fmt: skip
    stripe_hooks.tell(event("invoice.finalized", invoice("open")))
    told = {
        "credit note": event("credit_note.created", note),
        "paid": event("invoice.paid", invoice(amount_paid=8_000)),
    }
    stripe_hooks.tell(told.pop(first))
    stripe_hooks.tell(next(iter(told.values())))
    (booked,) = rows.all(Invoice)
    assert (booked.as_state, booked.paid_minor, booked.credited_minor) == (InvoiceState.PAID, 8_000, 2_000)
    stripe_hooks.tell(event("credit_note.voided", {**note, "status": "void"}))
    assert rows.all(CreditNote)[0].voided_at is not None


def test_a_number_that_belongs_to_another_client_is_a_failed_receipt_and_a_2xx(
    app: Flask, cast: Cast, stripe_hooks: Stripe, rows: Rows
) -> None:
    with app.app_context():
        agency = Agency(cast.tenant_id)
        agency.invoice(agency.client("Else", email="else@where.example"), number="2026-0001")
    assert stripe_hooks.tell(event("invoice.paid", invoice())) == "failed"
    assert rows.all(Receipt)[0].problem == "duplicate_number"
    assert rows.counts() == {"client": 1, "invoice": 1, "payment": 0, "receipt": 1}


def test_a_customer_we_know_is_called_what_stripe_calls_it(stripe_hooks: Stripe, rows: Rows) -> None:
    customer = {"id": "cus_S1", "name": "Nordlicht GmbH", "email": "new@nordlicht.example", "address": None}
    assert stripe_hooks.tell(event("customer.created", customer)) == "ignored"
    assert rows.all(Client) == []
    stripe_hooks.tell(event("invoice.paid", invoice()))
    stripe_hooks.tell(event("customer.updated", customer))
    assert [(one.name, one.email) for one in rows.all(Client)] == [("Nordlicht GmbH", "new@nordlicht.example")]


def test_a_shape_nobody_knows_is_kept_and_named(stripe_hooks: Stripe, rows: Rows) -> None:
    assert stripe_hooks.tell(event("invoice.paid", {"id": "in_1", "status": "paid", "currency": "usd"})) == "failed"
    assert rows.all(Receipt)[0].problem == "unknown_shape"
    assert stripe_hooks.tell(event("payout.paid", {"id": "po_1"})) == "ignored"


@pytest.mark.promise("A49")
def test_connect_finds_the_tenant_by_account_and_an_unknown_one_is_a_2xx(
    cast: Cast, app: Flask, database_url: str, rows: Rows
) -> None:
    platform = make_app(database_url, KZ_STRIPE_CONNECT_SECRET=SECRET)
    hooks = Stripe(platform, cast, "/hooks/stripe", account="acct_1")
    assert hooks.tell(event("invoice.paid", invoice(), account="acct_9")) == "ignored"
    assert hooks.tell(event("invoice.paid", invoice(), account="acct_1")) == "accepted"
    assert rows.all(Invoice)[0].tenant_id == cast.tenant_id
    with platform.app_context():
        engine().dispose()


OWN_ID = {"payment.id": "pay-1", "payment.amount": "100.00"}


@pytest.mark.promise("KZ-02", "KZ-03")
@pytest.mark.parametrize("said", [{}, OWN_ID], ids=["what is open", "a payment of its own"])
@pytest.mark.parametrize("in_rounds", [False, True], ids=["each twice", "all twice"])
@pytest.mark.parametrize("order", list(itertools.permutations(("mark", "hook", "stripe"))), ids="-".join)
def test_three_paths_in_any_order_each_twice_are_one_invoice_with_one_payment(
    app: Flask,
    cast: Cast,
    platform: Platform,
    stripe_hooks: Stripe,
    rows: Rows,
    order: tuple[str, ...],
    in_rounds: bool,
    said: dict[str, str],
) -> None:
    from kz_admin.domain.failures import Conflict

    with app.app_context():
        agency = Agency(cast.tenant_id)
        ours = agency.invoice(agency.client("Nordlicht", email="books@nordlicht.example"), number="2026-0001")

        def mark() -> None:
            with suppress(Conflict):  # the page answers "This invoice is paid already. Nothing was recorded."
                agency.pay(ours)

        paths = {
            "mark": mark,
            "hook": lambda: platform.told(body(**said)),
            "stripe": lambda: stripe_hooks.tell(event("invoice.paid", invoice())),
        }
        for path in (*order, *order) if in_rounds else (path for path in order for _ in range(2)):
            paths[path]()
    assert rows.counts() == {**ONE, "receipt": 4}
    (booked,), (payment,), (part,) = rows.all(Invoice), rows.all(Payment), rows.all(PaymentAllocation)
    assert (booked.as_state, booked.open_minor, booked.paid_minor, booked.id) == (
        InvoiceState.PAID,
        0,
        10_000,
        ours.id,
    )
    assert (payment.amount_minor, payment.unallocated_minor) == (10_000, 0)
    assert (part.payment_id, part.invoice_id, part.amount_minor) == (payment.id, ours.id, 10_000)
    assert payment.source == {"mark": "person", "hook": "platform", "stripe": "stripe"}[order[0]]


def test_what_was_rolled_back_with_a_failed_event_waits_for_nothing(
    connected: UUID, stripe_hooks: Stripe, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise Wrong("lines", "Nothing of this can be booked.")

    with monkeypatch.context() as patch:
        patch.setattr(stripe_steps, "_link_money", broken)  # after the documents were saved
        assert stripe_hooks.tell(event("invoice.paid", invoice())) == "failed"
    assert (rows.records(), rows.all(Invoice), rows.all(Client)) == ({}, [], [])
    stripe_hooks.tell(event("invoice.paid", invoice()))
    assert {name: row.state for name, row in rows.records().items()} == {
        "client/USD": "due",
        "invoice": "due",
        "payment": "due",
    }
