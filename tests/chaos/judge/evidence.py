"""Both sides put together: rows of ours, journal and state of theirs, and what follows from comparing them."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from kz_admin.models import Attempt, Call, Connection, SyncRecord
from tests.chaos.judge.rows import Rows

Entry = Mapping[str, Any]  # of the simulator's journal
Span = tuple[int, int]  # virtual milliseconds
Place = tuple[str, UUID, str]  # kind, document, part
APPLIED = "applied"  # the part of a credit note that settles invoices
# The parts of a voided invoice that lies in closed books: a credit over all of it, and what settles it with that.
CREDITED, CREDITED_APPLIED = "credited", "credited_applied"


@dataclass(frozen=True)
class Part:
    """One document's place in a request: an item of a batch, or all of a single write."""

    entity: str
    operation: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Write:
    """A request that may change something over there."""

    entry: Entry
    parts: tuple[Part, ...]
    bids: tuple[str, ...] = ()

    @property
    def request_id(self) -> str:
        return str(self.entry["request_id"] or "")

    @property
    def body_hash(self) -> str:
        return hashlib.sha256(str(self.entry["body"]).encode()).hexdigest()

    @property
    def is_batch(self) -> bool:
        return bool(self.bids)

    def __str__(self) -> str:
        return f"#{self.entry['seq']} {str(self.entry['path']).rpartition('/')[2]} requestid={self.request_id}"


@dataclass
class Evidence:
    rows: Rows = field(default_factory=Rows)
    journal: Sequence[Entry] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)  # place → what stands there: logs, redis
    lost: Sequence[Span] = ()  # times of which a restored database knows nothing
    silence_ms: int = 60_000  # what they ask for with a 429; Intuit names no time: wait 60 s
    outages: Sequence[Span] = ()  # from when we knew that they do not answer until they did again

    # -- their side ---------------------------------------------------------------------------------

    @cached_property
    def api_calls(self) -> list[Entry]:
        """What our apps asked of companies."""
        return [one for one in self.journal if "/v3/company/" in one["path"] and one["method"] != "PERSON"]

    @cached_property
    def writes(self) -> list[Write]:
        return [write for one in self.api_calls if (write := as_write(one)) is not None]

    @cached_property
    def token_calls(self) -> list[Entry]:
        return [one for one in self.journal if str(one["path"]).endswith("/tokens/bearer")]

    def by_company(self, entries: Iterable[Entry]) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            found[str(entry["company"])].append(entry)
        return found

    @cached_property
    def objects(self) -> dict[str, dict[str, list[Mapping[str, Any]]]]:
        """Company → their word for a kind → objects, as far as the state shows them."""
        return {one["company"]: one["objects"] for one in self.state.get("companies", ()) if "objects" in one}

    def object(self, company: str, entity: str, remote_id: str) -> Mapping[str, Any] | None:
        return self._by_id.get((company, entity, remote_id))

    @cached_property
    def _by_id(self) -> dict[tuple[str, str, str], Mapping[str, Any]]:
        return {
            (company, entity, str(row.get("Id"))): row
            for company, kinds in self.objects.items()
            for entity, rows in kinds.items()
            for row in rows
        }

    # -- our side -----------------------------------------------------------------------------------

    @cached_property
    def calls(self) -> dict[str, Call]:
        return {call.request_id: call for call in self.rows.calls}

    @cached_property
    def records(self) -> dict[UUID, SyncRecord]:
        return {record.id: record for record in self.rows.records}

    @cached_property
    def connections(self) -> dict[UUID, Connection]:
        return {connection.id: connection for connection in self.rows.connections}

    @cached_property
    def places(self) -> dict[tuple[UUID, str, UUID, str], SyncRecord]:
        """By connection, kind, document and part."""
        return {(one.connection_id, one.kind, one.local_id, one.part): one for one in self.rows.records}

    @cached_property
    def settled_by(self) -> dict[Place, list[tuple[UUID, int]]]:
        """Payments, and uses of credit notes, by kind, document and part → the invoices they settle, and how much."""
        found: dict[Place, list[tuple[UUID, int]]] = defaultdict(list)
        for paid in self.rows.allocations:
            found["payment", paid.payment_id, ""].append((paid.invoice_id, paid.amount_minor))
        for credited in self.rows.credit_allocations:
            place = ("credit_note", credited.credit_note_id, APPLIED)
            found[place].append((credited.invoice_id, credited.amount_minor))
        return found

    @cached_property
    def voided(self) -> set[UUID]:
        """Documents that do not count any more."""
        rows = self.rows
        documents = (*rows.invoices, *rows.payments, *rows.credit_notes, *rows.refunds)
        return {one.id for one in documents if one.voided_at is not None}

    @cached_property
    def credited(self) -> set[tuple[UUID, UUID]]:
        """Connection and invoice: voided here, and to be undone over there by a credit instead of a void."""
        return {(one.connection_id, one.local_id) for one in self.rows.records if one.part == CREDITED}

    @cached_property
    def attempts_of(self) -> dict[UUID, list[Attempt]]:
        """By record, in the order in which they were opened."""
        found: dict[UUID, list[Attempt]] = defaultdict(list)
        for attempt in sorted(self.rows.attempts, key=lambda one: (one.opened_at, str(one.id))):
            found[attempt.sync_record_id].append(attempt)
        return found

    @cached_property
    def seats(self) -> dict[UUID, list[Attempt]]:
        """By call, in their places."""
        found: dict[UUID, list[Attempt]] = defaultdict(list)
        for attempt in sorted(self.rows.attempts, key=lambda one: one.position):
            found[attempt.call_id].append(attempt)
        return found

    # -- compared -----------------------------------------------------------------------------------

    @cached_property
    def companies_of(self) -> dict[UUID, set[str]]:
        """In which companies the calls of a connection arrived."""
        found: dict[UUID, set[str]] = defaultdict(set)
        for write in self.writes:
            if call := self.calls.get(write.request_id):
                found[call.connection_id].add(str(write.entry["company"]))
        return found

    def company_of(self, connection_id: UUID) -> str | None:
        found = self.companies_of.get(connection_id, set())
        return next(iter(found)) if len(found) == 1 else None

    def was_lost(self, at: int) -> bool:
        return any(start <= at <= end for start, end in self.lost)

    def sent(self) -> Iterator[tuple[Write, Part, SyncRecord]]:
        """What arrived over there, document by document."""
        for write in self.writes:
            call = self.calls.get(write.request_id)
            if call is None:
                continue
            for attempt, part in zip(self.seats[call.id], write.parts, strict=False):
                if attempt.sync_record_id in self.records:
                    yield write, part, self.records[attempt.sync_record_id]


def as_write(entry: Entry) -> Write | None:
    if entry["method"] != "POST":
        return None
    what = str(entry["path"]).partition("/v3/company/")[2].partition("/")[2]
    if what == "query":
        return None
    body = json.loads(entry["body"] or "{}", parse_float=Decimal)
    if what != "batch":
        operation = str(entry["query"].get("operation") or ("update" if body.get("Id") else "create"))
        return Write(entry, (Part(what, operation, body),))
    items = [item for item in body["BatchItemRequest"] if "Query" not in item]
    if not items:
        return None
    return Write(entry, tuple(map(_of_batch, items)), tuple(str(item["bId"]) for item in items))


def _of_batch(item: Mapping[str, Any]) -> Part:
    entity = next(key for key in item if key not in ("bId", "operation", "optionsData"))
    return Part(entity.lower(), str(item["operation"]), item[entity])


def most_at_once(spans: Iterable[Span]) -> int:
    """How many of them overlap at the worst moment; one that begins as another ends does not."""
    steps = sorted((moment, step) for start, end in spans for moment, step in ((start, 1), (max(end, start), -1)))
    most = running = 0
    for _, step in steps:
        running += step
        most = max(most, running)
    return most


def most_within(moments: Sequence[int], window_ms: int) -> int:
    """The fullest sliding window."""
    ordered, first, most = sorted(moments), 0, 0
    for last, moment in enumerate(ordered):
        while ordered[first] <= moment - window_ms:
            first += 1
        most = max(most, last - first + 1)
    return most
