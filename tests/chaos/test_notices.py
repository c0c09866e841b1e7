"""What people are told of failures: the alert and the digest once, the chat and the mails at least once.

An alert is one transaction with its mails and its chat message, a digest with all its mails; a unique index lets nobody
write either twice. What is written is an outbox: a message may arrive twice only if its worker dies between the chat's
answer and our note of it. A chat in trouble keeps back its own messages and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from kz_admin.services import chat
from tests.chaos.experiment import failpoints_in
from tests.chaos.notices import CAUSES, CLAIM_S, INSIDE, Endpoint, Notices, hangs, says
from tests.chaos.opening import in_turn, opened
from tests.fixtures.listener import OK
from tests.fixtures.processes import ROOT
from tests.fixtures.smtp import SmtpSink

pytestmark = pytest.mark.chaos

TOLD = {"alert.opened": 0, "bell.before": len(CAUSES)}  # where the one who tells dies, and how many are told by then
DELIVERED = {"chat.claimed": 0, "chat.claimed@2": 0, "chat.sent": 1, "chat.sent@3": 1}  # and how many come twice
WRITTEN = {"digest.written": 0, "bell.before": 1}
SHORT = ("alert.opened", "chat.sent", "digest.written")
ONES = ("Something of ours.", "Something else of ours.", "A third thing.")


@pytest.fixture(params=["sqlite"])
def notices(request: pytest.FixtureRequest) -> Iterator[Notices]:
    with opened(request, request.param) as books:
        yield Notices(books)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    yield made
    made.close()


@pytest.fixture
def other() -> Iterator[Endpoint]:
    made = Endpoint()
    yield made
    made.close()


def test_every_failpoint_of_notices_is_tried_here() -> None:
    services = ROOT / "kz_admin" / "services"
    files = [services / f"{what}.py" for what in ("alerts", "cause_alerts", "chat", "digests")]
    there = {name for path in files for name in failpoints_in(path)}
    assert there | {"bell.before"} == {name.partition("@")[0] for name in (*TOLD, *DELIVERED, *WRITTEN)}


@pytest.mark.promise("I6")
@pytest.mark.parametrize(("notices", "failpoint", "told"), in_turn(*TOLD.items(), short=SHORT), indirect=["notices"])
def test_whoever_notices_a_cause_may_die_and_it_is_told_once(
    notices: Notices, endpoint: Endpoint, failpoint: str, told: int
) -> None:
    notices.chat(endpoint.address)
    notices.causes()
    notices.killed("tell_people", failpoint)
    assert (len(notices.alerts()), len(notices.messages())) == (told, told), "all of it or nothing"
    notices.at_once("tell_people", "tell_people")
    assert len(notices.alerts()) == len(CAUSES)
    notices.opened("deliver_chat", "deliver_chat")
    assert sorted(endpoint.heard().values()) == [1] * len(CAUSES)
    assert notices.messages() == ["sent"] * len(CAUSES)
    cast = notices.books.cast
    assert notices.mails("may not write") == {cast.admin.email: 1, cast.second_admin.email: 1}


@pytest.mark.promise("I6")
@pytest.mark.parametrize(
    ("notices", "failpoint", "may_repeat"), in_turn(*DELIVERED.items(), short=SHORT), indirect=["notices"]
)
def test_a_worker_killed_anywhere_loses_no_message(
    notices: Notices, endpoint: Endpoint, failpoint: str, may_repeat: int
) -> None:
    notices.chat(endpoint.address)
    notices.alerted(notices.books.cast.tenant_id, *ONES)
    notices.killed("deliver_chat", failpoint)
    assert "waiting" in notices.messages()
    notices.opened("deliver_chat")
    assert notices.messages().count("waiting") == 1, "one is in the hands of the dead worker"
    notices.books.let_time_pass(CLAIM_S)
    notices.at_once("deliver_chat", "deliver_chat")
    assert notices.messages() == ["sent"] * len(ONES)
    heard = endpoint.heard()
    assert set(heard) == set(ONES)
    assert heard.total() - len(ONES) == may_repeat
    notices.opened("deliver_chat")
    assert endpoint.heard() == heard


@pytest.mark.promise("I6")
@pytest.mark.parametrize(
    ("notices", "failpoint", "written"), in_turn(*WRITTEN.items(), short=SHORT), indirect=["notices"]
)
def test_whoever_writes_the_digest_may_die_and_everybody_gets_one(
    notices: Notices, smtp: SmtpSink, failpoint: str, written: int
) -> None:
    notices.causes(2)
    notices.opened("tell_people")
    notices.tomorrow_at_eight()
    notices.killed("tell_people", failpoint)
    assert len(notices.digests()) == written
    notices.at_once("tell_people", "tell_people")
    notices.opened("deliver_mails", SMTP_URL=smtp.url)
    notices.books.let_time_pass(CLAIM_S)  # what the mail server did not take at once goes a minute later
    notices.opened("deliver_mails", SMTP_URL=smtp.url)
    cast = notices.books.cast
    readers = {one.email: 1 for one in (cast.admin, cast.second_admin, cast.bookkeeper)}
    assert notices.digests() == [len(readers)]
    assert Counter(str(mail["To"]) for mail in smtp.mails if "2 causes keep" in str(mail["Subject"])) == readers


GONE = b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.promise("A54", "A55")
@pytest.mark.parametrize("trouble", ["hangs", pytest.param("answers 500", marks=pytest.mark.chaos_long)])
def test_a_chat_in_trouble_is_asked_once_a_turn_and_delays_no_other(
    notices: Notices, endpoint: Endpoint, other: Endpoint, trouble: str
) -> None:
    """Its own messages wait, and all of them come when it is well again."""
    cast = notices.books.cast
    notices.chat(endpoint.address)
    notices.chat(other.address, cast.other_tenant_id)
    notices.alerted(cast.tenant_id, *ONES)
    notices.alerted(cast.other_tenant_id, "Of another tenant.", "And one more.")
    endpoint.answer = hangs if trouble == "hangs" else says(BUSY)
    notices.opened("deliver_chat")
    assert other.heard() == {"Of another tenant.": 1, "And one more.": 1}
    assert endpoint.heard() == {ONES[0]: 1}, "it was asked for each of its messages"
    assert notices.messages(cast.tenant_id) == ["waiting"] * len(ONES)
    notices.opened("deliver_chat")
    assert endpoint.heard().total() == 1, "not before its time"
    endpoint.answer = says(OK)
    notices.books.let_time_pass(2 * chat.FIRST_RETRY / 1000 + 1)
    notices.opened("deliver_chat")
    assert endpoint.heard() == {ONES[0]: 2, ONES[1]: 1, ONES[2]: 1}
    assert notices.messages(cast.tenant_id) == ["sent"] * len(ONES)


@pytest.mark.promise("A54", "A55")
@pytest.mark.chaos_long
@pytest.mark.parametrize("trouble", ["sends us on", "leads inside"])
def test_a_chat_that_leads_elsewhere_is_not_followed_and_delays_no_other(
    notices: Notices, endpoint: Endpoint, other: Endpoint, trouble: str
) -> None:
    """What was for it is given up, and the page says why; nothing reached where it leads."""
    cast, inside = notices.books.cast, Endpoint()
    notices.chat(endpoint.address)
    notices.chat(other.address, cast.other_tenant_id)
    endpoint.answer = says(GONE % inside.address.encode())
    if trouble == "leads inside":
        notices.readdress(cast.tenant_id, INSIDE)
    notices.alerted(cast.tenant_id, *ONES)
    notices.alerted(cast.other_tenant_id, "Of another tenant.")
    notices.opened("deliver_chat")
    assert other.heard() == {"Of another tenant.": 1}
    assert notices.messages(cast.tenant_id) == ["failed"] * len(ONES)
    assert inside.heard() == {}
    with notices.books.app.app_context():
        channel = chat.find(cast.tenant_id)
    assert channel is not None
    assert ("do not follow" if trouble == "sends us on" else "private network") in (channel.last_problem or "")
    inside.close()
