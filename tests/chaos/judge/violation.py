from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """An invariant of reliability.md section 3, and what breaks it, in a sentence with ids."""

    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"
