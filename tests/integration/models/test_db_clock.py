"""The two clocks: ours and the database's, moved together in tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text

from kz_admin import clock
from kz_admin.models.db_clock import BELIEVED_S, SharedOffset, db_now_ms
from kz_admin.models.session import engine, reading, writing

NEAR = 2 * clock.SECOND


def database_now() -> int:
    with reading() as session:
        return session.scalars(select(db_now_ms())).one()


def test_both_clocks_agree(in_app: Flask) -> None:
    before = clock.now_ms()
    found = database_now()
    assert type(found) is int
    assert before - NEAR <= found <= clock.now_ms() + NEAR


def test_the_databases_clock_moves_within_a_transaction(in_app: Flask) -> None:
    with writing() as session:
        first = session.scalars(select(db_now_ms())).one()
        clock.wait(0.03)
        assert session.scalars(select(db_now_ms())).one() - first >= 20


def test_without_simulation_the_offset_is_not_read(in_app: Flask) -> None:
    with writing() as session:
        session.execute(text("UPDATE test_clock SET offset_ms = 999999999"))
    assert abs(database_now() - clock.now_ms()) < NEAR


@pytest.fixture
def simulated(made: Callable[..., Flask], database_url: str) -> Flask:
    return made(database_url, KZ_CLOCK="simulated", QUICKBOOKS_API_URL="https://not-here.example.com")


def test_waiting_moves_both_clocks_at_once(simulated: Flask) -> None:
    with simulated.app_context():
        before = clock.now_ms()
        clock.wait(400 * 24 * 3600)
        assert abs(clock.now_ms() - before - 400 * clock.DAY) < NEAR
        assert abs(database_now() - clock.now_ms()) < NEAR


def test_other_processes_see_the_same_moment_a_blink_later(simulated: Flask) -> None:
    with simulated.app_context():
        elsewhere = create_engine(engine().url)
        offset = SharedOffset(elsewhere)
        assert offset.read() == 0
        clock.wait(3600)
        time.sleep(BELIEVED_S)
        assert offset.read() == clock.HOUR
        offset.advance(clock.HOUR)
        assert abs(database_now() - clock.now_ms()) < NEAR
        elsewhere.dispose()


def test_the_moment_can_be_read_inside_a_transaction(simulated: Flask) -> None:
    with simulated.app_context():
        clock.wait(60)
        with writing() as session:
            assert abs(session.scalars(select(db_now_ms())).one() - clock.now_ms()) < NEAR


def test_steps_of_several_processes_add_up(simulated: Flask) -> None:
    with simulated.app_context():
        offset = SharedOffset(engine())
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(offset.advance, [1_000] * 20))
        assert offset.read() == 20_000
