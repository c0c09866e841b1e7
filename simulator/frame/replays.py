"""Answers kept under the request id they were given for, per company."""

from __future__ import annotations

import threading
import zlib
from dataclasses import dataclass


@dataclass
class Kept:
    """An answer as it left: replayed byte for byte."""

    status: int
    content_type: str
    packed: bytes
    at_ms: int

    @property
    def body(self) -> bytes:
        return zlib.decompress(self.packed)


class Replays:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.kept: dict[tuple[str, ...], Kept] = {}

    def get(self, key: tuple[str, ...]) -> Kept | None:
        return self.kept.get(key)

    def keep(self, key: tuple[str, ...], status: int, content_type: str, body: bytes, at_ms: int) -> None:
        with self._lock:
            self.kept[key] = Kept(status, content_type, zlib.compress(body, 1), at_ms)

    def clear(self) -> None:
        with self._lock:
            self.kept.clear()
