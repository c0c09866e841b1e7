"""How fast one caller may be: so many calls a minute over all processes, counted in Redis.

A process takes its share in packs, so that one hook in twenty asks Redis. While Redis is away or silent every process
counts alone, with a bucket per caller: letting a few too many in is better than refusing, or letting anybody wait.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import redis
from flask import Flask, current_app
from limits import RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from kz_admin import clock, config, logs
from kz_admin.domain.failures import Throttled
from kz_admin.services import bell

log = logs.get(__name__)

MOST_CALLERS = 10_000
MINUTE_S = 60.0
# A hook waits no longer than this for a number that it can do without.
REDIS_S = 0.25
AWAY_S = 5.0


def init_app(app: Flask) -> None:
    """One storage per process; nothing is asked yet. None of them: the only process there is counts alone."""
    cfg: config.Config = app.config["KZ"]
    pool = redis.ConnectionPool.from_url(
        cfg.redis_url, socket_connect_timeout=REDIS_S, socket_timeout=REDIS_S, retry=Retry(NoBackoff(), 0)
    )
    app.extensions["kz_rate_storage"] = RedisStorage("redis://", connection_pool=pool, key_prefix="kz_rate")


@dataclass(frozen=True)
class Bucket:
    holds: int
    refills_per_s: float


class Buckets:
    """Of one process: a bucket per caller, refilled as time passes."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, caller: str) -> None:
        """One call of this caller, or Throttled saying when the next one fits."""
        now = clock.monotonic()
        with self._lock:
            if len(self._left) > MOST_CALLERS:
                self._left.clear()
            left, since = self._left.get(caller, (float(self._bucket.holds), now))
            left = min(self._bucket.holds, left + (now - since) * self._bucket.refills_per_s)
            if left < 1:
                wait = int((1 - left) / self._bucket.refills_per_s) + 1
                self._left[caller] = (left, now)
                raise _too_fast(wait)
            self._left[caller] = (left - 1, now)


@dataclass
class _Pack:
    """What this process may let in without asking again; none left and `full`: nobody until then."""

    left: int
    until: float
    full: bool = False


class Shared:
    """Of all processes: `per_minute` calls of one caller, counted together while Redis answers."""

    def __init__(self, per_minute: int, alone: Bucket, pack: int = 20) -> None:
        self._most, self._pack_of = RateLimitItemPerMinute(per_minute), pack
        self._alone = Buckets(alone)
        self._packs: dict[str, _Pack] = {}
        self._away_until = 0.0
        self._lock = threading.Lock()

    def take(self, caller: str) -> None:
        """One call of this caller, or Throttled saying when the next one fits."""
        now = clock.monotonic()
        if self._had(caller, now):
            return
        storage: RedisStorage | None = current_app.extensions["kz_rate_storage"]
        if storage is None or now < self._away_until or bell.is_silent():
            self._alone.take(caller)
            return
        try:
            pack = self._fetch(storage, caller, now)
        except redis.RedisError as error:
            self._notice(error, now)
            self._alone.take(caller)
            return
        self._keep(caller, pack)
        if pack.full:
            raise _too_fast(int(pack.until - now))

    def _had(self, caller: str, now: float) -> bool:
        """Whether the pack at hand has a call for this caller."""
        with self._lock:
            pack = self._packs.get(caller)
            if pack is None or now >= pack.until:
                return False
            if pack.full:
                raise _too_fast(int(pack.until - now))
            pack.left -= 1
            return pack.left >= 0

    def _fetch(self, storage: RedisStorage, caller: str, now: float) -> _Pack:
        if FixedWindowRateLimiter(storage).hit(self._most, caller, cost=self._pack_of):
            return _Pack(self._pack_of - 1, now + MINUTE_S)
        window = storage.prefixed_key(self._most.key_for(caller))
        rest = int(storage.get_connection().ttl(window))
        return _Pack(0, now + max(rest, 0) + 1, full=True)

    def _keep(self, caller: str, pack: _Pack) -> None:
        with self._lock:
            if len(self._packs) > MOST_CALLERS:
                self._packs.clear()
            before = self._packs.get(caller)
            if before is not None and not pack.full:  # another thread fetched one at the same moment
                pack.left += max(before.left, 0)
            self._packs[caller] = pack

    def _notice(self, error: redis.RedisError, now: float) -> None:
        self._away_until = now + AWAY_S
        if isinstance(error, redis.TimeoutError):
            bell.fell_silent()
        log.warning("rate_counted_alone", kind=type(error).__name__)


def _too_fast(wait_s: int) -> Throttled:
    return Throttled("Too many calls with this key at once. Send the rest a little later.", max(1, wait_s))
