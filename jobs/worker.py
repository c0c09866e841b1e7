"""`python -m jobs.worker`: the application loaded once, then KZ_WORKERS children with one queue each.

The first child serves `interactive`, the others `bulk`. One queue per process, as RQ loses a job for good
when a worker of several queues is killed right after taking it. A child that dies is replaced.
"""

from __future__ import annotations

import os
import signal
import sys

import redis
from flask import Flask
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from jobs.door_job import DoorJob
from jobs.draining_worker import NUDGE, DrainingWorker
from kz_admin import clock, config, create_app, lifeline, logs
from kz_admin.models.base import db
from kz_admin.services.bell import LANES

log = logs.get(__name__)

# Heroku kills 30 s after SIGTERM; a horse is interrupted after 20.
ENDED_WITHIN_S = 23
# RQ waits this long, less 15 s, for a job before it looks around.
WORKER_TTL_S = 60
LONGEST_PAUSE_S = 5.0
WELL_AFTER_S = 30.0
TERMINATIONS = (signal.SIGTERM, signal.SIGINT)
HEARD = (*TERMINATIONS, signal.SIGCHLD, signal.SIGALRM)
TICK_S = 0.5


def lanes(children: int) -> list[str]:
    """What each child listens to: interactive first, never the last worker of the other."""
    interactive, bulk = LANES
    return [interactive] + [bulk] * (children - 1)


class Pool:
    """Takes its signals by `sigwait`, not in handlers: what came just before a system call would be slept over."""

    def __init__(self, app: Flask, queues: list[str]) -> None:
        self._app = app
        self._waiting = list(queues)
        self._children: dict[int, tuple[str, float]] = {}
        self._killed_at: float | None = None  # set once somebody asked us to stop
        self._starts_again_at = 0.0
        self._pause = 0.5

    def run(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
        signal.setitimer(signal.ITIMER_REAL, TICK_S, TICK_S)
        while self._children or self._killed_at is None:
            self._fill()
            number = signal.sigwait(HEARD)
            if number in TERMINATIONS and self._killed_at is None:
                self._killed_at = clock.monotonic() + ENDED_WITHIN_S
                self._send(signal.SIGTERM)
            self._reap()
            if self._killed_at is not None:
                self._send(signal.SIGKILL if clock.monotonic() > self._killed_at else NUDGE)
        log.info("worker_stopped")

    def _fill(self) -> None:
        while self._waiting and self._killed_at is None and clock.monotonic() >= self._starts_again_at:
            queue, parent = self._waiting.pop(0), os.getpid()
            pid = os.fork()
            if pid == 0:
                serve(self._app, queue, parent)
            self._children[pid] = (queue, clock.monotonic())

    def _reap(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            queue, since = self._children.pop(pid)
            self._waiting.append(queue)
            if self._killed_at is not None:
                continue
            now = clock.monotonic()
            self._pause = 0.5 if now - since > WELL_AFTER_S else min(self._pause * 2, LONGEST_PAUSE_S)
            self._starts_again_at = now + self._pause
            log.warning("worker_child_ended", queue=queue, code=os.waitstatus_to_exitcode(status), again_in=self._pause)

    def _send(self, number: int) -> None:
        for pid in list(self._children):
            os.kill(pid, number)  # ours and not yet waited for, so the number is still its own


def serve(app: Flask, queue: str, parent: int) -> None:
    """The life of one child; never returns."""
    code = 1
    try:
        for number in TERMINATIONS:
            signal.signal(number, signal.SIG_DFL)
        lifeline.follow(parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
        with app.app_context():
            db.engine.dispose(close=False)
            work(queue)
        code = 0
    except StopRequested:  # once more while it was ending already
        code = 0
    except redis.RedisError as error:
        log.warning("worker_without_redis", queue=queue, kind=type(error).__name__)
    except Exception:
        log.exception("worker_child_failed", queue=queue)
    finally:
        sys.stdout.flush()
        os._exit(code)


def work(queue: str) -> None:
    worker = DrainingWorker(
        [queue],
        connection=redis.Redis.from_url(config.current().redis_url, socket_connect_timeout=2),
        job_class=DoorJob,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_S,
        maintenance_interval=WORKER_TTL_S,
        log_job_description=False,
    )
    log.info("worker_listens", queue=queue)
    worker.work(logging_level="WARNING")


def main() -> None:
    app = create_app()
    Pool(app, lanes(app.config["KZ"].workers)).run()


if __name__ == "__main__":
    main()
