"""Public ids: UUIDs of version 7, in order of creation and otherwise random."""

from __future__ import annotations

import secrets
from uuid import UUID

from kz_admin import clock

VERSION_7 = 0x7 << 76
VARIANT = 0b10 << 62


def uuid7() -> UUID:
    random_a = secrets.randbits(12) << 64
    random_b = secrets.randbits(62)
    return UUID(int=(clock.now_ms() << 80) | VERSION_7 | random_a | VARIANT | random_b)


def parse(text: str) -> UUID | None:
    """The id a text spells, or None: a guessed or broken id is simply not found."""
    try:
        return UUID(text)
    except ValueError:
        return None
