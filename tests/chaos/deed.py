"""What one process of an experiment on connections does, armed with KZ_FAILPOINTS or not.

It prints "ready", waits for the file `go` (so that several begin together), does one thing, and prints what came of it,
one line each: tokens as fingerprints, refusals by their class.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from pathlib import Path
from uuid import UUID

from flask import Flask
from rq.job import Job
from rq.serializers import JSONSerializer

from jobs.doors import DOORS
from kz_admin import clock, create_app, crypto, lifeline
from kz_admin.domain.failures import Refused
from kz_admin.domain.status import Lane
from kz_admin.services import bell, disconnect, tokens
from kz_admin.services.audit import COMMAND_LINE
from kz_admin.services.push import drain, lease, ringing
from tests.chaos import mutations

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def say(*words: object) -> None:
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())  # whole, whoever else writes


def use(app: Flask, connection_id: UUID) -> None:
    with app.app_context():
        try:
            say("token", crypto.fingerprint(tokens.access(connection_id).token)[:12])
        except Refused as refusal:
            say("refused", type(refusal).__name__)


def use_at_once(app: Flask, connection_id: str, threads: str) -> None:
    """As many jobs as threads, all wanting the same token."""
    jobs = [threading.Thread(target=use, args=(app, UUID(connection_id))) for _ in range(int(threads))]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()


def use_again(app: Flask, connection_id: str, times: str) -> None:
    """One job after the other, in the main thread as a worker's."""
    for _ in range(int(times)):
        use(app, UUID(connection_id))


def end(app: Flask, tenant_id: str) -> None:
    with app.app_context():
        say("confirmed", disconnect.disconnect(UUID(tenant_id), "quickbooks", COMMAND_LINE).confirmed)


def come_back(app: Flask, sign_in: str, address: str) -> None:
    """A browser returns from the provider."""
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"], session["_fresh"] = sign_in, True
    say("answer", browser.get(address).status_code)


def click(app: Flask, sign_in: str, path: str, *fields: str) -> None:
    """A person presses a button of a page that stood open; said is what the browser got."""
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"], session["_fresh"] = sign_in, True
    token = TOKEN.search(browser.get("/kz-admin/login/forgot").text)
    assert token, "no form with a token on the page that everybody may open"
    say("clicks")
    form = {"csrf_token": token.group(1), **dict(field.split("=", 1) for field in fields)}
    say("answer", browser.post(path, data=form).status_code)


def open_door(app: Flask, door: str, *ids: str) -> None:
    """What a worker does with one ring."""
    with app.app_context():
        DOORS[f"jobs.doors.{door}"](*ids)


def push(app: Flask, connection_id: str, lane: str) -> None:
    """What the doors push_now and push_bulk do."""
    with app.app_context():
        drain.run(UUID(connection_id), Lane(lane))


def serve(app: Flask, lane: str) -> None:
    """A worker of one queue: opens whatever door is rung for, until it is killed."""
    with app.app_context():
        queue = bell.queue(lane)
        while True:
            if not len(queue):
                clock.idle(threading.Event(), 0.005)
                continue
            job = Job.fetch(queue.pop_job_id(), connection=bell.client(), serializer=JSONSerializer)
            DOORS[job.func_name](*job.args)
            say("served", job.func_name)


def sweep(app: Flask) -> None:
    """The clock's look for work nobody rang for."""
    with app.app_context():
        ringing.ring_due()


def pop(app: Flask, lane: str) -> None:
    """A worker takes a job from its queue and dies before it opened the door."""
    with app.app_context():
        taken = bell.queue(lane).pop_job_id()
    say("popped", taken)
    os.kill(os.getpid(), signal.SIGKILL)


def race(app: Flask, connection_id: str, rounds: str, me: str, of: str) -> None:
    """Take the lease again and again, each time at the same moment as the others; the winner lets it go."""
    with app.app_context():
        for number in range(int(rounds)):
            _meet(f"before {number}", int(of))
            held = lease.take(UUID(connection_id))
            _meet(f"after {number}", int(of))
            if held is not None:
                say("won", number, held.fence, me)
                lease.release(held)


def _meet(where: str, of: int) -> None:
    """Whoever comes last lets all go."""
    redis = bell.client()
    redis.incr(where)
    while int(redis.get(where) or 0) < of:
        clock.idle(threading.Event(), 0.0002)


VERBS = {
    "click": click,
    "open": open_door,
    "use-at-once": use_at_once,
    "use-again": use_again,
    "end": end,
    "come-back": come_back,
    "push": push,
    "serve": serve,
    "sweep": sweep,
    "pop": pop,
    "race": race,
}


def run(environment: dict[str, str], log: Path, go: Path, verb: str, *arguments: str) -> None:
    """The life of a process that was forked for this."""
    lifeline.follow(os.getppid())  # the nursery, which ends with the tests, however those end
    os.environ.clear()
    os.environ.update(environment)
    sink = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    app = create_app()
    mutations.apply(environment[mutations.WITHOUT])
    say("ready")
    while not go.exists():
        clock.idle(threading.Event(), 0.01)
    VERBS[verb](app, *arguments)
    say("done")
