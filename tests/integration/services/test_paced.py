"""Reads outside a drain: each of their requests takes its slot, and waits a little, or says that it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from kz_admin import clock
from kz_admin.domain.connection import Environment
from kz_admin.domain.failures import Throttled
from kz_admin.domain.problems import NotReached, SlowDown
from kz_admin.domain.status import Lane
from kz_admin.models import Connection
from kz_admin.providers import PROVIDERS
from kz_admin.providers.base import Access
from kz_admin.providers.http import run_guards
from kz_admin.services import bell, pace, paced
from kz_admin.services.pace import Slot, Wait, Why
from tests.fixtures.redis import RealRedis

ACCESS = Access("token", "9341", Environment.PRODUCTION, "https://example.test")
COMPANY = Connection(provider="quickbooks", environment="production", company_key="read")
SENDING = PROVIDERS["quickbooks"].sending
assert SENDING
PER_SECOND = SENDING.limits.per_second
assert PER_SECOND


class Time:
    """Stands still until somebody waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.passed = 0
        began = clock.now_ms()
        monkeypatch.setattr(clock, "_real", lambda: began)  # else a millisecond may pass between asking it twice
        clock.simulate(lambda: self.passed, self._advance)

    def _advance(self, ms: int) -> None:
        self.passed += ms


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


@pytest.fixture
def app_here(sqlite_url: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    from tests.conftest import kept_app

    with kept_app(sqlite_url) as app, app.app_context():
        yield app


@pytest.fixture(autouse=True)
def _here(app_here: Flask, time: Time) -> Iterator[None]:
    bell._silence.until = 0.0
    yield
    bell._silence.until = 0.0


def pages(count: int) -> Callable[[Access], int]:
    """A read of so many requests."""

    def ask(_access: Access) -> int:
        for _ in range(count):
            run_guards()  # as every request does
        return count

    return ask


def drain_takes() -> Slot | Wait:
    assert SENDING
    now = clock.now_ms()
    return pace.take(COMPANY, SENDING.limits, now, Lane.BULK, bulk=False, holder="drain", until=now + 130_000)


def test_every_request_of_a_read_counts_and_ends_with_the_next(time: Time) -> None:
    assert paced.read(COMPANY, pages(PER_SECOND))(ACCESS) == PER_SECOND
    assert time.passed == 0
    assert isinstance(got := drain_takes(), Wait)
    assert got.why is Why.RATE


def test_a_request_outside_such_a_read_is_somebody_elses_matter() -> None:
    paced.read(COMPANY, pages(1))(ACCESS)
    pages(30)(ACCESS)
    assert isinstance(drain_takes(), Slot)


def test_a_read_waits_for_its_turn(time: Time) -> None:
    assert paced.read(COMPANY, pages(2 * PER_SECOND))(ACCESS) == 2 * PER_SECOND
    assert time.passed == 1_000


def test_but_not_longer_than_it_has(time: Time) -> None:
    read = paced.read(COMPANY, pages(PER_SECOND + 1), patience_s=0.9)
    with pytest.raises(Throttled) as refused:
        read(ACCESS)
    assert "QuickBooks allows only so many calls" in refused.value.sentence
    assert refused.value.retry_after_s == 2


def test_while_the_company_keeps_silence_nothing_is_read() -> None:
    pace.throttled(COMPANY, clock.now_ms(), clock.now_ms() + 60_000)
    with pytest.raises(Throttled, match="asks us to wait"):
        paced.read(COMPANY, pages(1))(ACCESS)


@pytest.mark.promise("I13")
def test_a_429_that_a_read_drew_silences_the_drains_as_well() -> None:
    def ask(access: Access) -> int:
        pages(1)(access)
        raise SlowDown("3001", retry_after_s=60)

    with pytest.raises(SlowDown):
        paced.read(COMPANY, ask)(ACCESS)
    assert isinstance(got := drain_takes(), Wait)
    assert got.why is Why.THROTTLED


def test_while_they_do_not_answer_only_who_asks_about_that_reads() -> None:
    for _ in range(20):
        pace.outcome(COMPANY, clock.now_ms(), False, 100)
    with pytest.raises(Throttled, match="not answering"):
        paced.read(COMPANY, pages(1))(ACCESS)
    assert paced.read(COMPANY, pages(1), despite_silence=True)(ACCESS) == 1


def test_a_read_that_fails_gives_its_slot_back() -> None:
    def ask(access: Access) -> int:
        pages(1)(access)
        raise NotReached("gone")

    for _ in range(9):
        with pytest.raises(NotReached):
            paced.read(COMPANY, ask)(ACCESS)
    assert isinstance(drain_takes(), Slot)  # at once: eight


def test_without_redis_people_still_read(app_here: Flask, real_redis: RealRedis) -> None:
    app_here.extensions["kz_redis"] = real_redis.client()
    real_redis.kill()
    assert paced.read(COMPANY, pages(PER_SECOND * 3))(ACCESS) == PER_SECOND * 3


def test_redis_may_go_while_one_reads(app_here: Flask, real_redis: RealRedis) -> None:
    app_here.extensions["kz_redis"] = real_redis.client()

    def ask(access: Access) -> int:
        pages(1)(access)
        real_redis.kill()
        raise SlowDown("3001", retry_after_s=60)

    with pytest.raises(SlowDown):
        paced.read(COMPANY, ask)(ACCESS)


def test_a_provider_without_limits_is_read_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    monkeypatch.setitem(PROVIDERS, "quickbooks", replace(PROVIDERS["quickbooks"], sending=None))
    read = pages(1)
    assert paced.read(COMPANY, read) is read
