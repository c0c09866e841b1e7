"""Where one document stands on one connection, and how that may change (DESIGN section 5).

  ┌────────────────────────── nothing to do ──────────────────────────┐
  ▼                                                                   │
idle ⇄ due ──► sent ──► done        sent, unknown ──► due, failed     │
  ▲    ▲  ╲      ╲                  due, unknown ──► parked           │
  │    │   held   unknown ──► done  parked, failed, done ──► due ─────┘
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SyncState(StrEnum):
    IDLE = "idle"
    DUE = "due"
    SENT = "sent"
    UNKNOWN = "unknown"
    HELD = "held"
    FAILED = "failed"
    PARKED = "parked"
    DONE = "done"


class Hold(StrEnum):
    """What a held record waits for."""

    PAUSED = "paused"
    RECONNECT = "reconnect"
    PLAN = "plan"
    THROTTLED = "throttled"
    COMPARE = "compare"
    LOCKED = "locked"
    SUBSCRIPTION = "subscription"


class Lane(StrEnum):
    INTERACTIVE = "interactive"
    BULK = "bulk"


_MOVES: dict[SyncState, frozenset[SyncState]] = {
    SyncState.IDLE: frozenset({SyncState.DUE, SyncState.HELD}),
    # Straight to done without a call: it was found over there, or what would be sent is what is there.
    SyncState.DUE: frozenset(
        {SyncState.SENT, SyncState.DONE, SyncState.HELD, SyncState.FAILED, SyncState.IDLE, SyncState.PARKED}
    ),
    SyncState.SENT: frozenset({SyncState.DONE, SyncState.DUE, SyncState.FAILED, SyncState.UNKNOWN, SyncState.PARKED}),
    SyncState.UNKNOWN: frozenset({SyncState.DONE, SyncState.DUE, SyncState.FAILED, SyncState.PARKED}),
    SyncState.HELD: frozenset({SyncState.DUE, SyncState.IDLE}),
    SyncState.FAILED: frozenset({SyncState.DUE, SyncState.HELD, SyncState.IDLE}),
    SyncState.PARKED: frozenset({SyncState.DUE}),
    SyncState.DONE: frozenset({SyncState.DUE, SyncState.HELD, SyncState.IDLE}),
}

# These end by themselves at a moment that stands in the row.
TIMED = frozenset({Hold.THROTTLED, Hold.LOCKED, Hold.SUBSCRIPTION})
# An open Attempt belongs to these: whatever the rules say meanwhile, its outcome is found out first.
IN_FLIGHT = frozenset({SyncState.SENT, SyncState.UNKNOWN})
WAITING = frozenset({SyncState.DUE, SyncState.SENT, SyncState.UNKNOWN, SyncState.HELD})
STUCK = frozenset({SyncState.FAILED, SyncState.PARKED})


def may_move(before: SyncState, after: SyncState) -> bool:
    return before is after or after in _MOVES[before]


@dataclass(frozen=True)
class Pill:
    """State as people see it: one of four words, and on a second line what it means here."""

    tone: str
    word: str
    hint: str = ""
    moves: bool = False  # asking again soon can bring news


NOT_SYNCED = Pill("grey", "Not synced")
_HELD_WORDS = {
    Hold.PAUSED: "waiting: the connection is paused",
    Hold.RECONNECT: "waiting: {provider} token expired",
    Hold.PLAN: "waiting: your plan does not include accounting integrations",
    Hold.THROTTLED: "{provider} asked us to slow down",
    Hold.COMPARE: "waiting: customers are compared first, in Set-up",
    Hold.LOCKED: "{provider} has this company locked for a while",
    Hold.SUBSCRIPTION: "waiting: the {provider} subscription has ended",
}


def held_words(why: Hold, provider: str) -> str:
    return _HELD_WORDS[why].format(provider=provider)


def pill(state: SyncState, *, hint: str = "", over_there: bool = False, moves: bool = False) -> Pill:
    """`hint` is the second line: why it stays, what it waits for, the headline of what is in the way."""
    if state is SyncState.DONE:
        return Pill("green", "Success", hint)
    if state is SyncState.IDLE:
        return Pill("green", "Success", hint) if over_there else Pill("grey", "Not synced", hint)
    return Pill("red", "Failed", hint) if state in STUCK else Pill("blue", "Pending", hint, moves)
