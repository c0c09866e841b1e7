"""How fast a caller may be: together over all processes while Redis answers, alone and at once while it does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import redis
from flask import Flask

from kz_admin.domain.failures import Throttled
from kz_admin.models.session import engine
from kz_admin.services import bell
from kz_admin.services.rate import MINUTE_S, Bucket, Shared
from tests.conftest import make_app
from tests.fixtures.redis import RealRedis

NEVER_ALONE = Bucket(holds=10_000, refills_per_s=1)


@pytest.fixture
def counted(sqlite_url: str, real_redis: RealRedis) -> Iterator[Flask]:
    app = make_app(sqlite_url, REDIS_URL=real_redis.url)
    with app.app_context():
        yield app
        engine().dispose()


@pytest.fixture(autouse=True)
def _bell_is_heard() -> Iterator[None]:
    bell._silence.until = 0.0
    yield
    bell._silence.until = 0.0


def process(per_minute: int, alone: Bucket = NEVER_ALONE, pack: int = 5) -> Shared:
    """What one web process keeps in memory; Redis is what they have in common."""
    return Shared(per_minute, alone, pack)


def let_in(take: Callable[[str], None], caller: str, tries: int) -> int:
    """How many of the tries were let in before the first refusal."""
    for number in range(tries):
        try:
            take(caller)
        except Throttled:
            return number
    return tries


def test_processes_count_together(counted: Flask) -> None:
    one, two = process(20), process(20)
    assert let_in(one.take, "a", 12) == 12  # three packs of five
    assert let_in(two.take, "a", 12) == 5
    assert let_in(one.take, "a", 12) == 3  # what was left of its pack
    assert let_in(two.take, "b", 12) == 12


def test_who_is_refused_hears_when_to_come_again_and_redis_is_not_asked_meanwhile(
    counted: Flask, real_redis: RealRedis
) -> None:
    here = process(5)
    assert let_in(here.take, "a", 9) == 5
    real_redis.kill()
    with pytest.raises(Throttled) as refused:
        here.take("a")
    assert 0 < refused.value.retry_after_s <= MINUTE_S + 1


def test_a_new_minute_begins_anew(counted: Flask) -> None:
    here = process(5)
    assert let_in(here.take, "a", 9) == 5
    storage = counted.extensions["kz_rate_storage"]
    for key in storage.storage.keys("kz_rate*"):
        storage.storage.delete(key)  # as its end in Redis does
    here._packs["a"].until = 0.0
    assert let_in(here.take, "a", 9) == 5


def test_one_call_in_a_pack_asks_redis(counted: Flask, real_redis: RealRedis) -> None:
    here = process(1_000)
    here.take("a")
    with real_redis.client() as client:
        before = client.info("stats")["total_commands_processed"]
        for _ in range(4):
            here.take("a")
        assert client.info("stats")["total_commands_processed"] - before == 1  # its own question


@pytest.mark.parametrize("outage", ["killed", "frozen"])
def test_without_redis_every_process_counts_alone_and_nobody_waits(
    counted: Flask, real_redis: RealRedis, outage: str
) -> None:
    here = process(1_000, Bucket(holds=50, refills_per_s=0.01))
    {"killed": real_redis.kill, "frozen": real_redis.freeze}[outage]()
    try:
        began = time.monotonic()
        assert let_in(here.take, "a", 80) == 50
        assert time.monotonic() - began < 1
        assert bell.is_silent() == (outage == "frozen")  # the next to ring does not wait either
    finally:
        {"killed": real_redis.start, "frozen": real_redis.thaw}[outage]()


def test_a_full_redis_refuses_nobody(counted: Flask, real_redis: RealRedis) -> None:
    with real_redis.client() as client:
        client.config_set("maxmemory", "1")
    here = process(1_000, Bucket(holds=7, refills_per_s=0.01))
    assert let_in(here.take, "a", 9) == 7


def test_counting_leaves_nothing_behind_for_ever(counted: Flask, real_redis: RealRedis) -> None:
    process(1_000).take("a")
    with real_redis.client() as client:
        assert all(0 < client.ttl(key) <= MINUTE_S for key in client.keys("*"))


def test_the_bell_and_the_rate_do_not_wait_one_after_the_other(counted: Flask, real_redis: RealRedis) -> None:
    here = process(1_000)
    real_redis.freeze()
    try:
        began = time.monotonic()
        here.take("a")
        counted.extensions["kz_redis"] = redis.Redis.from_url(real_redis.url, socket_timeout=2)
        assert bell.ring("plan_documents", "x") is False
        assert time.monotonic() - began < 1
    finally:
        real_redis.thaw()


def test_the_only_process_there_is_counts_alone(counted: Flask, real_redis: RealRedis) -> None:
    counted.extensions["kz_rate_storage"] = None
    here = process(1_000, Bucket(holds=3, refills_per_s=0.01))
    assert let_in(here.take, "a", 9) == 3
    with real_redis.client() as client:
        assert client.keys("*") == []
