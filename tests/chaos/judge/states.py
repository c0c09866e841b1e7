"""Where our records stand: I14, I17, I25, I26 and L1."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from uuid import UUID

from kz_admin.models import Attempt, SyncRecord
from tests.chaos.judge.evidence import Evidence
from tests.chaos.judge.violation import Violation

MOST_KILLS = 3
GIVEN_UP_AFTER_MS = 72 * 3_600_000

# Drawn anew from DESIGN section 5.
GRAPH = {
    "idle": "due held",
    "due": "sent held failed idle parked done",
    "sent": "done due failed unknown parked",
    "unknown": "done due failed parked",
    "held": "due idle",
    "failed": "due idle held",
    "parked": "due",
    "done": "due idle held",
}
# Two moves of one transaction show as one: not applied and asked to be silent, not applied and frozen meanwhile.
AT_ONCE = {("sent", "held"), ("unknown", "held"), ("sent", "idle"), ("unknown", "idle")}
BUCKETS = {
    "due": "open",
    "sent": "open",
    "unknown": "open",
    "held": "open",
    "failed": "rejected",
    "idle": "cancelled",
    "parked": "dead",
    "done": "done",
}
IN_FLIGHT = ("sent", "unknown")
OPEN = ("due", "sent", "unknown")


def outages_bury_nothing(evidence: Evidence) -> Iterator[Violation]:
    """I14: only three days of a record's own trouble, while others went over, set it aside."""
    applied = [
        (attempt.closed_at, attempt.sync_record_id)
        for attempt in evidence.rows.attempts
        if attempt.outcome in ("applied", "adopted")
    ]
    for record in evidence.rows.records:
        if record.state != "parked" or record.problem != "tried_too_long":
            continue
        since, until = record.failing_since or 0, record.problem_at or 0
        if until - since < GIVEN_UP_AFTER_MS:
            yield Violation("I14", f"{_name(record)} was parked after {(until - since) // 3_600_000} hours")
        elif not any(since <= at <= until and other != record.id for at, other in applied):
            yield Violation("I14", f"{_name(record)} was parked although nothing went over meanwhile")


def killers_are_set_aside(evidence: Evidence) -> Iterator[Violation]:
    """I17: after three kills, and only then."""
    for record in evidence.rows.records:
        if record.kills > MOST_KILLS:
            yield Violation("I17", f"{_name(record)} killed {record.kills} workers")
        # One that only waits for a killer carries its problem too, as failed.
        if record.state == "parked" and record.problem == "killed_workers" and record.kills < MOST_KILLS:
            yield Violation("I17", f"{_name(record)} is set aside after {record.kills} kills")


def states_move_along_the_graph(evidence: Evidence) -> Iterator[Violation]:
    """I25, by the trigger that wrote down every change."""
    for record, before, after in evidence.rows.moves:
        if before == after or after in GRAPH[before].split() or (before, after) in AT_ONCE:
            continue
        yield Violation("I25", f"record {record} moved from {before} to {after}")


def attempts_tell_the_state(evidence: Evidence) -> Iterator[Violation]:
    """I25: in flight means an open Attempt; what we made and call done has one that was applied."""
    for record in evidence.rows.records:
        attempts = evidence.attempts_of.get(record.id, [])
        still_open = [one for one in attempts if one.closed_at is None]
        if record.state in IN_FLIGHT and not still_open:
            yield Violation("I25", f"{_name(record)} is {record.state} without an open Attempt")
        if record.state in ("done", "idle", "held", "failed") and still_open:
            yield Violation("I25", f"{_name(record)} is {record.state} with an open Attempt")
        if record.state == "done" and record.linked_by == "created" and not _was_applied(evidence, record, attempts):
            yield Violation("I25", f"{_name(record)} is done, and no Attempt brought it there")


def _was_applied(evidence: Evidence, record: SyncRecord, attempts: list[Attempt]) -> bool:
    """Or it was refused and then found over there, or its Attempt is among what a restored database lacks."""
    return any(one.outcome in ("applied", "adopted", "refused") for one in attempts) or bool(evidence.lost)


def the_books_balance(evidence: Evidence) -> Iterator[Violation]:
    """I26: each accepted document is in exactly one bucket on each live connection."""
    buckets: dict[UUID, Counter[UUID]] = defaultdict(Counter)
    for record in evidence.rows.records:
        if record.state not in BUCKETS:
            yield Violation("I26", f"{_name(record)} is in no bucket: {record.state}")
        elif record.kind == "payment" or (record.kind == "invoice" and not record.part):
            buckets[record.connection_id][record.local_id] += 1
    accepted = {one.invoice_id: one for one in evidence.rows.receipts if one.outcome in ("accepted", "repeated")}
    for connection in evidence.rows.connections:
        if connection.state == "disconnected":
            continue
        for invoice in evidence.rows.invoices:
            if invoice.tenant_id != connection.tenant_id or invoice.id not in accepted:
                continue
            told = accepted[invoice.id].created_at >= connection.connected_at
            count = buckets[connection.id][invoice.id]
            if count > 1 or (told and count == 0):
                yield Violation("I26", f"invoice {invoice.number} is in {count} buckets")


def nothing_is_left_open(evidence: Evidence) -> Iterator[Violation]:
    """L1: at rest on a connected company nothing is due, under way or waits for the end of a silence."""
    connected = {one.id for one in evidence.rows.connections if one.state == "connected"}
    for record in evidence.rows.records:
        throttled = record.state == "held" and record.reason == "throttled"
        if record.connection_id in connected and (record.state in OPEN or throttled):
            yield Violation("L1", f"{_name(record)} is still {record.state}")
    for attempt in evidence.rows.attempts:
        record = evidence.records[attempt.sync_record_id]
        if attempt.connection_id in connected and attempt.closed_at is None and record.state != "parked":
            yield Violation("L1", f"an Attempt of {_name(record)} is still open")
    for call in evidence.rows.calls:
        seats = evidence.seats.get(call.id, [])
        if call.closed_at is None and all(one.closed_at is not None for one in seats):
            yield Violation("L1", f"call {call.request_id} is open although nothing of it is")


def _name(record: SyncRecord) -> str:
    return f"{record.kind} {record.local_id}"


RULES = (
    outages_bury_nothing,
    killers_are_set_aside,
    states_move_along_the_graph,
    attempts_tell_the_state,
    the_books_balance,
)
AT_REST = (nothing_is_left_open,)
