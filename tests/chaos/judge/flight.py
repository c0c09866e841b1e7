"""How much is under way: I11 to I13, I15, I16 and I18, by the times of the journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from uuid import UUID

from tests.chaos.judge.evidence import Entry, Evidence, Span, most_at_once, most_within
from tests.chaos.judge.violation import Violation

SECOND_MS, MINUTE_MS = 1_000, 60_000
AT_ONCE = 8  # per connection (reliability.md 2.4)
PER_MINUTE, PER_SECOND, BATCHES_PER_MINUTE = 500, 10, 40  # section 1
# What had left before the 429 was read is no fault: threads that were already past their last question.
LEAVING_MS = 1_000
PROBE_EVERY_MS = 30_000


def one_attempt_at_a_time(evidence: Evidence) -> Iterator[Violation]:
    """I11 in our rows: a document's Attempts never overlap."""
    for record_id, attempts in evidence.attempts_of.items():
        record = evidence.records[record_id]
        for earlier, later in pairwise(attempts):
            if earlier.closed_at is None or later.opened_at < earlier.closed_at:
                yield Violation("I11", f"{record.kind} {record.local_id} had two open Attempts")


def one_write_at_a_time(evidence: Evidence) -> Iterator[Violation]:
    """I11 in their journal: no two requests about one document were under way together."""
    spans: dict[UUID, list[Span]] = defaultdict(list)
    for write, _part, record in evidence.sent():
        spans[record.id].append(_span(write.entry))
    for record_id, under_way in spans.items():
        if most_at_once(under_way) > 1:
            record = evidence.records[record_id]
            yield Violation("I11", f"two requests about {record.kind} {record.local_id} were under way together")


def caps_hold(evidence: Evidence) -> Iterator[Violation]:
    """I11: no more than eight calls at once per connection; a company has one."""
    for company, entries in evidence.by_company(evidence.api_calls).items():
        most = most_at_once(map(_span, entries))
        if most > AT_ONCE:
            yield Violation("I11", f"{most} calls were under way together in {company}")


def windows_hold(evidence: Evidence) -> Iterator[Violation]:
    """I12: every sliding window, whatever the provider said to it."""
    for company, entries in evidence.by_company(evidence.api_calls).items():
        batches = [one["at"] for one in entries if one["path"].endswith("/batch")]
        arrived = [one["at"] for one in entries]
        for moments, window, limit, what in (
            (arrived, MINUTE_MS, PER_MINUTE, "calls in a minute"),
            (arrived, SECOND_MS, PER_SECOND, "calls in a second"),
            (batches, MINUTE_MS, BATCHES_PER_MINUTE, "batches in a minute"),
        ):
            most = most_within(moments, window)
            if most > limit:
                yield Violation("I12", f"{most} {what} reached {company}, which takes {limit}")


def silence_is_kept(evidence: Evidence) -> Iterator[Violation]:
    """I13: after a 429 nothing of that company moves for the time it asked for."""
    for company, entries in evidence.by_company(evidence.api_calls).items():
        for refused in (one for one in entries if one["status"] == 429):
            began, ends = refused["until"] + LEAVING_MS, refused["until"] + evidence.silence_ms
            early = [one for one in entries if began < one["at"] < ends]
            if early:
                after = (early[0]["at"] - refused["until"]) / SECOND_MS
                yield Violation("I13", f"#{early[0]['seq']} reached {company} {after:.1f} s after a 429")


def outages_are_left_alone(evidence: Evidence) -> Iterator[Violation]:
    """I18: once it is known that they do not answer, one probe in 30 s."""
    for start, end in evidence.outages:
        for company, entries in evidence.by_company(evidence.api_calls).items():
            moments = [one["at"] for one in entries if start + LEAVING_MS < one["at"] < end]
            most = most_within(moments, PROBE_EVERY_MS - SECOND_MS)
            if most > 1:
                yield Violation("I18", f"{most} calls reached {company} within 30 s of an outage")


def _span(entry: Entry) -> Span:
    return entry["at"], entry["until"]


# -- measured rather than judged: what is allowed depends on the experiment -----------------------------------


def batches_before(entries: Iterable[Entry], company: str, words: str) -> int | None:
    """I16: how many bulk writes reached this company before the first request that says these words."""
    found = 0
    for entry in entries:
        if entry["company"] != company:
            continue
        if words in entry["body"]:
            return found
        found += entry["path"].endswith("/batch") and '"operation"' in entry["body"]
    return None


RULES = (
    one_attempt_at_a_time,
    one_write_at_a_time,
    caps_hold,
    windows_hold,
    silence_is_kept,
    outages_are_left_alone,
)
