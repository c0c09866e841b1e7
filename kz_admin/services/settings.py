"""The settings of a connection: begun from a preset at the first connect, kept over disconnect."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from kz_admin.domain import presets
from kz_admin.domain.presets import Settings
from kz_admin.models.connection import Connection


def of(connection: Connection) -> Settings:
    return _read(connection.settings)


def begin(connection: Connection) -> None:
    """A company connected for the first time starts from the default preset; a revived one keeps what it had."""
    if connection.settings in ("", "{}"):
        connection.settings = presets.DEFAULT.as_json()


@lru_cache(maxsize=256)
def _read(text: str) -> Settings:
    """The same text is the same settings: a hook reads them for each of its documents."""
    return presets.read(text or "{}")


def version_of(connection: Connection) -> str:
    """Changes whenever somebody saves other settings, and with nothing else that happens to the row."""
    return hashlib.sha256(f"{connection.settings}|{connection.start_at}".encode()).hexdigest()[:16]
