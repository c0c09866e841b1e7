"""The pace of each company, shared by all processes (reliability.md 2.5): one state in Redis, changed as a whole.

The rules are domain/pace.py. A change is an optimistic transaction around them: whoever was overtaken looks again.
When Redis lost the state it is put together from what this process saw last and from the rows of what was sent, so
that no window of theirs ever holds too much. Without Redis nobody may start anything: NoPace, and work stays due.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from zlib import crc32

import redis
from redis.client import Pipeline

from kz_admin import clock, logs
from kz_admin.domain import pace
from kz_admin.domain.breaker import Change as Change
from kz_admin.domain.pace import Pace
from kz_admin.domain.pace import Slot as Slot
from kz_admin.domain.pace import Wait as Wait
from kz_admin.domain.pace import Why as Why
from kz_admin.domain.pace_text import as_text, from_text
from kz_admin.domain.pushing import Limits
from kz_admin.domain.status import Lane
from kz_admin.models.connection import Connection
from kz_admin.providers import PROVIDERS
from kz_admin.services import bell, pace_memory

log = logs.get(__name__)

LASTS_S = 26 * 3_600  # longer than the longest window
TRIES = 100  # each one lost is somebody else's that was won
JITTER_PARTS = 20  # a silence is kept up to a twentieth longer, each company by its own measure

Answer = TypeVar("Answer")


class NoPace(Exception):
    """Nobody can say how fast we are: Redis is away."""


def take(
    connection: Connection,
    limits: Limits,
    now: int,
    lane: Lane,
    *,
    bulk: bool,
    holder: str,
    until: int,
    interactive_waits: bool = False,
    within: Slot | None = None,
) -> Slot | Wait:
    """A place for one call, or until when there is none. A dead holder's comes back at `until` by itself.

    `within`: the slot of a call that has not left yet and needs this look-up first; both count, as one at a time.
    Without it a drain would wait for itself where only one call may be under way.
    """
    return _change(
        connection,
        now,
        lambda state: pace.take(
            state,
            limits,
            now,
            lane,
            bulk=bulk,
            holder=holder,
            until=until,
            interactive_waits=interactive_waits,
            within=within,
        ),
    )


def give_back(connection: Connection, slot: Slot, now: int | None = None, *, used: bool = True) -> None:
    """The call ended; with `used=False` it never left, and does not count."""
    at = clock.now_ms() if now is None else now
    _change(connection, at, lambda state: (pace.give_back(state, slot, at, used=used), None))


def give_back_all(connection: Connection, holder: str, now: int | None = None) -> None:
    """Of a holder that is known to be gone, and whose calls cannot be under way any more."""
    at = clock.now_ms() if now is None else now
    _change(connection, at, lambda state: (pace.give_back_all(state, holder, at), None))


def throttled(connection: Connection, now: int, until: int) -> int:
    """They asked for silence until then; until when this company keeps it, so that not all come back at once."""
    longer = until + max(0, until - now) * _jitter(connection) // (JITTER_PARTS * 100)
    _change(connection, now, lambda state: (pace.throttled(state, now, longer), None))
    return longer


def outcome(connection: Connection, now: int, ok: bool, took_ms: int) -> Change | None:
    """A call ended: whether they answered. Says when that opened or closed the breaker."""
    known = connection.silent_since is not None
    return _change(connection, now, lambda state: pace.outcome(state, now, ok, took_ms, known))


def seen(connection: Connection, now: int) -> Pace:
    """How the company's traffic stands, only looked at."""
    if bell.is_silent():
        raise NoPace("Redis let somebody wait in vain a moment ago")
    try:
        found = bell.client().get(key(connection))
    except redis.RedisError as error:
        raise NoPace(type(error).__name__) from error
    known = _read(found) if isinstance(found, bytes) else None
    return pace.tidied(known, now) if known is not None else Pace()


def bulk_size(connection: Connection, limits: Limits, now: int) -> int:
    """How many documents a bulk call carries now."""
    return _change(connection, now, lambda state: (state, pace.bulk_size(state, limits, now)))


def lower(connection: Connection, limits: Limits, now: int, left_in_minute: int) -> None:
    """They say that fewer calls are left than we think."""
    _change(connection, now, lambda state: (pace.lower(state, limits, now, left_in_minute), None))


# -- one state, changed as a whole ------------------------------------------------------------------------


def _change(connection: Connection, now: int, step: Callable[[Pace], tuple[Pace, Answer]]) -> Answer:
    if bell.is_silent():
        raise NoPace("Redis let somebody wait in vain a moment ago")
    name = key(connection)
    try:
        for _ in range(TRIES):
            with bell.client().pipeline() as pipeline:
                try:
                    state, answer = _try(pipeline, name, connection, now, step)
                except redis.WatchError:
                    continue
            pace_memory.keep(name, state)
            return answer
    except redis.RedisError as error:
        if isinstance(error, redis.TimeoutError):
            bell.fell_silent()
        log.warning("no_pace", kind=type(error).__name__)
        raise NoPace(type(error).__name__) from error
    log.warning("no_pace", kind="overtaken")
    raise NoPace("overtaken too often")


def _try(
    pipeline: Pipeline, name: str, connection: Connection, now: int, step: Callable[[Pace], tuple[Pace, Answer]]
) -> tuple[Pace, Answer]:
    pipeline.watch(name)  # type: ignore[no-untyped-call]  # redis-py types it only in part
    found = pipeline.get(name)
    known = _read(found) if isinstance(found, bytes) else None
    state = known or pace_memory.rebuilt(connection, name, now, _limits(connection))
    changed, answer = step(state)
    if changed is not known:
        pipeline.multi()
        pipeline.set(name, as_text(changed), ex=LASTS_S)
        pipeline.execute()
    return changed, answer


def _read(found: bytes) -> Pace | None:
    try:
        return from_text(found)
    except (ValueError, TypeError, IndexError):
        log.warning("pace_not_readable")
        return None


def _limits(connection: Connection) -> Limits | None:
    provider = PROVIDERS.get(connection.provider)
    return provider.sending.limits if provider and provider.sending else None


def key(connection: Connection) -> str:
    """Of the company, not of the connection: another tenant's row of the same company meets the same limits."""
    return f"kz:pace:{connection.provider}:{connection.environment}:{connection.company_key[:24]}"


def _jitter(connection: Connection) -> int:
    """Per cent; the company's own, so that a test and a log can be read again."""
    return crc32(connection.company_key.encode()) % 100
