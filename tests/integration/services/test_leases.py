from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from kz_admin import clock
from kz_admin.models import Lease
from kz_admin.models.session import reading, writing
from kz_admin.services import leases
from tests.fixtures.at_once import at_once

pytestmark = pytest.mark.usefixtures("in_app")

LASTS = clock.MINUTE


def expire() -> None:
    with writing() as session:
        session.execute(update(Lease).values(until=1))


def test_of_many_who_ask_at_once_one_gets_it(app: Flask) -> None:
    takers = [lambda name=f"worker-{n}": leases.take("clock", name, LASTS) for n in range(6)]
    fences = at_once(app, *takers)
    assert sorted(fences, key=str) == [1, None, None, None, None, None]


def test_its_holder_renews_it_under_the_same_fence() -> None:
    assert [leases.take("clock", "one", LASTS) for _ in range(3)] == [1, 1, 1]
    assert leases.take("clock", "two", LASTS) is None


def test_after_it_expired_another_takes_it_and_the_fence_rises() -> None:
    assert leases.take("clock", "one", LASTS) == 1
    expire()
    assert leases.take("clock", "two", LASTS) == 2
    assert leases.take("clock", "one", LASTS) is None


def test_who_lost_it_and_gets_it_back_has_a_new_fence() -> None:
    leases.take("clock", "one", LASTS)
    expire()
    assert leases.take("clock", "one", LASTS) == 2


def test_a_returned_lease_is_free_at_once() -> None:
    leases.take("clock", "one", LASTS)
    leases.release("clock", "one")
    assert leases.take("clock", "two", LASTS) == 2


def test_only_its_holder_returns_it() -> None:
    leases.take("clock", "one", LASTS)
    leases.release("clock", "two")
    assert leases.take("clock", "two", LASTS) is None


def test_leases_of_other_names_are_other_leases() -> None:
    assert leases.take("clock", "one", LASTS) == 1
    assert leases.take("sweep", "two", LASTS) == 1


def test_it_lasts_as_long_as_asked_by_the_databases_clock() -> None:
    leases.take("clock", "one", LASTS)
    with reading() as session:
        until = session.scalars(select(Lease.until)).one()
    assert abs(until - clock.now_ms() - LASTS) < 5 * clock.SECOND
