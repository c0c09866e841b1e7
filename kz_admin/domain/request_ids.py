"""Request ids: made from what a write is about, never by chance, so that whoever sends it again sends the same one."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import Verb

LENGTH = 32  # QuickBooks takes 50, in a batch 36; Xero 128
_VERSION = "v1"


@dataclass(frozen=True)
class Place:
    """Where a write goes. Another installation, or the same one on another company, never speaks with this voice."""

    installation: UUID
    provider: str
    environment: str
    company: str


def single(place: Place, kind: Kind, local_id: UUID, part: str, verb: Verb, revision: int, generation: int) -> str:
    """A create is the same whatever revision it carries: there is only ever one. A change is one of its revision."""
    what = (kind, local_id, part, verb, "" if verb is Verb.CREATE else revision, generation)
    return _digest(_VERSION, place.installation, place.provider, place.environment, place.company, *what)


def bulk(members: Sequence[str]) -> str:
    """Of a call for several documents: it can only be sent again whole, and in order."""
    return _digest(_VERSION, "bulk", *members)


def _digest(*parts: object) -> str:
    text = "\x1f".join(str(part) for part in parts)
    return b32encode(hashlib.sha256(text.encode()).digest()).decode()[:LENGTH].lower()
