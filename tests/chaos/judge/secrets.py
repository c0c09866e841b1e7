"""I23: what is secret stands sealed in its column and in requests, nowhere else."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import parse_qs

from tests.chaos.judge.evidence import Evidence
from tests.chaos.judge.violation import Violation

TOKEN = re.compile(r'"(?:access_token|refresh_token)"\s*:\s*"([^"]+)"')
SHORTEST = 8


def secrets_seen(evidence: Evidence) -> dict[str, str]:
    """Secret → what it is, as the journal saw them pass; company ids are secrets too (INT-S17)."""
    found: dict[str, str] = {}
    for entry in evidence.journal:
        if entry["company"]:
            found[str(entry["company"])] = "a company id"
        kind, _, value = str(entry["headers"].get("Authorization", "")).partition(" ")
        if kind == "Bearer":
            found[value] = "an access token"
        elif kind == "Basic":
            found[b64decode(value).decode().partition(":")[2]] = "a client secret"
        if str(entry["path"]).endswith("/tokens/bearer"):
            found |= dict.fromkeys(TOKEN.findall(str(entry["response"])), "a token")
            found |= dict.fromkeys(parse_qs(str(entry["body"])).get("refresh_token", []), "a refresh token")
    return {secret: what for secret, what in found.items() if len(secret) >= SHORTEST}


def nothing_leaks(evidence: Evidence) -> Iterator[Violation]:
    places = {"our tables": evidence.rows.text, **evidence.texts}
    for secret, what in secrets_seen(evidence).items():
        for place, text in places.items():
            if secret in text:
                yield Violation("I23", f"{what} stands in {place}")


RULES = (nothing_leaks,)
