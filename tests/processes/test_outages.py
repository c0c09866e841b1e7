"""Pages while Redis is away: people go on working, and what they caused is done when it is back."""

from __future__ import annotations

import time

import pytest

from kz_admin.services import demo
from tests.fixtures.dyno import Dyno
from tests.fixtures.processes import wait_until
from tests.fixtures.smtp import SmtpSink
from tests.fixtures.visitor import Visitor

pytestmark = pytest.mark.postgres


@pytest.fixture
def visitor(dyno: Dyno, smtp: SmtpSink) -> Visitor:
    dyno.environment["SMTP_URL"] = smtp.url
    with dyno.inside():
        demo.load()
    dyno.start("web")
    dyno.wait_until_ready()
    return Visitor(dyno)


def test_without_redis_people_log_in_and_ask_for_mails_which_leave_when_it_is_back(
    dyno: Dyno, visitor: Visitor, smtp: SmtpSink
) -> None:
    dyno.redis.kill()
    assert dyno.status("/healthz") == 200
    unready = visitor.open("/readyz")
    assert unready.status_code == 503
    assert "redis" in unready.text

    began = time.monotonic()
    sent = visitor.submit("/kz-admin/login/forgot", email="sam@demo.test")
    assert sent.status_code == 200, sent.text
    assert time.monotonic() - began < 5
    visitor.submit("/kz-admin/login", email="dana@demo.test", password=demo.PASSWORD)
    overview = visitor.open("/kz-admin/integrations")
    assert overview.status_code == 200
    assert overview.url.endswith("/kz-admin/integrations")

    dyno.redis.start()
    dyno.start("worker")
    dyno.start("clock")
    wait_until(lambda: [m["To"] for m in smtp.mails] == ["sam@demo.test"], "the mail", seconds=40)
    assert dyno.status("/readyz") == 200


def test_a_redis_that_hangs_holds_nobody_up_for_long(dyno: Dyno, visitor: Visitor) -> None:
    dyno.redis.freeze()
    try:
        began = time.monotonic()
        assert visitor.submit("/kz-admin/login/forgot", email="sam@demo.test").status_code == 200
        assert time.monotonic() - began < 10
    finally:
        dyno.redis.thaw()
