"""Exactly once: I1 to I3 and I7. One document, one object over there, tied to each other."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from kz_admin.models import SyncRecord
from tests.chaos.judge.evidence import CREDITED, CREDITED_APPLIED, Evidence
from tests.chaos.judge.violation import Violation

MARKED = {"Invoice": "invoice", "Payment": "payment", "CreditMemo": "credit_note", "RefundReceipt": "refund"}
OF_A_CREDIT = (CREDITED, CREDITED_APPLIED)
MANY_TO_ONE = frozenset({"client", "project", "service", "vendor"})
# The use of a credit note for invoices is an object of its own, marked as a part of the credit note; so is a payment's
# share for another customer.
MARKER = re.compile(r"kz:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:/\w+)?)")
VOIDED = "Voided"


def is_live(thing: Mapping[str, Any]) -> bool:
    """A void keeps the object, with `Voided` before its note and nothing in it."""
    return not (str(thing.get("PrivateNote", "")).startswith(VOIDED) and not float(thing.get("TotalAmt") or 0))


def marked(evidence: Evidence) -> dict[tuple[str, str], list[str]]:
    """Company and marker → the ids of live objects that carry it, with their kind before them."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for company, kinds in evidence.objects.items():
        for entity in MARKED:
            for thing in kinds.get(entity, ()):
                for marker in set(MARKER.findall(str(thing.get("PrivateNote", "")))):
                    if is_live(thing):
                        found[company, marker].append(f"{entity} {thing['Id']}")
    return found


def at_most_one_live_object(evidence: Evidence) -> Iterator[Violation]:
    """I1, the first half, whatever our rows say: also across a Reset, and after rows were lost."""
    for (company, marker), things in marked(evidence).items():
        if len(things) > 1:
            yield Violation("I1", f"{marker} is there {len(things)} times in {company}: {', '.join(sorted(things))}")


def done_means_there(evidence: Evidence) -> Iterator[Violation]:
    """I1, the second half: what we made and call done is there, once, under the id we keep."""
    there = marked(evidence)
    for record in evidence.rows.records:
        company = evidence.company_of(record.connection_id)
        if record.state != "done" or company not in evidence.objects:
            continue
        if record.remote_id is None:
            yield Violation("I1", f"{_name(record)} is done and tied to nothing")
        elif record.removes or (record.local_id in evidence.voided and record.part not in OF_A_CREDIT):
            stays = not record.part and (record.connection_id, record.local_id) in evidence.credited
            if stays != bool(there.get((company, _marker(record)))):
                what = "credited here and gone there" if stays else "removed here and lives there"
                yield Violation("I1", f"{_name(record)} is {what}")
        elif record.kind in MARKED.values() and record.linked_by == "created":
            if there.get((company, _marker(record))) != [f"{record.remote_type} {record.remote_id}"]:
                found = there.get((company, _marker(record)), [])
                yield Violation("I1", f"{_name(record)} is done as {record.remote_id}, and there is {found}")
        elif evidence.object(company, record.remote_type or "", record.remote_id) is None:
            yield Violation("I1", f"{_name(record)} is done as {record.remote_id}, which is not there")


def one_customer_per_client(evidence: Evidence) -> Iterator[Violation]:
    """I1 for what carries no marker: no more customers of one e-mail made than clients with that e-mail."""
    ours = Counter(_key(client.email, client.name) for client in evidence.rows.clients)
    made = Counter(
        (company, _key(_email(thing), thing["DisplayName"]))
        for company, thing in _made(evidence, "Customer")
        if _key(_email(thing), thing["DisplayName"]) in ours
    )
    for (company, key), number in made.items():
        records = _clients_with_parts(evidence, key)
        if number > max(ours[key], records):
            yield Violation("I1", f"{number} customers of {key} were made in {company} for {ours[key]} client(s)")


def one_item_per_service(evidence: Evidence) -> Iterator[Violation]:
    """I1 for items: no more of one name, or of that name and an ending, than records that want one."""
    names = {service.id: service.name for service in evidence.rows.services}
    wanted = Counter(names.get(record.local_id) for record in evidence.rows.records if record.kind == "service")
    made = Counter((company, thing["Name"].partition(" (")[0]) for company, thing in _made(evidence, "Item"))
    for (company, name), number in made.items():
        if name in wanted and number > wanted[name]:
            yield Violation("I1", f"{number} items {name} were made in {company} for {wanted[name]} service(s)")


def accepted_hooks_are_whole(evidence: Evidence) -> Iterator[Violation]:
    """I2: an accepted receipt has its invoice, its money, and their records where a connection is live."""
    invoices = {invoice.id: invoice for invoice in evidence.rows.invoices}
    paid = {allocation.invoice_id for allocation in evidence.rows.allocations}
    live = {one.tenant_id: one for one in evidence.rows.connections if one.state != "disconnected"}
    planned = {(record.connection_id, record.local_id) for record in evidence.rows.records if record.planned_revision}
    for receipt in evidence.rows.receipts:
        if receipt.what != "paid" or receipt.outcome not in ("accepted", "repeated"):
            continue
        invoice = invoices.get(receipt.invoice_id) if receipt.invoice_id else None
        if invoice is None:
            yield Violation("I2", f"receipt {receipt.delivery_id} has no invoice")
            continue
        if invoice.id not in paid:
            yield Violation("I2", f"receipt {receipt.delivery_id}: its invoice {invoice.number} has no money")
        connection = live.get(invoice.tenant_id)
        if connection and connection.connected_at <= receipt.created_at:
            for local_id in (invoice.id, *_payments_of(evidence, invoice.id)):
                if (connection.id, local_id) not in planned:
                    yield Violation("I2", f"receipt {receipt.delivery_id}: {local_id} has no planned record")


def one_event_one_result(evidence: Evidence) -> Iterator[Violation]:
    """I3, in our rows: however often it was told, an invoice is paid and credited no more than once over."""
    allocated: Counter[UUID] = Counter()
    for paid in evidence.rows.allocations:
        allocated[paid.invoice_id] += 0 if paid.payment_id in evidence.voided else paid.amount_minor
    for credited in evidence.rows.credit_allocations:
        allocated[credited.invoice_id] += 0 if credited.credit_note_id in evidence.voided else credited.amount_minor
    for invoice in evidence.rows.invoices:
        if allocated[invoice.id] > invoice.total_minor:
            yield Violation("I3", f"invoice {invoice.number} over {invoice.total_minor} got {allocated[invoice.id]}")
    numbers = Counter((invoice.tenant_id, invoice.number) for invoice in evidence.rows.invoices if invoice.number)
    for (_, number), count in numbers.items():
        if count > 1:
            yield Violation("I3", f"there are {count} invoices {number}")


def one_write_per_revision(evidence: Evidence) -> Iterator[Violation]:
    """I3, in their journal: the write count of one."""
    written: Counter[tuple[UUID, int]] = Counter()
    for write in evidence.writes:
        call = evidence.calls.get(write.request_id)
        if call is None or not write.entry["committed"] or len(write.parts) != 1 or write.entry["replayed"]:
            continue
        for attempt in evidence.seats[call.id]:
            written[attempt.sync_record_id, attempt.revision] += 1
    for (record_id, revision), count in written.items():
        if count > 1:
            name = _name(evidence.records[record_id])
            yield Violation("I3", f"revision {revision} of {name} was written {count} times")


def links_are_one_to_one(evidence: Evidence) -> Iterator[Violation]:
    """I7. Two clients of ours may be one customer over there; two invoices never are one invoice."""
    tied = Counter(
        (record.connection_id, record.kind, record.remote_type, record.remote_id, record.part)
        for record in evidence.rows.records
        if record.remote_id and record.kind not in MANY_TO_ONE
    )
    for key, count in tied.items():
        if count > 1:
            yield Violation("I7", f"{count} of our documents are tied to {key[2]} {key[3]}")
    places = Counter((one.connection_id, one.kind, one.local_id, one.part) for one in evidence.rows.records)
    for place, count in places.items():
        if count > 1:
            yield Violation("I7", f"{place[1]} {place[2]} has {count} records on one connection")


def links_write_nothing(evidence: Evidence) -> Iterator[Violation]:
    """I7: what was only tied to theirs stays as they made it: no call of ours about it has changed it."""
    for write, _, record in evidence.sent():
        changed = {(thing["type"], thing["id"]) for thing in write.entry["objects"]}
        if record.only_linked and (record.remote_type, record.remote_id) in changed:
            yield Violation("I7", f"{write} wrote {_name(record)}, which was only linked")


def _marker(record: SyncRecord) -> str:
    apart = record.part and record.kind in ("credit_note", "payment", "invoice")
    return f"{record.local_id}/{record.part}" if apart else str(record.local_id)


def _name(record: SyncRecord) -> str:
    return f"{record.kind} {record.local_id}"


def _made(evidence: Evidence, entity: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Objects that our calls created, each once."""
    created = {
        (str(entry["company"]), thing["id"])
        for entry in evidence.api_calls
        for thing in entry["objects"]
        if thing["type"] == entity and thing["op"] == "create"
    }
    for company, remote_id in sorted(created):
        if thing := evidence.object(company, entity, remote_id):
            yield company, thing


def _email(thing: Mapping[str, Any]) -> str:
    return str((thing.get("PrimaryEmailAddr") or {}).get("Address") or "")


def _key(email: str | None, name: str) -> str:
    return (email or name).strip().lower()


def _clients_with_parts(evidence: Evidence, key: str) -> int:
    """A client is a customer in each of its currencies."""
    ids = {client.id for client in evidence.rows.clients if _key(client.email, client.name) == key}
    per_connection = Counter(one.connection_id for one in evidence.rows.records if one.local_id in ids)
    return max(per_connection.values(), default=0)


def _payments_of(evidence: Evidence, invoice_id: UUID) -> list[UUID]:
    return [one.payment_id for one in evidence.rows.allocations if one.invoice_id == invoice_id]


RULES = (
    at_most_one_live_object,
    done_means_there,
    one_customer_per_client,
    one_item_per_service,
    accepted_hooks_are_whole,
    one_event_one_result,
    one_write_per_revision,
    links_are_one_to_one,
    links_write_nothing,
)
