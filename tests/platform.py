"""A billing platform of the tests: it holds a key and its secret, and signs what it posts, after Standard Webhooks."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kz_admin import clock
from kz_admin.services import keys
from kz_admin.services.audit import SYSTEM

PATH = "/hooks/paid"
BODY: dict[str, Any] = {
    "client": {"id": "cus-1", "name": "Nordlicht Studio", "email": "books@nordlicht.example"},
    "invoice": {
        "id": "inv-1",
        "number": "2026-0001",
        "issued_on": "2026-11-01",
        "currency": "USD",
        "lines": [{"description": "Design", "quantity": "2", "unit_price": "50.00", "amount": "100.00"}],
        "total": "100.00",
    },
    "payment": {"paid_at": "2026-11-20T10:00:00Z", "method": "card"},
}


def body(**changes: Any) -> dict[str, Any]:
    """The usual body with changes by path: body(**{"invoice.total": "7"}); None removes the field."""
    made = copy.deepcopy(BODY)
    for path, value in changes.items():
        *parents, name = path.split(".")
        inside: Any = made
        for parent in parents:
            inside = inside[int(parent)] if isinstance(inside, list) else inside.setdefault(parent, {})
        if value is None:
            inside.pop(name, None)
        else:
            inside[name] = value
    return made


def signature(secret: str, delivery: str, timestamp: str, raw: bytes) -> str:
    """Written anew from the published description, not by our own code."""
    key = b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, delivery.encode() + b"." + timestamp.encode() + b"." + raw, hashlib.sha256)
    return "v1," + b64encode(mac.digest()).decode()


@dataclass
class Platform:
    """Posts through a client of the application; headers can be changed one by one."""

    client: FlaskClient
    key: str = field(repr=False)
    secret: str = field(repr=False)

    @classmethod
    def of(cls, app: Flask, tenant_id: UUID | None) -> Platform:
        with app.app_context():
            made = keys.create("Billing", tenant_id, SYSTEM)
        return cls(app.test_client(), made.key, made.signing_secret)

    def headers(self, raw: bytes, delivery: str = "", at: int | None = None, **more: str) -> dict[str, str]:
        delivery = delivery or f"msg_{uuid4().hex}"
        timestamp = str((clock.now_ms() if at is None else at) // 1000)
        return {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "webhook-id": delivery,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(self.secret, delivery, timestamp, raw),
            **more,
        }

    def post(self, said: dict[str, Any] | bytes | None = None, delivery: str = "", **more: Any) -> TestResponse:
        raw = said if isinstance(said, bytes) else json.dumps(said or BODY).encode()
        return self.client.post(PATH, data=raw, headers=self.headers(raw, delivery, **more))

    def told(self, said: dict[str, Any] | None = None, delivery: str = "") -> dict[str, Any]:
        answer = self.post(said, delivery)
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.get_json()
        return found
