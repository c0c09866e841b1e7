"""Mails are an outbox: written with what caused them, sent by a worker, looked for by the clock.

What must hold, wherever a process is killed: every mail that was written is received; once, unless the kill fell
between the mail server's answer and our note of it, and then it is the same mail by its Message-ID; nothing waits at
the end.
"""

from __future__ import annotations

from collections import Counter

import pytest
import requests

from kz_admin.services import passwords
from tests import cast as people
from tests.chaos.experiment import Experiment, all_failpoints, failpoints_in
from tests.chaos.opening import mostly_sqlite
from tests.fixtures.processes import ROOT
from tests.fixtures.smtp import SmtpSink
from tests.fixtures.visitor import Visitor

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

SUBJECTS = [f"Mail {number}" for number in range(1, 6)]
# Where the worker can be killed, and how many mails at most may then arrive twice.
KILLED_AT = [("mail.claimed", 0), ("mail.claimed@3", 0), ("mail.sent", 1), ("mail.sent@3", 1)]


def test_every_failpoint_of_the_mail_outbox_is_tried_here() -> None:
    there = set(failpoints_in(ROOT / "kz_admin" / "services" / "mails.py"))
    assert there == {name.split("@", maxsplit=1)[0] for name, _ in KILLED_AT}
    assert "bell.before" in all_failpoints()


@mostly_sqlite
@pytest.mark.parametrize(
    ("failpoint", "may_repeat"),
    [pytest.param(*one, marks=[] if "@" in one[0] else [pytest.mark.chaos_long]) for one in KILLED_AT],
)
def test_a_worker_killed_anywhere_loses_no_mail(
    experiment: Experiment, smtp: SmtpSink, failpoint: str, may_repeat: int
) -> None:
    experiment.dyno.environment["SMTP_URL"] = smtp.url
    experiment.start("worker", armed=f"{failpoint}=kill")
    write_all(experiment)
    assert experiment.dyno.ring()
    experiment.await_death("worker")
    experiment.start("clock")
    experiment.heal("worker")
    rest_and_check(experiment, smtp, may_repeat)


@mostly_sqlite
def test_a_web_process_killed_between_the_commit_and_the_bell_loses_no_mail(
    experiment: Experiment, smtp: SmtpSink
) -> None:
    experiment.dyno.environment["SMTP_URL"] = smtp.url
    with experiment.dyno.inside():
        admin = people.assemble(passwords.hashed(people.PASSWORD)).admin
    experiment.start("web", armed="bell.before=kill")
    with pytest.raises(requests.ConnectionError):
        Visitor(experiment.dyno).submit("/kz-admin/login/forgot", email=admin.email)
    experiment.await_death("web")
    assert list(experiment.dyno.mails().values()) == ["waiting"]
    experiment.start("worker", "clock")
    experiment.heal("web")
    experiment.rest(lambda: list(experiment.dyno.mails().values()) == ["sent"])
    assert [message["To"] for message in smtp.mails] == [admin.email]


@pytest.mark.chaos_long
@mostly_sqlite
def test_a_worker_that_sleeps_through_its_claim_records_nothing_afterwards(
    experiment: Experiment, smtp: SmtpSink
) -> None:
    experiment.dyno.environment["SMTP_URL"] = smtp.url
    experiment.start("worker", armed="mail.sent=pause:12")
    write_all(experiment)
    assert experiment.dyno.ring()
    experiment.rest(lambda: bool(smtp.subjects()))  # the first one is with the mail server
    experiment.dyno.let_time_pass(61)
    sleeper = experiment.running.pop("worker")
    experiment.start("worker", "clock")
    rest_and_check(experiment, smtp, may_repeat=1)
    assert sleeper.process.poll() is None  # it slept and lived on


@mostly_sqlite
def test_mails_survive_the_loss_of_everything_that_was_queued(experiment: Experiment, smtp: SmtpSink) -> None:
    experiment.dyno.environment["SMTP_URL"] = smtp.url
    write_all(experiment)
    assert experiment.dyno.ring()
    experiment.dyno.redis.kill()
    experiment.dyno.redis.forget()
    experiment.dyno.redis.start()
    experiment.start("worker", "clock")
    rest_and_check(experiment, smtp, may_repeat=0)


def write_all(experiment: Experiment) -> None:
    for subject in SUBJECTS:
        experiment.dyno.write_mail(subject)


def rest_and_check(experiment: Experiment, smtp: SmtpSink, may_repeat: int) -> None:
    sent = dict.fromkeys(SUBJECTS, "sent")
    experiment.rest(lambda: experiment.dyno.mails() == sent)
    received = Counter(smtp.subjects())
    assert set(received) == set(SUBJECTS)
    assert sum(received.values()) - len(SUBJECTS) <= may_repeat, received
    ids = {message["Message-ID"] for message in smtp.mails}
    assert len(ids) == len(SUBJECTS), "a repeated mail has another Message-ID"
