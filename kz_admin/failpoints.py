"""Named places where a test may kill, delay or break the process. Refused in production (config.py).

KZ_FAILPOINTS holds `name[@hit]=action` with commas between: `mail.sent=kill`, `mail.sent@3=raise`,
`drain.claimed=pause:5`, `push.answered=stop` (until somebody sends SIGCONT).
Without `@hit` the first hit acts; each acts once per process.
"""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass

from kz_admin import clock


class Broken(Exception):
    """Raised where a test asked for a failure."""


@dataclass
class _Failpoint:
    action: str
    at_hit: int
    hits: int = 0


_armed: dict[str, _Failpoint] = {}
_lock = threading.Lock()


def arm(spec: str) -> None:
    """Replace what is armed by what the text names."""
    _armed.clear()
    for part in filter(None, (part.strip() for part in spec.split(","))):
        target, _, action = part.partition("=")
        name, _, hit = target.partition("@")
        _armed[name] = _Failpoint(action or "kill", int(hit or 1))


def reach(name: str) -> None:
    """Mark a place in the protocol. Costs one look into an empty dict when nothing is armed."""
    if not _armed:
        return
    with _lock:
        failpoint = _armed.get(name)
        if failpoint is None:
            return
        failpoint.hits += 1
        due = failpoint.hits == failpoint.at_hit
    if due:
        _act(name, failpoint.action)


def _act(name: str, action: str) -> None:
    verb, _, argument = action.partition(":")
    if verb == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif verb == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif verb == "pause":
        clock.idle(threading.Event(), float(argument))
    else:
        raise Broken(name)
