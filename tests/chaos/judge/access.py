"""Tokens and the end of a connection: I8, I9 and I20."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import parse_qs

from tests.chaos.judge.evidence import Entry, Evidence, most_at_once, most_within
from tests.chaos.judge.violation import Violation

HOUR_MS = 3_600_000
LEAVES_WITHIN_MS = 11_000  # a first byte that has not left by then stays (reliability.md 2.1), and a little
REFRESHES_PER_HOUR = 2  # a token lives an hour; plus one
MOST_IN_VAIN = 3  # token calls until a connection says that it needs a new consent


def refreshes(evidence: Evidence) -> dict[str, list[Entry]]:
    """By the grant whose token was shown; a rotated one belongs to the grant that it replaced."""
    grants: dict[str, str] = {}
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(evidence.token_calls, key=lambda one: one["at"]):
        said = {name: values[0] for name, values in parse_qs(str(entry["body"])).items()}
        if said.get("grant_type") != "refresh_token":
            continue
        shown = said.get("refresh_token", "")
        grant = grants.setdefault(shown, shown)
        if new := _word(str(entry["response"]), "refresh_token"):
            grants[new] = grant
        found[grant].append(entry)
    return found


def one_refresh_at_a_time(evidence: Evidence) -> Iterator[Violation]:
    """I8, by the times of the journal."""
    for entries in refreshes(evidence).values():
        most = most_at_once((one["at"], one["until"]) for one in entries)
        if most > 1:
            yield Violation("I8", f"{most} refreshes of one grant were under way together")


def no_more_refreshes_than_needed(evidence: Evidence) -> Iterator[Violation]:
    """I8: of those that were answered with tokens."""
    for entries in refreshes(evidence).values():
        given = [one["at"] for one in entries if one["status"] == 200]
        most = most_within(given, HOUR_MS)
        if most > REFRESHES_PER_HOUR:
            yield Violation("I8", f"a grant was refreshed {most} times within an hour")


def a_dead_grant_is_left_alone(evidence: Evidence) -> Iterator[Violation]:
    """I9: at most three token calls that are refused."""
    for entries in refreshes(evidence).values():
        refused = [one for one in entries if one["status"] == 400]
        if len(refused) > MOST_IN_VAIN:
            yield Violation("I9", f"a grant that had ended was asked for {len(refused)} times")


def the_end_is_the_end(evidence: Evidence) -> Iterator[Violation]:
    """I20: no token is kept, the provider was told, and nothing is asked any more."""
    revokes = [one["at"] for one in evidence.journal if str(one["path"]).endswith("/revoke")]
    living = {evidence.company_of(one.id) for one in evidence.rows.connections if one.state != "disconnected"}
    for connection in evidence.rows.connections:
        if connection.state != "disconnected":
            continue
        if connection.access_sealed or connection.refresh_sealed or connection.previous_refresh_sealed:
            yield Violation("I20", f"connection {connection.id} is disconnected and keeps tokens")
        if not any(at <= connection.state_since + HOUR_MS for at in revokes):
            yield Violation("I20", f"connection {connection.id} is disconnected and nobody told the provider")
        company = evidence.company_of(connection.id)
        if company is None or company in living:
            continue
        for entry in evidence.by_company(evidence.api_calls).get(company, []):
            if entry["at"] > connection.state_since and not _was_leaving(evidence, entry, connection.state_since):
                yield Violation("I20", f"#{entry['seq']} reached {company} after connection {connection.id} had ended")


def _was_leaving(evidence: Evidence, entry: Entry, ended_at: int) -> bool:
    """Committed before the end, and on its way: what is about to be said cannot be held back by anybody."""
    call = evidence.calls.get(entry["request_id"] or "")
    return call is not None and call.last_sent_at <= ended_at and entry["at"] - call.last_sent_at <= LEAVES_WITHIN_MS


def _word(answer: str, name: str) -> str:
    before, found, rest = answer.partition(f'"{name}"')
    return rest.partition('"')[2].partition('"')[0] if found else before[:0]


RULES = (one_refresh_at_a_time, no_more_refreshes_than_needed, a_dead_grant_is_left_alone, the_end_is_the_end)
