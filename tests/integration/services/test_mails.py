"""Outgoing mail: written with its cause, sent at least once, tried again for three days, never by two at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask import session as browser
from sqlalchemy import select, text, update

from kz_admin import clock, failpoints
from kz_admin.domain.failures import Forbidden, NotFound
from kz_admin.models import Mail, Tenant
from kz_admin.models.session import engine, reading, writing
from kz_admin.services import mails
from tests.cast import Cast, tenant
from tests.conftest import make_app
from tests.fixtures.at_once import at_once
from tests.fixtures.smtp import SmtpSink

FROM = "Books <books@kz.example>"


@pytest.fixture
def app(database_url: str, smtp: SmtpSink) -> Iterator[Flask]:
    app = make_app(database_url, SMTP_URL=smtp.url, KZ_MAIL_FROM=FROM)
    with app.app_context():
        yield app
        engine().dispose()


@pytest.fixture
def without_server(database_url: str) -> Iterator[Flask]:
    app = make_app(database_url)
    with app.app_context():
        yield app
        engine().dispose()


def write(to: str = "ada@example.com", **more: Any) -> None:
    with writing() as session:
        mails.write(
            session,
            "password_reset",
            to=to,
            tenant_id=more.pop("tenant_id", None),
            subject=more.pop("subject", "Choose a new password"),
            name="Ada",
            link="https://kz.example/kz-admin/login/reset/the-token",
            **more,
        )


def only() -> Mail:
    with reading() as session:
        return session.scalars(select(Mail)).one()


def states() -> list[str]:
    with reading() as session:
        return sorted(session.scalars(select(Mail.state)))


def due_now() -> None:
    with writing() as session:
        session.execute(update(Mail).values(due_at=0))


def test_a_mail_arrives_as_text_and_as_html(app: Flask, smtp: SmtpSink) -> None:
    write()
    assert mails.deliver_due() == 1
    (mail,) = smtp.mails
    body, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert body is not None
    assert html is not None
    assert "https://kz.example/kz-admin/login/reset/the-token" in body.get_content()
    assert "https://kz.example/kz-admin/login/reset/the-token" in html.get_content()
    assert (mail["To"], mail["From"], mail["Subject"]) == ("ada@example.com", FROM, "Choose a new password")
    assert mail["Message-ID"] == f"<{only().id.hex}@localhost>"
    kept = only()
    assert (kept.state, kept.tries, kept.claimed_by, kept.problem) == ("sent", 1, None, None)
    assert kept.sent_at is not None


def test_a_sent_mail_is_not_sent_again(app: Flask, smtp: SmtpSink) -> None:
    write()
    mails.deliver_due()
    assert mails.deliver_due() == 0
    assert len(smtp.mails) == 1


@pytest.mark.promise("A66")
def test_a_line_break_in_a_subject_is_no_second_header(app: Flask, smtp: SmtpSink) -> None:
    write(subject="Acme\r\nBcc: everybody@example.com\n invites you")
    mails.deliver_due()
    (mail,) = smtp.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Acme Bcc: everybody@example.com invites you"


def test_names_of_all_languages_arrive(app: Flask, smtp: SmtpSink) -> None:
    write(subject="Zoë 李小龍 lädt dich ein")
    mails.deliver_due()
    assert smtp.mails[0]["Subject"] == "Zoë 李小龍 lädt dich ein"


def test_a_mail_is_written_only_with_the_change_that_caused_it(app: Flask) -> None:
    def change_and_fail() -> None:
        with writing() as session:
            session.add(tenant("acme"))
            mails.write(session, "password_reset", to="x@example.com", tenant_id=None, subject="s", name="n", link="l")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    with reading() as session:
        assert session.scalars(select(Mail)).all() == []
        assert session.scalars(select(Tenant)).all() == []


def test_a_server_that_refuses_is_tried_again_with_growing_gaps(app: Flask, smtp: SmtpSink) -> None:
    smtp.refuses = True
    write()
    for number in range(1, 14):
        before = clock.now_ms()
        assert mails.deliver_due() == 0
        after, mail = clock.now_ms(), only()
        assert (mail.state, mail.tries) == ("waiting", number)
        gap = min(10 * 2 ** (number - 1), 3600) * clock.SECOND
        assert before + gap <= mail.due_at <= after + gap
        due_now()
    assert only().problem == "The mail server did not take it: SMTPSenderRefused"
    smtp.refuses = False
    assert mails.deliver_due() == 1
    assert only().state == "sent"


def test_it_is_not_tried_before_its_time(app: Flask, smtp: SmtpSink) -> None:
    smtp.refuses = True
    write()
    mails.deliver_due()
    mails.deliver_due()
    assert smtp.sessions == 1


def test_after_three_days_a_person_has_to_look(app: Flask, smtp: SmtpSink) -> None:
    smtp.refuses = True
    write()
    with writing() as session:
        session.execute(update(Mail).values(created_at=clock.now_ms() - mails.GIVE_UP_AFTER))
    mails.deliver_due()
    assert only().state == "failed"
    smtp.refuses = False
    due_now()
    assert mails.deliver_due() == 0


def test_a_server_that_is_away_is_a_reason_to_wait(app: Flask, smtp: SmtpSink) -> None:
    write()
    smtp.server_close()
    assert mails.deliver_due() == 0
    assert only().state == "waiting"
    assert "ConnectionRefused" in (only().problem or "")


def test_a_hang_up_after_the_mail_means_it_goes_again_under_the_same_id(app: Flask, smtp: SmtpSink) -> None:
    smtp.hangs_up = True
    write()
    mails.deliver_due()
    assert states() == ["waiting"]
    smtp.hangs_up = False
    due_now()
    mails.deliver_due()
    assert len({mail["Message-ID"] for mail in smtp.mails}) == 1
    assert len(smtp.mails) == 2


def test_a_mail_that_cannot_be_opened_holds_up_no_other(app: Flask, smtp: SmtpSink) -> None:
    write("first@example.com")
    with writing() as session:
        session.execute(text("UPDATE mail SET text_sealed = 'kz1.00000000.AAAA', due_at = 0"))
    write("second@example.com")
    assert mails.deliver_due() == 1
    assert [mail["To"] for mail in smtp.mails] == ["second@example.com"]
    with reading() as session:
        broken = session.scalars(select(Mail).where(Mail.to == "first@example.com")).one()
    assert broken.state == "waiting"
    assert "CannotOpen" in (broken.problem or "")
    assert broken.claimed_by is None


def test_an_address_nobody_can_write_to_holds_up_no_other(app: Flask, smtp: SmtpSink) -> None:
    write("broken\n@example.com")
    write("second@example.com")
    assert mails.deliver_due() == 1


def test_workers_share_the_mails_and_send_none_twice(app: Flask, smtp: SmtpSink) -> None:
    for number in range(8):
        write(f"person{number}@example.com")
    delivered = at_once(app, *[mails.deliver_due] * 4)
    assert sum(delivered) == 8
    assert sorted(mail["To"] for mail in smtp.mails) == [f"person{number}@example.com" for number in range(8)]
    assert states() == ["sent"] * 8


def test_a_claim_ends_when_its_holder_died(app: Flask, smtp: SmtpSink) -> None:
    write()
    failpoints.arm("mail.claimed=raise")
    with pytest.raises(failpoints.Broken):
        mails.deliver_due()
    assert mails.deliver_due() == 0  # somebody may still be sending it
    with writing() as session:
        session.execute(update(Mail).values(claimed_until=Mail.claimed_until - mails.CLAIM_LASTS))
    assert mails.deliver_due() == 1
    assert only().tries == 2


def test_a_late_holder_records_nothing(app: Flask, smtp: SmtpSink) -> None:
    """It took longer than its claim; meanwhile another worker sent the mail and said so."""
    write()
    late = mails._claim("late")
    assert late is not None
    with writing() as session:
        session.execute(update(Mail).values(claimed_until=0))
    assert mails.deliver_due() == 1
    assert not mails._record(late, "late", state="waiting", problem="too late")
    assert (only().state, only().problem) == ("sent", None)


def test_no_transaction_is_open_while_the_server_is_spoken_to(app: Flask, smtp: SmtpSink) -> None:
    seen: list[str] = []
    smtp.on_mail = lambda: seen.append("looked")
    write()
    mails.deliver_due()
    assert seen == ["looked"]
    with reading(), pytest.raises(RuntimeError, match="provider"):
        mails._send(smtp.url, None)  # type: ignore[arg-type]  # refused before it is looked at


def test_without_a_server_mails_are_kept_and_shown(without_server: Flask) -> None:
    write()
    mails.deliver_due()
    assert states() == ["kept"]
    (listed,) = mails.list_mails(None)
    assert "the-token" in (listed.text or "")


def test_a_mail_does_not_depend_on_whose_request_caused_it(without_server: Flask, cast: Cast) -> None:
    """A hook that comes with somebody's cookie has looked nobody up before its transaction began."""
    with without_server.test_request_context("/hooks/paid", method="POST"):
        browser["_user_id"] = "a sign-in that has not been looked up"
        write()
    assert "the-token" in (only().html or "")


@pytest.mark.promise("A1")
def test_a_tenant_sees_its_own_mails_only(without_server: Flask) -> None:
    with writing() as session:
        ours, theirs = tenant("acme"), tenant("beta")
        session.add_all([ours, theirs])
    write(tenant_id=ours.id)
    (mail,) = mails.list_mails(ours.id)
    assert mails.list_mails(theirs.id) == []
    assert mails.find(ours.id, mail.id).id == mail.id
    for tenant_id, mail_id in ((theirs.id, mail.id), (ours.id, None)):
        with pytest.raises(NotFound):
            mails.find(tenant_id, mail_id)


@pytest.mark.parametrize("purpose", ["marketing", "sequence", "newsletter", ""])
def test_no_campaign_and_no_sequence_leaves(without_server: Flask, purpose: str) -> None:
    with pytest.raises(Forbidden):
        write(purpose=purpose)
    with reading() as session:
        assert session.scalars(select(Mail)).all() == []


def test_the_bell_is_rung_for_the_worker(without_server: Flask, cast: Cast) -> None:
    from kz_admin.services import bell

    mails.hurry()
    (job,) = bell.queue("interactive").jobs
    assert job.func_name == "jobs.doors.deliver_mails"
    assert not job.args
