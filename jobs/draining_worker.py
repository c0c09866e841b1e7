"""One RQ worker on one queue that ends within 25 s of SIGTERM, whatever it is doing.

Heroku sends SIGTERM to every process of a dyno at once. The work horse ignores it, has 20 s to finish, and is
then interrupted; what it had not finished is still due in the database.
"""

from __future__ import annotations

import signal
from types import FrameType

from rq import Queue
from rq.exceptions import StopRequested
from rq.job import Job
from rq.worker import HerokuWorker, WorkerStatus

from kz_admin import lifeline, logs
from kz_admin.models.base import db

# macOS has no real-time signals.
HAND_OVER = getattr(signal, "SIGRTMIN", signal.SIGUSR1)
# RQ ends an idle worker by an exception out of the signal's handler. Raised inside somebody's `except Exception`, or
# while a system call begins, it is lost, and the worker would wait for its next job: whoever asked asks on by this.
NUDGE = signal.SIGUSR2


class DrainingWorker(HerokuWorker):
    imminent_shutdown_delay = 20
    # After an outage of Redis, due work has to start within 30 s of its return.
    max_connection_wait_time = 5.0

    def _install_signal_handlers(self) -> None:
        signal.signal(NUDGE, self._nudged)
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]  # RQ says no types here

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self._stop_requested = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # RQ says no types here

    def request_force_stop(self, _signum: int, _frame: FrameType | None) -> None:
        """A dyno asks every process and so does our parent: told twice is told once. Who waits too long kills."""

    def _nudged(self, _signum: int, _frame: FrameType | None) -> None:
        if self._stop_requested and self.get_state() != WorkerStatus.BUSY:
            raise StopRequested

    def teardown(self) -> None:
        signal.signal(NUDGE, signal.SIG_IGN)
        super().teardown()  # type: ignore[no-untyped-call]  # RQ says no types here

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        assert self.pid  # the parent noted its own
        lifeline.follow(self.pid)
        # A connection opened before the fork belongs to the parent; used by two processes it breaks both.
        db.engine.dispose(close=False)
        logs.bind(job_id=job.id)
        super().main_work_horse(job, queue)

    def setup_work_horse_signals(self) -> None:
        signal.signal(HAND_OVER, self.request_stop_sigrtmin)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(NUDGE, signal.SIG_IGN)

    def handle_warm_shutdown_request(self) -> None:
        if self.horse_pid:
            self.kill_horse(sig=HAND_OVER)

    def request_stop_sigrtmin(self, _signum: int, _frame: FrameType | None) -> None:
        self.log.warning("worker ends in %d s; the job may finish until then", self.imminent_shutdown_delay)
        for number in (HAND_OVER, signal.SIGALRM):
            signal.signal(number, self.request_force_stop_sigrtmin)
        signal.alarm(self.imminent_shutdown_delay)
