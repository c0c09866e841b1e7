"""The same code, Heroku-style: exactly the processes of the Procfile on PostgreSQL and Redis."""

from __future__ import annotations

import json
import signal
import time

import pytest
from sqlalchemy import select

from kz_admin.models import Mail
from kz_admin.models.session import reading
from tests.fixtures.dyno import Dyno, procfile
from tests.fixtures.processes import ROOT, Running, wait_until
from tests.fixtures.smtp import SmtpSink

pytestmark = pytest.mark.postgres
# Heroku's own limit is 30 s; the contract says 25.
WITHIN = 25
PRODUCTION = {"KZ_ENV": "production", "KZ_BASE_URL": "https://books.example.com"}


def test_the_procfile_names_the_four_processes_of_the_contract() -> None:
    assert procfile() == {
        "release": "flask --app app db upgrade",
        "web": "gunicorn -k gthread --threads 8 --no-control-socket app:app",
        "worker": "python -m jobs.worker",
        "clock": "python -m jobs.clock",
    }


def test_the_button_describes_only_settings_that_exist() -> None:
    described = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))
    readers = [ROOT / "kz_admin" / name for name in ("config.py", "config_reader.py")]
    source = "".join(path.read_text(encoding="utf-8") for path in readers)
    for name in described["env"]:
        parts = (name, name.removeprefix("QUICKBOOKS_"), name.removeprefix("XERO_"))
        assert name == "WEB_CONCURRENCY" or any(f'"{part}"' in source for part in parts), name
    assert set(described["formation"]) == set(procfile()) - {"release"}
    for secret in ("SECRET_KEY", "KZ_ENCRYPTION_KEYS"):
        assert described["env"][secret]["generator"] == "secret"


def test_in_production_they_reach_readyz_and_all_end_within_25_seconds_of_sigterm_to_every_process(
    postgres_url: str, dyno: Dyno
) -> None:
    dyno.environment.update(PRODUCTION, DATABASE_URL=postgres_url)  # an empty database, and…
    dyno.release()
    running = [dyno.start(name) for name in ("web", "worker", "clock")]
    dyno.wait_until_ready()
    running[1].wait_for_output("worker_listens")
    running[2].wait_for_output("clock_leads")
    assert end_all(running) < WITHIN
    assert [each.exit_code() for each in running] == [0, 0, 0]


def test_a_rung_mail_is_delivered_at_once(dyno: Dyno, smtp: SmtpSink) -> None:
    dyno.environment["SMTP_URL"] = smtp.url
    worker = dyno.start("worker")
    worker.wait_for_output("worker_listens")
    dyno.write_mail("Rung")
    assert dyno.ring()
    wait_until(lambda: smtp.subjects() == ["Rung"], "the mail")
    wait_until(lambda: dyno.mails() == {"Rung": "sent"}, "the mail's state")


@pytest.mark.slow
def test_a_job_that_needs_less_than_twenty_seconds_is_finished_before_the_worker_ends(
    dyno: Dyno, smtp: SmtpSink
) -> None:
    dyno.environment["SMTP_URL"] = smtp.url
    worker = dyno.start("worker", KZ_FAILPOINTS="mail.claimed=pause:6")
    begin_a_mail(dyno, worker)
    assert end_all([worker]) < WITHIN
    assert smtp.subjects() == ["Begun"]
    assert dyno.mails() == {"Begun": "sent"}


@pytest.mark.slow
def test_a_job_that_hangs_is_interrupted_and_its_work_is_still_due(dyno: Dyno, smtp: SmtpSink) -> None:
    dyno.environment["SMTP_URL"] = smtp.url
    worker = dyno.start("worker", KZ_FAILPOINTS="mail.claimed=pause:90")
    begin_a_mail(dyno, worker)
    assert end_all([worker]) < WITHIN
    assert smtp.subjects() == []
    assert dyno.mails() == {"Begun": "waiting"}


def begin_a_mail(dyno: Dyno, worker: Running) -> None:
    """A mail that a work horse has claimed and holds at a failpoint."""
    worker.wait_for_output("queue=interactive")
    dyno.write_mail("Begun")
    assert dyno.ring()
    wait_until(lambda: claimed(dyno), "the mail to be claimed")


def claimed(dyno: Dyno) -> bool:
    with dyno.inside(), reading() as session:
        return session.scalars(select(Mail.claimed_by)).one() is not None


def end_all(running: list[Running]) -> float:
    """As Heroku ends a dyno: SIGTERM to every process in it. How long the last one took."""
    asked = time.monotonic()
    for each in running:
        each.send_to_all(signal.SIGTERM)
    for each in running:
        each.exit_code(WITHIN)
        each.wait_until_nothing_is_left(seconds=1)
    return time.monotonic() - asked
