"""The doorbell: tells a worker to look. It may be lost without loss, so nothing here ever fails a request."""

from __future__ import annotations

import redis
from flask import Flask, current_app
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from kz_admin import clock, config, failpoints, logs

log = logs.get(__name__)

LANES = ("interactive", "bulk")
JOB_TIMEOUT_S = 300
FAILURE_TTL_S = 3_600
# A frozen Redis costs a time-out; while it is frozen not every hook pays for it. The clock looks meanwhile.
SILENCE_S = 5.0


class _Silence:
    until = 0.0


_silence = _Silence()


def init_app(app: Flask) -> None:
    """One client per process: RQ keeps a script cache per client for ever."""
    cfg: config.Config = app.config["KZ"]
    app.extensions["kz_redis"] = redis.Redis.from_url(
        cfg.redis_url,
        socket_connect_timeout=1,
        socket_timeout=2,
        health_check_interval=25,
        retry=Retry(NoBackoff(), 1),
    )


def client() -> redis.Redis:
    found: redis.Redis = current_app.extensions["kz_redis"]
    return found


def is_silent() -> bool:
    """Whether Redis let somebody of this process wait in vain a moment ago."""
    return clock.monotonic() < _silence.until


def fell_silent() -> None:
    _silence.until = clock.monotonic() + SILENCE_S


def queue(lane: str) -> Queue:
    return Queue(lane, connection=client(), serializer=JSONSerializer, default_timeout=JOB_TIMEOUT_S)


def ring(door: str, *ids: str, lane: str = "interactive") -> bool:
    """Ask for `jobs.doors.<door>` with ids only; False when Redis did not hear it (the clock will look anyway)."""
    failpoints.reach("bell.before")
    if is_silent():
        return False
    try:
        with client().pipeline() as pipeline:  # one way there and back; RQ alone takes two
            settings = {"result_ttl": 0, "failure_ttl": FAILURE_TTL_S, "pipeline": pipeline}
            queue(lane).enqueue(f"jobs.doors.{door}", *ids, **settings)
            pipeline.execute()
    except redis.RedisError as error:
        if isinstance(error, redis.TimeoutError):
            fell_silent()
        log.warning("bell_not_heard", door=door, kind=type(error).__name__)
        return False
    return True


def is_empty(lane: str) -> bool:
    """Whether nobody else waits for a worker of this lane; an absent Redis lets nobody wait."""
    try:
        return int(queue(lane).count) == 0
    except redis.RedisError:
        return True
