from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kz_admin.domain.backoff import LONGEST_MS, delay_ms, gives_up

HOUR = 3_600_000


def test_the_ceiling_doubles_from_five_seconds_to_an_hour() -> None:
    assert [delay_ms(tries, 1.0) // 1000 for tries in range(1, 13)] == [
        5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600,
    ]  # fmt: skip


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_whole_span_below_the_ceiling_is_used(tries: int, chance: float) -> None:
    assert 0 <= delay_ms(tries, chance) <= delay_ms(tries, 1.0) <= LONGEST_MS
    assert delay_ms(tries, chance) == delay_ms(tries, chance)
    assert abs(delay_ms(tries, 0.5) * 2 - delay_ms(tries, 1.0)) <= 1


def test_after_three_days_only_a_person_can_help() -> None:
    assert not gives_up(0, 72 * HOUR - 1)
    assert gives_up(0, 72 * HOUR)
