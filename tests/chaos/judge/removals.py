"""What was taken back (I1, I10): gone over there exactly when it is voided here, once, backwards, and never again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from uuid import UUID

from kz_admin.models import SyncRecord
from tests.chaos.judge.calls import stands_on
from tests.chaos.judge.evidence import CREDITED, Evidence, Write
from tests.chaos.judge.violation import Violation

GONE = ("void", "delete")


def takes_away(write: Write) -> bool:
    """Its answer may have been lost; it happened all the same."""
    return not write.entry["replayed"] and any(thing["op"] in GONE for thing in write.entry["objects"])


def nothing_counts_here_and_is_gone_there(evidence: Evidence) -> Iterator[Violation]:
    """I1: our calls take away what is voided here, and nothing else."""
    for write, _, record in evidence.sent():
        if takes_away(write) and record.local_id not in evidence.voided and not evidence.was_lost(write.entry["at"]):
            yield Violation("I1", f"{write} took {_name(record)} away, which is not voided here")


def gone_once(evidence: Evidence) -> Iterator[Violation]:
    """I1: no object is voided or deleted twice by us."""
    gone = Counter(
        (str(write.entry["company"]), thing["type"], thing["id"])
        for write in evidence.writes
        if takes_away(write)
        for thing in write.entry["objects"]
        if thing["op"] in GONE
    )
    for (company, what, remote_id), count in gone.items():
        if count > 1:
            yield Violation("I1", f"{what} {remote_id} in {company} was taken away {count} times")


def never_made_again(evidence: Evidence) -> Iterator[Violation]:
    """I1: what was taken away does not come back, by whatever call."""
    gone = _taken_away_at(evidence)
    for write, part, record in evidence.sent():
        made = part.operation == "create" and write.entry["committed"] and not write.entry["replayed"]
        if made and write.entry["seq"] > gone.get(record.id, write.entry["seq"]):
            yield Violation("I1", f"{write} made {_name(record)} again after it had been taken away")


def voided_or_credited(evidence: Evidence) -> Iterator[Violation]:
    """I1: an invoice that is voided here is voided there or credited there, once, and never both."""
    gone = _taken_away_at(evidence)
    made: dict[UUID, set[str]] = defaultdict(set)  # by what was created: also of what our rows have forgotten
    for write, _, record in evidence.sent():
        if record.part == CREDITED and not write.entry["replayed"]:
            things = write.entry["objects"]
            made[record.id] |= {f"{one['type']} {one['id']}" for one in things if one["op"] == "create"}
    for record in (one for one in evidence.rows.records if one.part == CREDITED):
        itself = evidence.places.get((record.connection_id, record.kind, record.local_id, ""))
        if not (record.remote_id or made[record.id]):
            continue
        if record.local_id not in evidence.voided:
            yield Violation("I1", f"{_name(record)} is credited there, and counts here")
        if itself is not None and itself.id in gone:
            yield Violation("I1", f"{_name(record)} was voided there and credited there")
        if len(made[record.id]) > 1:
            yield Violation("I1", f"{_name(record)} was credited {len(made[record.id])} times")


def backwards(evidence: Evidence) -> Iterator[Violation]:
    """I10: money goes before what it settled, its refund before the money."""
    gone = _taken_away_at(evidence)
    for record in evidence.rows.records:
        for under in stands_on(evidence, record):
            if under.id not in gone or not _was_made(record):
                continue
            if gone.get(record.id, gone[under.id]) > gone[under.id]:
                yield Violation("I10", f"{_name(under)} was taken away before {_name(record)}, which stood on it")


def _taken_away_at(evidence: Evidence) -> dict[UUID, int]:
    """Record → its place in the journal; when somebody over there was first, it has none."""
    found: dict[UUID, int] = {}
    for write, _, record in evidence.sent():
        if takes_away(write):
            found.setdefault(record.id, write.entry["seq"])
    return found


def _was_made(record: SyncRecord) -> bool:
    return record.remote_id is not None and record.linked_by == "created"


def _name(record: SyncRecord) -> str:
    return f"{record.kind} {record.local_id}"


RULES = (nothing_counts_here_and_is_gone_there, gone_once, never_made_again, voided_or_credited, backwards)
