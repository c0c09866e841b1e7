"""How moments, money and names look."""

from __future__ import annotations

import pytest

from kz_admin import clock
from kz_admin.clock import DAY, HOUR, MINUTE, SECOND
from kz_admin.web.show import exact, initials, money, plural, when

NEW_YEAR_2026 = 1_767_225_600_000


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (0, "just now"),
        (44 * SECOND, "just now"),
        (50 * SECOND, "1 min ago"),
        (59 * MINUTE, "59 min ago"),
        (HOUR, "1 h ago"),
        (23 * HOUR, "23 h ago"),
        (DAY, "1 day ago"),
        (30 * DAY, "30 days ago"),
    ],
)
def test_a_moment_is_relative_under_a_month(ago: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now_ms()
    monkeypatch.setattr(clock, "now_ms", lambda: now)
    assert f">{words}<" in when(now - ago)


@pytest.mark.parametrize(
    ("ahead", "words"), [(5 * SECOND, "in a moment"), (88 * MINUTE, "in 1 h"), (7 * DAY, "in 7 days")]
)
def test_a_moment_to_come_is_relative_too(ahead: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now_ms()
    monkeypatch.setattr(clock, "now_ms", lambda: now)
    assert f">{words}<" in when(now + ahead)


def test_an_older_moment_is_a_date_and_always_carries_the_exact_one() -> None:
    shown = when(NEW_YEAR_2026)
    assert ">1 Jan 2026<" in shown
    assert 'datetime="2026-01-01T00:00:00Z"' in shown
    assert 'title="1 Jan 2026, 00:00 (UTC)"' in shown
    assert ">1 Jan 2026, 00:00<" in exact(NEW_YEAR_2026)


def test_no_moment_has_a_word_too() -> None:
    assert "Never" in when(None)
    assert "not yet &lt;b&gt;" in when(None, "not yet <b>")


def test_money_has_a_real_minus_and_its_own_number_of_decimals() -> None:
    assert money(123_456, "USD") == "1,234.56 USD"
    assert money(-4_000, "CAD") == "\N{MINUS SIGN}40.00 CAD"
    assert money(500, "JPY") == "500 JPY"
    assert money(500, "EUR", with_currency=False) == "5.00"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Dana Whitfield", "DW"),
        ("Cher", "C"),
        ("Ana Maria de Souza", "AS"),
        ("łukasz żółć", "ŁŻ"),
        ("  ", "?"),
        ("(new) x", "X"),
    ],
)
def test_initials_are_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_one_is_singular_and_everything_else_plural() -> None:
    assert [plural(number, "entry", "entries") for number in (0, 1, 1_200)] == ["0 entries", "1 entry", "1,200 entries"]
