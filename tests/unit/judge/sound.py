"""Evidence without a fault: one paid invoice that went over as it should. Tests damage it in one place."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from kz_admin.models import (
    Attempt,
    Call,
    Client,
    Connection,
    CreditAllocation,
    CreditNote,
    Invoice,
    Payment,
    PaymentAllocation,
    Receipt,
    Refund,
    Service,
    SyncRecord,
)
from tests.chaos.judge import Evidence, Rows, Violation, calls
from tests.chaos.judge.evidence import as_write

COMPANY = "9341000000000001"
T0 = 1_800_000_000_000
TENANT = uuid4()


@dataclass
class Sound:
    rows: Rows = field(default_factory=Rows)
    journal: list[dict[str, Any]] = field(default_factory=list)
    objects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    company: str = COMPANY

    def __post_init__(self) -> None:
        common = {"tenant_id": TENANT, "provider": "quickbooks", "environment": "production", "key_pair": "production"}
        self.connection = Connection(**common, state="connected", state_since=T0, connected_at=T0 - 1000, fence=1)
        self.client = Client(tenant_id=TENANT, name="Ada", email="ada@example.com")
        self.service = Service(tenant_id=TENANT, name="Services")
        money = {"tenant_id": TENANT, "client_id": self.client.id, "currency": "USD"}
        self.invoice = Invoice(**money, number="1", total_minor=10000, open_minor=0, state="paid", created_at=T0)
        self.payment = Payment(**money, amount_minor=10000, unallocated_minor=0, created_at=T0)
        ids = {"payment_id": self.payment.id, "invoice_id": self.invoice.id}
        self.allocation = PaymentAllocation(tenant_id=TENANT, amount_minor=10000, **ids)
        told = {"source": "platform", "scope": str(TENANT), "delivery_id": "msg_1", "what": "paid"}
        self.receipt = Receipt(tenant_id=TENANT, **told, outcome="accepted", invoice_id=self.invoice.id, created_at=T0)
        rows = self.rows
        rows.connections, rows.clients, rows.services = [self.connection], [self.client], [self.service]
        rows.invoices, rows.payments, rows.allocations = [self.invoice], [self.payment], [self.allocation]
        rows.receipts = [self.receipt]
        self._go_over()

    def _go_over(self) -> None:
        named = {"DisplayName": "Ada", "PrimaryEmailAddr": {"Address": "ada@example.com"}}
        self.client_record = self.send("client", self.client.id, "Customer", named, at=T0 + 100)
        self.item_record = self.send("service", self.service.id, "Item", {"Name": "Services"}, at=T0 + 200)
        note = f"kz-admin invoice 1, kz:{self.invoice.id}"
        body = {"DocNumber": "1", "PrivateNote": note, "Line": [{"Amount": 100}]}
        there = {"TotalAmt": 100.0, "Balance": 0}
        self.invoice_record = self.send("invoice", self.invoice.id, "Invoice", body, at=T0 + 300, there=there)
        link = [{"TxnId": self.invoice_record.remote_id, "TxnType": "Invoice"}]
        body = {"TotalAmt": 100, "PrivateNote": f"kz:{self.payment.id}", "Line": [{"Amount": 100, "LinkedTxn": link}]}
        self.payment_record = self.send("payment", self.payment.id, "Payment", body, at=T0 + 400)

    def credited(self) -> tuple[SyncRecord, SyncRecord]:
        """A credit note over 30 that settles as much of the invoice; its record, and that of its use."""
        money = {"tenant_id": TENANT, "client_id": self.client.id, "currency": "USD", "created_at": T0}
        self.credit = CreditNote(**money, number="C1", total_minor=3000, open_minor=0, refunded_minor=0)
        ids = {"credit_note_id": self.credit.id, "invoice_id": self.invoice.id}
        self.use = CreditAllocation(tenant_id=TENANT, amount_minor=3000, **ids)
        self.rows.credit_notes, self.rows.credit_allocations = [self.credit], [self.use]
        self.payment.amount_minor = self.allocation.amount_minor = 7000
        self.objects["Payment"][0]["TotalAmt"] = 70
        memo = {"PrivateNote": f"kz:{self.credit.id}", "TotalAmt": 30}
        record = self.send("credit_note", self.credit.id, "CreditMemo", memo, at=T0 + 500)
        settled = [("Invoice", self.invoice_record.remote_id), ("CreditMemo", record.remote_id)]
        lines = [{"Amount": 30, "LinkedTxn": [{"TxnType": kind, "TxnId": there}]} for kind, there in settled]
        body = {"PrivateNote": f"kz:{self.credit.id}/applied", "TotalAmt": 0, "Line": lines}
        return record, self.send("credit_note", self.credit.id, "Payment", body, at=T0 + 600, part="applied")

    def credited_instead(self) -> tuple[SyncRecord, SyncRecord]:
        """The invoice is voided here and lies in closed books: the record of its credit, and of that one's use."""
        self.payment.voided_at = self.invoice.voided_at = T0 + 450
        self.take_away(self.payment_record, "void", at=T0 + 490)
        self.objects["Payment"].clear()
        self.invoice_record.removes = self.payment_record.removes = True
        memo = {"PrivateNote": f"kz:{self.invoice.id}/credited"}
        there = {"TotalAmt": 100.0, "Balance": 0}
        record = self.send("invoice", self.invoice.id, "CreditMemo", memo, at=T0 + 500, there=there, part="credited")
        settled = [("Invoice", self.invoice_record.remote_id), ("CreditMemo", record.remote_id)]
        lines = [{"Amount": 100, "LinkedTxn": [{"TxnType": kind, "TxnId": there}]} for kind, there in settled]
        body = {"PrivateNote": f"kz:{self.invoice.id}/credited_applied", "TotalAmt": 0, "Line": lines}
        use = self.send("invoice", self.invoice.id, "Payment", body, at=T0 + 600, part="credited_applied")
        return record, use

    def refunded(self) -> SyncRecord:
        """Ten of the payment were given back."""
        money = {"tenant_id": TENANT, "client_id": self.client.id, "currency": "USD", "created_at": T0}
        self.refund = Refund(**money, payment_id=self.payment.id, amount_minor=1000, refunded_on="2026-11-20")
        self.rows.refunds = [self.refund]
        body = {"PrivateNote": f"kz:{self.refund.id}", "TotalAmt": 10}
        return self.send("refund", self.refund.id, "RefundReceipt", body, at=T0 + 700)

    def take_away(self, record: SyncRecord, op: str, *, at: int) -> dict[str, Any]:
        """Its removal, as it arrived over there."""
        attempt = self.attempt(record, at=at - 10, closed_at=at + 60, outcome="applied", verb="remove", revision=2)
        entity = str(record.remote_type)
        gone = [(entity, str(record.remote_id), op)]
        body = {"Id": record.remote_id, "SyncToken": str(len(self.journal))}
        return self.write(attempt, entity, body, at=at, objects=gone, query={"operation": op})

    # -- building -----------------------------------------------------------------------------------

    def record(self, kind: str, local_id: UUID, **values: Any) -> SyncRecord:
        made = SyncRecord(
            **{
                "tenant_id": TENANT,
                "connection_id": self.connection.id,
                "kind": kind,
                "local_id": local_id,
                "part": "",
                "planned_revision": 1,
                "pushed_revision": 1,
                "removes": False,
                "kills": 0,
                "state": "due",
                "lane": "interactive",
                **values,
            }
        )
        self.rows.records.append(made)
        return made

    def send(
        self,
        kind: str,
        local_id: UUID,
        entity: str,
        body: dict[str, Any],
        *,
        at: int,
        there: dict[str, Any] | None = None,
        part: str = "",
    ) -> SyncRecord:
        """One create, from the record to the object over there."""
        remote_id = str(len(self.journal) + 1)
        tied = {"state": "done", "linked_by": "created", "remote_type": entity, "remote_id": remote_id}
        record = self.record(kind, local_id, part=part, **tied)
        attempt = self.attempt(record, at=at - 10, closed_at=at + 60, outcome="applied")
        self.write(attempt, entity, body, at=at, objects=[(entity, remote_id, "create")])
        self.objects.setdefault(entity, []).append({"Id": remote_id, **body, **(there or {})})
        return record

    def attempt(self, record: SyncRecord, *, at: int, closed_at: int | None = None, **values: Any) -> Attempt:
        call = Call(connection_id=record.connection_id, tenant_id=TENANT, items=1, first_sent_at=at, last_sent_at=at)
        call.closed_at, call.request_id = closed_at, f"r-{uuid4().hex[:20]}"
        made = Attempt(
            **{
                "tenant_id": TENANT,
                "connection_id": record.connection_id,
                "sync_record_id": record.id,
                "call_id": call.id,
                "position": 0,
                "verb": "create",
                "revision": 1,
                "generation": 0,
                "opened_at": at,
                "closed_at": closed_at,
                **values,
            }
        )
        self.rows.calls.append(call)
        self.rows.attempts.append(made)
        return made

    def call_of(self, record: SyncRecord) -> Call:
        attempt = next(one for one in self.rows.attempts if one.sync_record_id == record.id)
        return next(one for one in self.rows.calls if one.id == attempt.call_id)

    def write(
        self,
        attempt: Attempt,
        entity: str,
        body: dict[str, Any],
        *,
        at: int,
        objects: list[tuple[str, str, str]] | None = None,
        **values: Any,
    ) -> dict[str, Any]:
        """The request of this attempt, with the id that it has to have, in Call and journal alike."""
        call = next(one for one in self.rows.calls if one.id == attempt.call_id)
        call.request_id = calls.request_id_of(self.evidence(), call, [attempt], self.company)
        entry = self.request(entity.lower(), at=at, body=json.dumps(body), request_id=call.request_id, **values)
        entry["objects"] = [{"type": kind, "id": remote_id, "op": op} for kind, remote_id, op in objects or []]
        entry["committed"] = bool(objects)
        written = as_write(entry)
        assert written
        call.body_hash = written.body_hash
        return entry

    def request(self, what: str, *, at: int, **values: Any) -> dict[str, Any]:
        """Any request of ours to the company."""
        entry = {
            "seq": len(self.journal) + 1,
            "at": at,
            "until": at + 50,
            "provider": "quickbooks",
            "environment": "production",
            "company": self.company,
            "client": "app",
            "method": "POST",
            "path": f"/quickbooks/v3/company/{self.company}/{what}",
            "query": {},
            "headers": {"Authorization": "Bearer token-of-the-tests"},
            "body": "",
            "status": 200,
            "response": "{}",
            "committed": False,
            "request_id": None,
            "objects": [],
            "fault": None,
            "replayed": False,
            **values,
        }
        self.journal.append(entry)
        return entry

    def token_call(self, *, at: int, shown: str, got: str = "", status: int = 200, until: int = 0) -> None:
        response = json.dumps({"access_token": "access-" + got, "refresh_token": got}) if got else "{}"
        entry = self.request("", at=at, status=status, response=response, company=None)
        entry |= {"path": "/quickbooks/oauth2/v1/tokens/bearer", "until": until or at + 50}
        entry["body"] = f"grant_type=refresh_token&refresh_token={shown}"

    # -- judging ------------------------------------------------------------------------------------

    def evidence(self) -> Evidence:
        state = {"companies": [{"company": self.company, "objects": self.objects}]}
        return Evidence(self.rows, self.journal, state, self.texts, **self.more)


def rules_broken(found: list[Violation]) -> set[str]:
    return {violation.rule for violation in found}
