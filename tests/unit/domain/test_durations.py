from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kz_admin.domain.durations import MOST_MINUTES, clock_text, hours_of, minutes_of


@pytest.mark.parametrize(
    ("text", "minutes"), [("1:30", 90), ("1.5", 90), ("1,25 h", 75), ("90 min", 90), ("0:05", 5), ("24:00", 1440)]
)
def test_time_as_people_write_it(text: str, minutes: int) -> None:
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", "0", "0:00", "25:00", "1:75", "an hour", "1e3", "NaN", "-1", "1441 min", "١:٣٠"])
def test_everything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        minutes_of(text)


@given(st.integers(1, MOST_MINUTES))
def test_time_survives_a_form(minutes: int) -> None:
    assert minutes_of(clock_text(minutes)) == minutes


def test_files_count_hours() -> None:
    assert hours_of(100) == Decimal("1.67")
