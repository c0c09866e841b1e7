"""Webhooks as Intuit words and signs them: the older notifications and CloudEvents."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from simulator.frame.provider import Event, WebhookForm

# Intuit's list; CompanyInfo, TaxCode and TaxRate are not on it.
NAMES = """
Account Bill BillPayment Budget Class CreditMemo Currency Customer Department Deposit Employee Estimate Invoice Item
JournalCode JournalEntry Payment PaymentMethod Preferences Purchase PurchaseOrder RefundReceipt SalesReceipt TaxAgency
Term TimeActivity Transfer Vendor VendorCredit
"""
TOLD = frozenset(NAMES.split())
PAST = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Merge": "merged",
    "Emailed": "emailed",
    "Void": "void",
}
# What is documented for the notifications page of 2024: soon, then ever more seldom, then every six hours.
PAUSES_S = (10, 20, 30, 300, 1200, 7200, 14_400, 21_600)


def tells(entity: str, operation: str) -> bool:
    return entity in TOLD and operation in PAST


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{ms % 1000:03d}"


def notifications(events: Sequence[Event]) -> bytes:
    """One element per company, in the order in which its first event came."""
    by_company: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        by_company.setdefault(event.company_id, []).append(_entity(event))
    body = {
        "eventNotifications": [
            {"realmId": company, "dataChangeEvent": {"entities": entities}} for company, entities in by_company.items()
        ]
    }
    return json.dumps(body, separators=(",", ":")).encode()


def _entity(event: Event) -> dict[str, Any]:
    entity = {
        "id": event.object_id,
        "operation": event.operation,
        "name": event.entity,
        "lastUpdated": _time(event.at_ms) + "Z",
    }
    if event.operation == "Merge":
        entity["deletedId"] = str(event.more.get("deletedId", ""))
    return entity


def cloud_events(events: Sequence[Event]) -> bytes:
    return json.dumps([_cloud_event(event) for event in events], separators=(",", ":")).encode()


def _cloud_event(event: Event) -> dict[str, Any]:
    source = hashlib.sha256(f"{event.environment}/{event.company_id}".encode()).digest()
    data = {"deletedid": str(event.more["deletedId"])} if "deletedId" in event.more else {}
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": f"intuit.{base64.b64encode(source).decode()}",
        "type": f"qbo.{event.entity.lower()}.{PAST[event.operation]}.v1",
        "datacontenttype": "application/json",
        # Nine digits, as seen on the wire: readers that take six have to cut.
        "time": f"{_time(event.at_ms)}{int(event.id[:5], 16) % 1_000_000:06d}Z",
        "intuitentityid": event.object_id,
        "intuitaccountid": event.company_id,
        "data": data,
    }


def signature(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def headers(secret: str, body: bytes, wording: str) -> dict[str, str]:
    made = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "intuit_notification_server/1.0",
        "intuit-signature": signature(secret, body),
    }
    if wording == "legacy":
        made["intuit-notification-schema-version"] = "1.0"
    return made


WEBHOOKS = WebhookForm(
    formats={"cloudevents": cloud_events, "legacy": notifications},
    headers=headers,
    tells=tells,
    default_format="cloudevents",
    answer_within_s=3,
    retry_after_s=PAUSES_S,
)
