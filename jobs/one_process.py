"""`python -m jobs.one_process`: web, workers and clock as threads of one process, on a Redis that is a Python object.

The fallback of `make run` where no Redis server can be found. Nothing is lost when it ends: work is in the database,
and the clock looks for it. Not for production: a thread cannot be killed when its job hangs.
"""

import signal
import threading

from fakeredis import FakeRedis
from flask import Flask
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty
from werkzeug.serving import make_server

from jobs import clock, worker
from jobs.door_job import DoorJob
from kz_admin import config, create_app, logs

log = logs.get(__name__)


class ThreadWorker(SimpleWorker):
    death_penalty_class = TimerDeathPenalty

    def _install_signal_handlers(self) -> None:
        """Only the main thread may; it ends the process and every thread with it."""


def serve_queue(app: Flask, queue: str, redis: FakeRedis) -> None:
    with app.app_context():
        worker_thread = ThreadWorker([queue], connection=redis, job_class=DoorJob, serializer=JSONSerializer)
        worker_thread.work(logging_level="WARNING")


def run_clock(app: Flask, stop: threading.Event) -> None:
    with app.app_context():
        clock.run(clock.Clock(clock.TABLE, clock.new_holder()), stop)


def main() -> None:
    app = create_app()
    cfg: config.Config = app.config["KZ"]
    redis = FakeRedis()
    app.extensions["kz_redis"] = redis
    app.extensions["kz_rate_storage"] = None
    stop = threading.Event()
    for queue in worker.lanes(cfg.workers):
        threading.Thread(target=serve_queue, args=(app, queue, redis), daemon=True).start()
    ticking = threading.Thread(target=run_clock, args=(app, stop))
    ticking.start()
    server = make_server("127.0.0.1", cfg.port, app, threaded=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    stop.set()
    ticking.join(10)


if __name__ == "__main__":
    main()
