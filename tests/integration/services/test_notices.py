"""Failures come to people once for each cause: alerts, the morning's digest, the chat; days pass by the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain.problems import Problem, Slug
from kz_admin.models import Alert, AuditEntry, ChatMessage, Digest, Mail, SyncRecord, Tenant
from kz_admin.models.session import reading, writing
from kz_admin.services import alerts, audit, bell, cause_alerts, causes, chat, digests, notifications, outbound
from kz_admin.services.notifications import Choice
from kz_admin.services.outbound import Answer, NotDelivered
from tests.cast import Cast
from tests.integration.hooks.conftest import connect
from tests.integration.web.failing import Failures

NO_ACCOUNT = Problem(Slug.ACCOUNT_MISSING, "income")
MAY_NOT = Problem(Slug.PERMISSION, "invoice", {"what": "invoices"})
ADDRESS = "https://hooks.slack.com/services/T0/B0/never-said"
NOON = int(datetime(2026, 3, 28, 12, tzinfo=UTC).timestamp() * 1000)  # the night after, Europe puts its clocks forward


class Chat:
    """The other side of the one way out."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.answer: NotDelivered | None = None

    def post(self, address: str, body: dict[str, str]) -> Answer:
        if self.answer is not None:
            raise self.answer
        self.heard.append((address, body["text"]))
        return Answer(200, "ok")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Chat:
    there = Chat()
    monkeypatch.setattr(outbound, "post_json", there.post)
    monkeypatch.setattr(bell, "ring", lambda *_args, **_kwargs: True)
    return there


@pytest.fixture
def failures(in_app: Flask, cast: Cast, said: Chat) -> Failures:
    connect(cast.tenant_id)
    return Failures(in_app, cast.tenant_id)


@pytest.fixture
def in_berlin(cast: Cast, failures: Failures) -> Iterator[None]:
    clock.simulate(lambda: NOON - clock._real(), None)
    with writing() as session:
        session.execute(update(Tenant).where(Tenant.id == cast.tenant_id).values(time_zone="Europe/Berlin"))
    yield
    clock.simulate(None, None)


@pytest.fixture
def go_to() -> Callable[[str], None]:
    """A moment of Berlin; minutes move on by themselves."""

    def move(local: str) -> None:
        moment = int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp() * 1000)
        clock.simulate(lambda: moment - clock._real(), None)

    return move


def mails(template: str = "") -> list[Mail]:
    with reading() as session:
        found = session.scalars(select(Mail).order_by(Mail.id)).all()
    return [mail for mail in found if template in mail.subject]


def open_alerts() -> list[Alert]:
    with reading() as session:
        return list(session.scalars(select(Alert).where(Alert.closed_at.is_(None)).order_by(Alert.id)))


def test_each_cause_is_told_once_and_forgotten_when_nothing_is_left(failures: Failures, cast: Cast) -> None:
    client = failures.client()
    many = failures.invoices(40, NO_ACCOUNT, client)
    failures.invoices(2, Problem(Slug.TOTALS_DIFFER), client, first="T", each=True)
    assert cause_alerts.look() == 2
    failures.invoices(3, NO_ACCOUNT, client, first="M")
    assert cause_alerts.look() == 0  # more of the same
    assert {alert.board_key for alert in open_alerts()} == {"account_missing:income", "totals_differ"}
    assert "Ensure your default income account is configured" in {alert.sentence for alert in open_alerts()}
    assert mails() == []  # nothing that cannot wait for the morning
    notice = alerts.gravest(cast.tenant_id)
    assert notice is not None
    assert (notice.is_reconnect, notice.causes) == (False, 2)
    with writing() as session:
        gone = update(SyncRecord).where(SyncRecord.problem == "account_missing").values(state="idle", cause=None)
        session.execute(gone)
    assert cause_alerts.look() == 0
    assert [alert.board_key for alert in open_alerts()] == ["totals_differ"]
    failures.invoices(1, NO_ACCOUNT, client, first="N")
    assert cause_alerts.look() == 1  # it is back, so it is news
    assert len(many) == 40


def test_what_cannot_wait_is_mailed_at_once_to_whoever_wants_it(failures: Failures, cast: Cast) -> None:
    failures.invoices(2, MAY_NOT, failures.client())
    wants = {cast.second_admin.membership_id: Choice(True, False), cast.bookkeeper.membership_id: Choice(True, True)}
    assert notifications.choose(cast.tenant_id, wants, audit.SYSTEM, all_people=True) == 2
    cause_alerts.look()
    assert {mail.to for mail in mails("may not write")} == {cast.admin.email, cast.bookkeeper.email}
    assert "/kz-admin/problems" in (mails()[0].text or "")


@pytest.mark.usefixtures("in_berlin")
def test_the_digest_comes_once_a_morning_while_something_is_open(
    failures: Failures, cast: Cast, go_to: Callable[[str], None]
) -> None:
    failures.invoices(3, NO_ACCOUNT, failures.client())
    cause_alerts.look()
    assert digests.write_due() == 0  # noon: it came after seven, so tomorrow
    go_to("2026-03-29T06:59")
    assert digests.write_due() == 0
    go_to("2026-03-29T07:01")  # an hour was lost in the night, and seven is seven
    assert digests.write_due() == 1
    assert digests.write_due() == 0
    first = mails("1 cause keeps")
    assert {mail.to for mail in first} == {cast.admin.email, cast.second_admin.email, cast.bookkeeper.email}
    text = first[0].text or ""
    for words in (
        "Ensure your default income account is configured (new)",
        "3 invoices, 300.00 USD",
        "/kz-admin/problems",
    ):
        assert words in text
    wants = {cast.admin.membership_id: Choice(False, True), cast.second_admin.membership_id: Choice(False, True)}
    notifications.choose(cast.tenant_id, wants, audit.SYSTEM, all_people=True)
    go_to("2026-03-30T15:00")  # the clock was away all morning
    assert digests.write_due() == 1
    second = mails()[len(first) :]
    assert [mail.to for mail in second] == [cast.bookkeeper.email]
    assert "(new)" not in (second[0].text or "")
    with writing() as session:
        session.execute(update(SyncRecord).values(state="idle", problem=None, cause=None))
    go_to("2026-03-31T07:30")
    cause_alerts.look()
    assert digests.write_due() == 0  # nothing is in the way: no mail


@pytest.mark.usefixtures("in_berlin")
def test_a_digest_that_cannot_be_written_keeps_back_no_other_tenants(
    failures: Failures, cast: Cast, in_app: Flask, go_to: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(cast.other_tenant_id, company_key="another")
    with writing() as session:
        session.execute(update(Tenant).values(time_zone="Europe/Berlin"))
    for one in (failures, Failures(in_app, cast.other_tenant_id)):
        one.invoices(1, NO_ACCOUNT, one.client())
    cause_alerts.look()
    real = digests._context

    broken: list[UUID] = []

    def fails(session: Session, tenant_id: UUID, before: int) -> object:
        if tenant_id == broken[-1]:
            raise RuntimeError("a name too strange")
        return real(session, tenant_id, before)

    monkeypatch.setattr(digests, "_context", fails)
    both = (cast.tenant_id, cast.other_tenant_id)
    for day, trouble, sound in (("2026-03-29", *both), ("2026-03-30", *reversed(both))):  # whoever is looked at first
        broken.append(trouble)
        go_to(f"{day}T08:00")
        with pytest.raises(RuntimeError):
            digests.write_due()
        with reading() as session:
            assert session.scalars(select(Digest.tenant_id).where(Digest.day == day)).all() == [sound]


@pytest.mark.usefixtures("in_berlin")
def test_a_crash_between_two_looks_writes_no_second_digest(
    failures: Failures, cast: Cast, go_to: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    failures.invoices(1, NO_ACCOUNT, failures.client())
    cause_alerts.look()
    go_to("2026-03-29T08:00")
    real, calls = digests.mails.write, []

    def dies(*args: object, **kwargs: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(digests.mails, "write", dies)
    with pytest.raises(RuntimeError):
        digests.write_due()
    assert mails() == []
    monkeypatch.setattr(digests.mails, "write", real)
    assert digests._write(cast.tenant_id, "2026-03-29")
    assert not digests._write(cast.tenant_id, "2026-03-29")  # another worker, at the same moment
    assert len(mails()) == 3
    with reading() as session:
        assert session.scalars(select(Digest.mails)).all() == [3]


def test_the_chat_hears_each_cause_once_and_keeps_its_address_to_itself(
    failures: Failures, cast: Cast, said: Chat
) -> None:
    chat.save(cast.tenant_id, ADDRESS, audit.SYSTEM)
    failures.invoices(
        40, Problem(Slug.UNKNOWN, "1", {"words": "<!channel> & more", "document": "F-0"}), failures.client()
    )
    cause_alerts.look()
    said.answer = NotDelivered("hooks.slack.com answered 503.")
    assert chat.deliver_due() == 0
    channel = chat.find(cast.tenant_id)
    assert channel is not None
    assert channel.last_problem == "hooks.slack.com answered 503."
    assert chat.deliver_due() == 0  # not before its time
    said.answer = None
    with writing() as session:
        session.execute(update(ChatMessage).values(due_at=0))
    assert chat.deliver_due() == 1
    cause_alerts.look()
    assert chat.deliver_due() == 0
    ((address, text),) = said.heard
    assert address == ADDRESS
    assert "Craig's Landscaping: QuickBooks refused what waits: ‘&lt;!channel&gt; &amp; more’." in text
    assert "<http://localhost/kz-admin/problems|Open it in kz-admin>" in text
    with reading() as session:
        for model in (AuditEntry, ChatMessage, Alert):
            for row in session.scalars(select(model)):
                assert "never-said" not in repr(vars(row))


def test_a_turn_ends_after_its_time_and_the_next_one_goes_on(
    failures: Failures, cast: Cast, said: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many chats may hang at once, and others of the same lane wait behind them."""
    chat.save(cast.tenant_id, ADDRESS, audit.SYSTEM)
    failures.invoices(1, NO_ACCOUNT, failures.client())
    failures.invoices(1, MAY_NOT, failures.client("Bluebird"), first="B")
    cause_alerts.look()
    monkeypatch.setattr(chat, "TURN_S", 0)
    assert [chat.deliver_due() for _ in range(3)] == [1, 1, 0]
    assert len(said.heard) == 2


def test_many_causes_at_once_are_one_message(failures: Failures, cast: Cast, said: Chat) -> None:
    chat.save(cast.tenant_id, ADDRESS, audit.SYSTEM)
    client = failures.client()
    for slug in (
        Slug.TAX_OFF,
        Slug.TOTALS_DIFFER,
        Slug.GONE_THERE,
        Slug.DEPOSITED,
        Slug.TEXT_TOO_LONG,
        Slug.TAX_UNMAPPED,
    ):
        failures.invoices(1, Problem(slug), client, first=slug.value)
    assert cause_alerts.look() == 6
    chat.deliver_due()
    assert [text.splitlines()[0] for _, text in said.heard] == [
        "6 new problems keep documents from Craig's Landscaping."
    ]


def test_a_removed_chat_and_one_that_says_no_for_good_are_left_alone(
    failures: Failures, cast: Cast, said: Chat
) -> None:
    chat.save(cast.tenant_id, ADDRESS, audit.SYSTEM)
    client = failures.client()
    failures.invoices(1, NO_ACCOUNT, client)
    cause_alerts.look()
    said.answer = NotDelivered("hooks.slack.com answered 404.", for_good=True)
    chat.deliver_due()
    failures.invoices(1, Problem(Slug.TAX_OFF), client, first="T")
    cause_alerts.look()
    chat.remove(cast.tenant_id, audit.SYSTEM)
    said.answer = None
    assert chat.deliver_due() == 0
    with reading() as session:
        assert {one.state for one in session.scalars(select(ChatMessage))} == {"failed"}
    assert said.heard == []


def test_another_tenants_causes_are_not_told_here(failures: Failures, cast: Cast) -> None:
    failures.invoices(1, NO_ACCOUNT, failures.client())
    cause_alerts.look()
    assert alerts.gravest(cast.other_tenant_id) is None
    assert {alert.tenant_id for alert in open_alerts()} == {cast.tenant_id}
    with reading() as session:
        connection_id: UUID = session.scalars(select(SyncRecord.connection_id)).first()  # type: ignore[assignment]
        assert session.scalars(select(SyncRecord.id).where(*causes.stuck(connection_id))).all()
