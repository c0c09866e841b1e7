"""What left and when: I4, I5, I10, I19. Each request of the journal is laid beside the Call that it came from."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kz_admin.models import Attempt, Call, SyncRecord
from tests.chaos.judge.evidence import APPLIED, CREDITED, CREDITED_APPLIED, Evidence, Place, Write
from tests.chaos.judge.violation import Violation

# Both clocks jump together, but not in the same instruction.
CLOCKS_DIFFER_MS = 1_500
LONGEST, LONGEST_OF_BATCH, LONGEST_BID = 50, 36, 10
NEVER_FROZEN = frozenset({"client", "project", "service", "vendor"})


def committed_before_it_left(evidence: Evidence) -> Iterator[Violation]:
    """I4: a Call with this id and these bytes stood in the database before the request arrived."""
    for write in evidence.writes:
        if evidence.was_lost(write.entry["at"]):
            continue
        call = evidence.calls.get(write.request_id)
        if call is None:
            yield Violation("I4", f"{write} left without a Call")
        elif call.body_hash != write.body_hash:
            yield Violation("I4", f"{write} has other bytes than its Call")
        elif write.entry["at"] < call.first_sent_at - CLOCKS_DIFFER_MS:
            yield Violation("I4", f"{write} arrived {call.first_sent_at - write.entry['at']} ms before its Call")
        elif not evidence.seats.get(call.id):
            yield Violation("I4", f"{write} is about no document")


def one_id_one_body(evidence: Evidence) -> Iterator[Violation]:
    """I5, over all companies: an id names its company too, so it is never seen in two."""
    bodies: dict[str, set[str]] = defaultdict(set)
    for write in evidence.writes:
        if not write.request_id:
            yield Violation("I5", f"{write} has no request id")
            continue
        bodies[write.request_id].add(write.body_hash)
    for request_id, hashes in bodies.items():
        if len(hashes) > 1:
            yield Violation("I5", f"request id {request_id} left with {len(hashes)} bodies")


def ids_are_short(evidence: Evidence) -> Iterator[Violation]:
    """I5: lengths as Intuit documents them."""
    for write in evidence.writes:
        limit = LONGEST_OF_BATCH if write.is_batch else LONGEST
        joined = len(write.request_id) + max(map(len, write.bids), default=0)
        if len(write.request_id) > limit or joined > LONGEST or any(len(bid) > LONGEST_BID for bid in write.bids):
            yield Violation("I5", f"{write} has an id that is too long")


def ids_follow_from_the_document(evidence: Evidence) -> Iterator[Violation]:
    """I5 and I19: the id is the digest of reliability.md 2.1, with the company where it arrived in it."""
    for write in evidence.writes:
        call = evidence.calls.get(write.request_id)
        seats = evidence.seats.get(call.id, []) if call else []
        if call is None or not seats or len(seats) != call.items:
            continue
        company = str(write.entry["company"])
        if request_id_of(evidence, call, seats, company) != write.request_id:
            yield Violation("I19", f"{write} was not made for company {company}, or by chance")


def request_id_of(evidence: Evidence, call: Call, seats: Sequence[Attempt], company: str) -> str:
    """Worked out anew from the description, not by our own code."""
    members = [_member(evidence, call, attempt, company) for attempt in seats]
    return members[0] if len(members) == 1 else _digest("v1", "bulk", *members)


def _member(evidence: Evidence, call: Call, attempt: Attempt, company: str) -> str:
    connection, record = evidence.connections[call.connection_id], evidence.records[attempt.sync_record_id]
    revision = "" if attempt.verb == "create" else attempt.revision
    place = (evidence.rows.installation, connection.provider, connection.environment, company)
    what = (record.kind, record.local_id, record.part, attempt.verb, revision, attempt.generation)
    return _digest("v1", *place, *what)


def _digest(*parts: object) -> str:
    text = "\x1f".join(map(str, parts))
    return b32encode(hashlib.sha256(text.encode()).digest()).decode()[:32].lower()


def one_company_per_connection(evidence: Evidence) -> Iterator[Violation]:
    """I19, by the journal alone."""
    for connection_id, companies in evidence.companies_of.items():
        if len(companies) > 1:
            yield Violation("I19", f"connection {connection_id} wrote to {len(companies)} companies")


def nothing_frozen_leaves(evidence: Evidence) -> Iterator[Violation]:
    """I19: what existed before a reset is looked up, never sent."""
    rows = evidence.rows
    documents = (*rows.invoices, *rows.payments, *rows.credit_notes, *rows.refunds)
    created = {one.id: one.created_at for one in documents}
    for attempt in evidence.rows.attempts:
        connection, record = evidence.connections[attempt.connection_id], evidence.records[attempt.sync_record_id]
        reset_at = connection.reset_at
        if reset_at is None or record.kind in NEVER_FROZEN or created.get(record.local_id, reset_at) >= reset_at:
            continue
        if attempt.opened_at > reset_at:
            yield Violation("I19", f"{record.kind} {record.local_id} was sent after the reset that froze it")


def money_after_its_invoice(evidence: Evidence) -> Iterator[Violation]:
    """I10: a payment names invoices, and credits that it uses, which were there before it left."""
    made_at: dict[tuple[str, str, str], int] = {}
    for entry in evidence.api_calls:
        for thing in entry["objects"]:
            if thing["op"] == "create":
                made_at.setdefault((str(entry["company"]), thing["type"], thing["id"]), entry["at"])
    for write in evidence.writes:
        for what, remote_id in _named_by_money(write):
            made = made_at.get((str(write.entry["company"]), what, remote_id))
            if made is not None and write.entry["at"] < made:
                yield Violation("I10", f"{write} named {what} {remote_id} before it was there")


def _named_by_money(write: Write) -> Iterator[tuple[str, str]]:
    for part in write.parts:
        if part.entity == "payment":
            for line in part.body.get("Line", ()):
                for link in line.get("LinkedTxn", ()):
                    yield str(link.get("TxnType")), str(link["TxnId"])


def money_waits_in_our_rows(evidence: Evidence) -> Iterator[Violation]:
    """I10: what money stands on had its remote id here when the money was opened."""
    ready = {
        attempt.sync_record_id: attempt.closed_at
        for attempt in reversed(evidence.rows.attempts)
        if attempt.verb == "create" and attempt.outcome in ("applied", "adopted")
    }
    for attempt in evidence.rows.attempts:
        record = evidence.records[attempt.sync_record_id]
        if attempt.verb != "create" or evidence.was_lost(attempt.opened_at):
            continue
        for first in stands_on(evidence, record):
            if first.linked_by == "created" and not ready.get(first.id, attempt.opened_at + 1) <= attempt.opened_at:
                what = f"{record.kind} {record.local_id}"
                yield Violation("I10", f"{what} left before {first.kind} {first.local_id} was known there")


def stands_on(evidence: Evidence, record: SyncRecord) -> list[SyncRecord]:
    """The records, on the same connection, of what a payment, the use of a credit or a refund stands on."""
    settles = evidence.settled_by.get((record.kind, record.local_id, record.part), ())
    found: list[Place] = [("invoice", invoice_id, "") for invoice_id, _ in settles]
    if record.part == APPLIED:
        found.append(("credit_note", record.local_id, ""))
    elif record.part == CREDITED_APPLIED:
        found += [("invoice", record.local_id, part) for part in ("", CREDITED)]
    elif record.kind == "refund":
        refunds = (one for one in evidence.rows.refunds if one.id == record.local_id)
        found += [("payment", one.payment_id, "") for one in refunds if one.payment_id is not None]
    places = [(record.connection_id, *place) for place in found]
    return [evidence.places[place] for place in places if place in evidence.places]


def changes_follow_in_order(evidence: Evidence) -> Iterator[Violation]:
    """I10: nothing is changed before it was made, and no revision goes back."""
    for record_id, attempts in evidence.attempts_of.items():
        applied = [one for one in attempts if one.outcome in ("applied", "adopted")]
        name = f"{evidence.records[record_id].kind} {evidence.records[record_id].local_id}"
        if any(later.revision < earlier.revision for earlier, later in pairwise(applied)):
            yield Violation("I10", f"{name} went over in revisions {[one.revision for one in applied]}")
        if any(one.verb == "create" for one in applied[1:]):
            yield Violation("I10", f"{name} was created after it had been there")


def versions_rise(evidence: Evidence) -> Iterator[Violation]:
    """I10: each change replaces a later version than the one before."""
    seen: dict[tuple[str, str, str], int] = {}
    for write in evidence.writes:
        if not write.entry["committed"] or write.entry["replayed"]:
            continue
        for part in write.parts:
            token = str(part.body.get("SyncToken", ""))
            if not part.body.get("Id") or not token.isdigit() or len(write.parts) != 1:
                continue
            key = (str(write.entry["company"]), part.entity, str(part.body["Id"]))
            if int(token) <= seen.get(key, -1):
                yield Violation("I10", f"{write} replaced version {token} of {part.entity} {key[2]} again")
            seen[key] = int(token)


RULES = (
    committed_before_it_left,
    one_id_one_body,
    ids_are_short,
    ids_follow_from_the_document,
    one_company_per_connection,
    nothing_frozen_leaves,
    money_after_its_invoice,
    money_waits_in_our_rows,
    changes_follow_in_order,
    versions_rise,
)
