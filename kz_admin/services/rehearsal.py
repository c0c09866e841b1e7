"""An example of /hooks/paid: what it looks like, and what would become of it, without keeping anything."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from kz_admin import clock, ids
from kz_admin.domain import paid_body, strict_json
from kz_admin.domain.kinds import Source
from kz_admin.domain.money import Money
from kz_admin.models.invoice import Invoice
from kz_admin.models.session import writing
from kz_admin.models.tenant import Tenant
from kz_admin.services import paid
from kz_admin.services.audit import Actor
from kz_admin.services.documents.work import Work
from kz_admin.services.paid import Sender


class _Rehearsed(Exception):
    """Ends the transaction, so that nothing of the example stays."""


def example(currency: str = "USD", now: int | None = None) -> dict[str, Any]:
    """A whole body with new ids, as a platform would send it."""
    moment = clock.to_datetime(clock.now_ms() if now is None else now)
    mark = ids.uuid7().hex[-8:]
    return {
        "client": {
            "id": "example-client",
            "name": "Example Client Ltd",
            "email": "billing@client.example.com",
            "address": {"line1": "1 Main Street", "city": "Springfield", "postal_code": "12345", "country": "US"},
        },
        "invoice": {
            "id": f"example-{mark}",
            "number": f"EXAMPLE-{mark.upper()}",
            "issued_on": moment.date().isoformat(),
            "currency": currency,
            "lines": [
                {
                    "description": "Design",
                    "quantity": "2",
                    "unit_price": "60",
                    "amount": "120",
                    "service": {"id": "example-design", "name": "Design"},
                }
            ],
            "total": "120",
        },
        "payment": {"paid_at": moment.isoformat(timespec="seconds"), "method": "card", "reference": "example"},
    }


def rehearse(tenant_id: UUID, actor: Actor) -> str:
    """Book the example and take it back; says what would have happened."""
    said = ""
    try:
        with writing() as session:
            tenant = session.get_one(Tenant, tenant_id)
            body = json.dumps(example(tenant.currency)).encode()
            work = Work(session, tenant_id, actor, clock.now_ms(), audited=False)
            booked = paid.book(work, Sender(Source.PLATFORM, tenant.time_zone), paid_body.read(strict_json.read(body)))
            invoice = session.get_one(Invoice, booked.invoice_id)
            said = (
                f"{invoice.title} over {Money(invoice.total_minor, invoice.currency)}, {invoice.as_state.word.lower()}"
            )
            raise _Rehearsed
    except _Rehearsed:
        return said
