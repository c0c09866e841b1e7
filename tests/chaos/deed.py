"""What one process of an experiment on connections does, armed with KZ_FAILPOINTS or not.

It prints "ready", waits for the file `go` (so that several begin together), does one thing, and prints what came of it,
one line each: tokens as fingerprints, refusals by their class.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from uuid import UUID

from flask import Flask

from kz_admin import clock, create_app, crypto
from kz_admin.domain.failures import Refused
from kz_admin.services import disconnect, tokens
from kz_admin.services.audit import COMMAND_LINE


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


VERBS = {"use-at-once": use_at_once, "use-again": use_again, "end": end, "come-back": come_back}


def run(environment: dict[str, str], log: Path, go: Path, verb: str, *arguments: str) -> None:
    """The life of a process that was forked for this."""
    os.environ.clear()
    os.environ.update(environment)
    sink = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    app = create_app()
    say("ready")
    while not go.exists():
        clock.idle(threading.Event(), 0.01)
    VERBS[verb](app, *arguments)
    say("done")
