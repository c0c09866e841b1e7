from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kz_admin import clock

# 2026-03-08 02:30 does not exist in New York, 2026-11-01 01:30 exists twice.
JUST_BEFORE_MIDNIGHT_UTC = int(datetime(2026, 6, 30, 23, 59, 59, 999_000, tzinfo=UTC).timestamp() * 1000)


def test_now_is_a_whole_number_of_milliseconds_by_the_real_clock() -> None:
    before = datetime.now(UTC)
    now = clock.now_ms()
    after = datetime.now(UTC)
    assert type(now) is int
    assert before.timestamp() * 1000 - 1 <= now <= after.timestamp() * 1000 + 1


def test_a_simulated_clock_is_the_real_one_plus_the_shared_offset() -> None:
    clock.simulate(lambda: 3 * clock.DAY, None)
    real = datetime.now(UTC).timestamp() * 1000
    assert clock.simulated()
    assert abs(clock.now_ms() - real - 3 * clock.DAY) < clock.MINUTE


def test_the_real_clock_comes_back() -> None:
    clock.simulate(lambda: clock.DAY, lambda _ms: None)
    clock.simulate(None, None)
    assert not clock.simulated()
    assert abs(clock.now_ms() - datetime.now(UTC).timestamp() * 1000) < clock.MINUTE


def test_waiting_moves_a_simulated_clock_instead_of_letting_time_pass() -> None:
    moved: list[int] = []
    clock.simulate(lambda: sum(moved), moved.append)
    began = clock.monotonic()
    clock.wait(400 * 24 * 3600)
    assert moved == [400 * clock.DAY]
    assert clock.monotonic() - began < 5


def test_waiting_by_the_real_clock_lets_time_pass() -> None:
    began = clock.monotonic()
    clock.wait(0.02)
    assert clock.monotonic() - began >= 0.02


def test_idling_ends_as_soon_as_it_is_told_to() -> None:
    stop = threading.Event()
    stop.set()
    assert clock.idle(stop, 60) is True
    assert clock.idle(threading.Event(), 0.001) is False


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2026, 6, 30)),
        ("America/New_York", date(2026, 6, 30)),
        ("Europe/London", date(2026, 7, 1)),
        ("Asia/Kolkata", date(2026, 7, 1)),
        ("Pacific/Auckland", date(2026, 7, 1)),
        ("Pacific/Kiritimati", date(2026, 7, 1)),
        ("Pacific/Pago_Pago", date(2026, 6, 30)),
    ],
)
def test_the_calendar_day_is_the_one_of_the_zone(zone: str, day: date) -> None:
    assert clock.local_date(JUST_BEFORE_MIDNIGHT_UTC, zone) == day


def test_the_day_begins_at_local_midnight_also_when_clocks_change() -> None:
    midnight = int(datetime(2026, 3, 8, 5, 0, tzinfo=UTC).timestamp() * 1000)  # 00:00 in New York, still standard time
    assert clock.local_date(midnight, "America/New_York") == date(2026, 3, 8)
    assert clock.local_date(midnight - 1, "America/New_York") == date(2026, 3, 7)
    # that day has 23 hours
    assert clock.local_date(midnight + 23 * clock.HOUR, "America/New_York") == date(2026, 3, 9)
    assert clock.local_date(midnight + 23 * clock.HOUR - 1, "America/New_York") == date(2026, 3, 8)


def test_a_moment_as_text_ends_in_z_and_keeps_its_milliseconds() -> None:
    assert clock.iso(0) == "1970-01-01T00:00:00.000Z"
    assert clock.iso(JUST_BEFORE_MIDNIGHT_UTC) == "2026-06-30T23:59:59.999Z"


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_no_millisecond_is_lost_on_the_way_to_text(ms: int) -> None:
    whole = datetime.fromisoformat(clock.iso(ms)) - datetime(1970, 1, 1, tzinfo=UTC)
    assert round(whole.total_seconds() * 1000) == ms
