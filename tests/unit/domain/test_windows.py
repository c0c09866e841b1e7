from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kz_admin.domain import windows
from kz_admin.domain.windows import DAY, QUARTER, SECOND

NOW = 2_000_000 * QUARTER
UNDER_WAY = 130 * SECOND  # the longest that a call may take to reach them

moments = st.lists(st.integers(NOW - 3 * SECOND, NOW), max_size=30).map(lambda found: tuple(sorted(found)))


@given(moments, st.integers(0, 4), st.integers(1, 12))
def test_one_more_fits_exactly_when_fewer_than_allowed_are_left(ends: tuple[int, ...], others: int, most: int) -> None:
    def left(at: int) -> int:
        return sum(end > at - SECOND for end in ends) + others

    at = windows.fits(ends, others, most, SECOND, NOW)
    assert (at == NOW) == (left(NOW) < most)
    if at > NOW and others < most:
        assert left(at) < most <= left(at - 1)


@given(moments, st.integers(NOW - 5 * SECOND, NOW + 5 * SECOND), st.integers(1, 3))
def test_moments_stay_in_order_whenever_they_come(ends: tuple[int, ...], at: int, times: int) -> None:
    assert windows.added(ends, at, times) == tuple(sorted((*ends, *[at] * times)))


@given(st.integers(0, QUARTER - 1), st.integers(0, UNDER_WAY))
def test_a_call_of_a_day_is_remembered_for_a_day_after_it_can_have_reached_them(late: int, under_way: int) -> None:
    day = windows.counted((), NOW + late)
    reached = NOW + late + under_way
    assert windows.fits_day(day, 1, reached) > reached + DAY
    assert windows.within_a_day(day, reached + DAY) == day
    assert windows.within_a_day(day, NOW + DAY + 2 * QUARTER) == ()


def test_of_a_day_as_many_quarters_must_pass_as_hold_too_many() -> None:
    quarter = NOW // QUARTER
    day = ((quarter, 3), (quarter + 1, 2), (quarter + 2, 4))
    free = [windows.fits_day(day, most, NOW) for most in (10, 9, 7, 6, 5, 4, 1)]
    assert [at and (at - DAY) // QUARTER - quarter - 2 if at > NOW else None for at in free] == [
        None, 0, 0, 1, 1, 2, 2,
    ]  # fmt: skip


def test_counts_of_one_quarter_add_up() -> None:
    assert windows.counted(windows.counted((), NOW, 2), NOW + 1) == ((NOW // QUARTER, 3),)
