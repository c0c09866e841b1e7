"""The states of a connection and how they may change.

        ┌──────────── reconnect ────────────┐
        ▼                                   │
connected ⇄ paused          connected → needs_reconnect
    │          │                            │
    └──────────┴──── disconnecting ◄────────┘
                          │
                     disconnected ── connect again ──► connected
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    CONNECTED = "connected"
    PAUSED = "paused"
    NEEDS_RECONNECT = "needs_reconnect"
    DISCONNECTING = "disconnecting"
    DISCONNECTED = "disconnected"


class Environment(StrEnum):
    PRODUCTION = "production"
    SANDBOX = "sandbox"


LIVE = frozenset({State.CONNECTED, State.PAUSED, State.NEEDS_RECONNECT, State.DISCONNECTING})
# Those whose tokens may still be used.
USABLE = frozenset({State.CONNECTED, State.PAUSED})

_MOVES = {
    State.CONNECTED: {State.PAUSED, State.NEEDS_RECONNECT, State.DISCONNECTING, State.CONNECTED},
    State.PAUSED: {State.CONNECTED, State.NEEDS_RECONNECT, State.DISCONNECTING, State.PAUSED},
    State.NEEDS_RECONNECT: {State.CONNECTED, State.PAUSED, State.DISCONNECTING},
    State.DISCONNECTING: {State.DISCONNECTED},
    State.DISCONNECTED: {State.CONNECTED},
}


def may_move(before: State, after: State) -> bool:
    return after in _MOVES[before]
