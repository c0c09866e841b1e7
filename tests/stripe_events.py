"""Stripe's events as they arrive, in the shapes of docs/stripe.md, and their signature written from its description."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import Cast

SECRET = "whsec_stripe_of_the_tests"
FINALIZED, PAID_AT = 1_795_000_000, 1_795_080_000
_numbers = itertools.count(1)


def invoice(status: str = "paid", **more: Any) -> dict[str, Any]:
    made = {
        "id": "in_1",
        "object": "invoice",
        "number": "2026-0001",
        "status": status,
        "currency": "usd",
        "created": FINALIZED - 60,
        "effective_at": FINALIZED,
        "due_date": None,
        "customer": "cus_S1",
        "customer_name": "Nordlicht Studio",
        "customer_email": "books@nordlicht.example",
        "customer_address": {"city": "Hamburg", "country": "DE", "line1": "Elbe 1", "postal_code": "20095"},
        "total": 10_000,
        "amount_paid": 10_000 if status == "paid" else 0,
        "total_discount_amounts": [],
        "lines": {"has_more": False, "data": [line()]},
        "status_transitions": {"finalized_at": FINALIZED, "paid_at": PAID_AT if status == "paid" else None},
    }
    return {**made, **more}


def line(amount: int = 10_000, **more: Any) -> dict[str, Any]:
    pricing = {"unit_amount_decimal": str(amount)}
    made = {"id": "il_1", "amount": amount, "quantity": 1, "description": "Design", "pricing": pricing, "taxes": []}
    return {**made, **more}


def old_line(amount: int, tax: int, inclusive: bool) -> dict[str, Any]:
    """As versions before 2025 wrote it."""
    taxes = [{"amount": tax, "inclusive": inclusive, "tax_rate": "txr_1"}]
    return {"id": "il_1", "amount": amount, "quantity": 1, "description": "Design", "tax_amounts": taxes,
            "price": {"unit_amount_decimal": str(amount)}}  # fmt: skip


def event(kind: str, thing: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": f"evt_{next(_numbers)}", "object": "event", "type": kind, "data": {"object": thing}, **more}


def header(raw: bytes, secret: str = SECRET, at: int | None = None) -> str:
    moment = int(time.time()) if at is None else at
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + raw, hashlib.sha256).hexdigest()
    return f"t={moment},v1={mac}"


class Stripe:
    """Posts events to a tenant's endpoint."""

    def __init__(self, app: Flask, cast: Cast, path: str = "/hooks/stripe/acme", **said: str) -> None:
        from kz_admin.services import stripe_accounts
        from kz_admin.services.audit import SYSTEM

        self.client, self.path = app.test_client(), path
        with app.app_context():
            entered = stripe_accounts.Said(**{"endpoint_secret": SECRET, **said})
            stripe_accounts.save(cast.tenant_id, entered, SYSTEM)

    def post(self, told: dict[str, Any], secret: str = SECRET, at: int | None = None) -> TestResponse:
        raw = json.dumps(told).encode()
        return self.client.post(self.path, data=raw, headers={"Stripe-Signature": header(raw, secret, at)})

    def tell(self, told: dict[str, Any]) -> str:
        answer = self.post(told)
        assert answer.status_code == 202, answer.text
        outcome: str = answer.get_json()["outcome"]
        return outcome
