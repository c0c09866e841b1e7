"""Calls about the same money at the same moment: one of them books, the others find what it left. Nobody sees a 500."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from kz_admin.domain.failures import Refused
from kz_admin.domain.payments import Method
from kz_admin.models import Client, Invoice, Payment, PaymentAllocation, Receipt, Refund, Service
from kz_admin.services import stripe_accounts
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents import refunds
from kz_admin.services.documents.work import carry_out_once
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.hooks.conftest import Rows
from tests.platform import Platform, body
from tests.stripe_events import Stripe, event, invoice

Deed = Callable[[], Any]
ROUNDS = 4


def at_once(app: Flask, *deeds: Deed) -> list[Any]:
    """What each of them came to, all begun at the same moment."""
    start, found = Barrier(len(deeds)), [None] * len(deeds)

    def run(index: int, deed: Deed) -> None:
        with app.app_context():
            start.wait()
            try:
                found[index] = deed()
            except Exception as error:
                found[index] = error

    threads = [Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.fixture
def hook(app: Flask, platform: Platform) -> Callable[..., Deed]:
    """A call that tells its status and outcome; each has a client of its own, as processes do."""

    def made(delivery: str = "", **changes: Any) -> Deed:
        mine = Platform(app.test_client(), platform.key, platform.secret)

        def deed() -> tuple[int, str]:
            answer = mine.post(body(**changes), delivery)
            said = answer.get_json()
            return answer.status_code, said.get("outcome") or said.get("field")

        return deed

    return made


def test_six_calls_about_one_new_invoice_book_it_once(
    app: Flask, connected: UUID, hook: Callable[..., Deed], rows: Rows
) -> None:
    for number in range(1, ROUNDS + 1):
        said = {"client.id": f"cus-{number}", "client.email": f"c{number}@a.example", "invoice.id": f"inv-{number}",
                "invoice.number": f"N-{number}"}  # fmt: skip
        outcomes = at_once(app, *(hook(**said) for _ in range(6)))
        assert sorted(outcomes) == [(202, "accepted"), *[(202, "repeated")] * 5]
        assert rows.counts() == {"client": number, "invoice": number, "payment": number, "receipt": 6 * number}
    assert all((one.state, one.open_minor) == ("paid", 0) for one in rows.all(Invoice))
    assert len(rows.records()) == 3  # client, invoice and payment: each with the local id of one of them
    assert len(rows.all(PaymentAllocation)) == ROUNDS


def test_one_delivery_in_six_connections_is_one_receipt(app: Flask, hook: Callable[..., Deed], rows: Rows) -> None:
    for number in range(1, ROUNDS + 1):
        said = {"invoice.id": f"inv-{number}", "invoice.number": f"N-{number}"}
        outcomes = at_once(app, *(hook(f"msg_{number}", **said) for _ in range(6)))
        assert sorted(outcomes) == [(202, "accepted"), *[(202, "repeated")] * 5]
        assert len(rows.all(Receipt)) == number


def test_one_delivery_id_with_two_bodies_keeps_one(app: Flask, hook: Callable[..., Deed], rows: Rows) -> None:
    outcomes = at_once(app, hook("msg_1"), hook("msg_1", **{"payment.reference": "x"}))
    assert sorted(outcomes) == [(202, "accepted"), (409, "webhook-id")]
    assert rows.counts() == {"client": 1, "invoice": 1, "payment": 1, "receipt": 1}


def test_two_parts_at_once_are_both_booked_and_never_too_much(
    app: Flask, hook: Callable[..., Deed], rows: Rows
) -> None:
    for number in range(ROUNDS):
        said = {"invoice.id": f"inv-{number}", "invoice.number": f"N-{number}"}
        parts = [{"payment.id": f"p{number}-{part}", "payment.amount": "60.00"} for part in range(2)]
        outcomes = at_once(app, *(hook(**said, **part) for part in parts for _ in range(2)))
        assert sorted(outcomes) == [(202, "accepted")] * 2 + [(202, "repeated")] * 2
    payments = rows.all(Payment)
    assert [one.amount_minor for one in payments] == [6_000] * 2 * ROUNDS
    assert sum(one.unallocated_minor for one in payments) == 2_000 * ROUNDS
    assert {(one.state, one.paid_minor, one.open_minor) for one in rows.all(Invoice)} == {("paid", 10_000, 0)}


def test_a_click_a_hook_and_stripe_at_the_same_moment_are_one_payment(
    app: Flask, cast: Cast, hook: Callable[..., Deed], rows: Rows
) -> None:
    with app.app_context():
        agency = Agency(cast.tenant_id)
        client = agency.client("Nordlicht", email="books@nordlicht.example")
    endpoints = [Stripe(app, cast) for _ in range(2)]
    for number in range(ROUNDS):
        with app.app_context():
            ours = agency.invoice(client, number=f"N-{number}")
        told = invoice(id=f"in_{number}", number=f"N-{number}", customer=f"cus_{number}")
        said = {"invoice.id": f"inv-{number}", "invoice.number": f"N-{number}"}
        outcomes = at_once(
            app,
            *(lambda ours=ours: agency.pay(ours) for _ in range(2)),
            *(hook(**said) for _ in range(2)),
            *(lambda one=one, told=told: one.post(event("invoice.paid", told)).status_code for one in endpoints),
        )
        assert [one for one in outcomes[:2] if isinstance(one, Exception) and not isinstance(one, Refused)] == []
        assert [status for status, _ in outcomes[2:4]] == [202, 202]
        assert outcomes[4:] == [202, 202]
    assert [one.state for one in rows.all(Invoice)] == ["paid"] * ROUNDS
    assert [(one.amount_minor, one.unallocated_minor) for one in rows.all(Payment)] == [(10_000, 0)] * ROUNDS
    assert len(rows.all(Client)) == 1


def test_two_invoices_that_name_the_same_new_things_the_other_way_round(
    app: Flask, hook: Callable[..., Deed], rows: Rows
) -> None:
    """On PostgreSQL they wait for each other's services: one of them is ended, and begins again."""
    line = {"quantity": "1", "unit_price": "50.00", "amount": "50.00"}
    for number in range(ROUNDS):
        services = [{"id": f"s{number}-{one}", "name": f"Service {number}-{one}"} for one in range(2)]
        calls = []
        for turn, order in enumerate((services, services[::-1])):
            lines = [{**line, "description": one["name"], "service": one} for one in order]
            name = f"{number}-{turn}"
            said = {"invoice.lines": lines, "invoice.id": f"inv-{name}", "invoice.number": f"N-{name}",
                    "client.id": f"cus-{name}", "client.email": f"{name}@a.example"}  # fmt: skip
            calls.append(hook(**said))
        assert at_once(app, *calls) == [(202, "accepted")] * 2
    assert len(rows.all(Service)) == 2 * ROUNDS


def test_a_click_twice_on_a_refund_leads_to_the_first_one(app: Flask, cast: Cast, rows: Rows) -> None:
    with app.app_context():
        agency = Agency(cast.tenant_id)
        for number in range(ROUNDS):
            payment = agency.pay(agency.invoice(agency.client(f"Client {number}")))
            details = refunds.Details(100_00, "2026-07-16", Method.CARD, payment_id=payment.id)
            action = uuid4()

            def click(details: Any = details, action: UUID = action) -> UUID:
                return carry_out_once(cast.tenant_id, SYSTEM, action, refunds.create, details)

            first, second = at_once(app, click, click)
            assert first == second
    assert len(rows.all(Refund)) == ROUNDS


def test_two_tenants_that_claim_one_stripe_account_are_told(app: Flask, cast: Cast) -> None:
    said = stripe_accounts.Said(account="acct_1", endpoint_secret="whsec_x")
    tenants = (cast.tenant_id, cast.other_tenant_id)
    outcomes = at_once(app, *(lambda one=one: stripe_accounts.save(one, said, SYSTEM) for one in tenants))
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert [isinstance(one, Refused) for one in refused] == [True], refused


def test_two_admins_that_store_the_first_secret_at_once_are_told(app: Flask, cast: Cast) -> None:
    said = [stripe_accounts.Said(endpoint_secret=f"whsec_{number}") for number in range(4)]
    outcomes = at_once(app, *(lambda one=one: stripe_accounts.save(cast.tenant_id, one, SYSTEM) for one in said))
    assert [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refused)] == []
