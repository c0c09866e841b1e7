"""How long to leave a document alone after a failure that passes by itself (reliability.md 2.6)."""

from __future__ import annotations

SHORTEST_MS = 5_000
LONGEST_MS = 3_600_000
GIVES_UP_AFTER_MS = 72 * 3_600_000
_DOUBLINGS = 10  # further ones are cut off at the longest anyway


def delay_ms(tries: int, chance: float) -> int:
    """Full jitter: anything up to a ceiling that doubles. `chance` is a random fraction, given so that this is pure."""
    doublings = min(max(tries - 1, 0), _DOUBLINGS)
    ceiling = min(LONGEST_MS, SHORTEST_MS << doublings)
    return int(ceiling * min(max(chance, 0.0), 1.0))


def gives_up(failing_since: int, now: int) -> bool:
    """Three days of trouble: from here on only a person can help."""
    return now - failing_since >= GIVES_UP_AFTER_MS
