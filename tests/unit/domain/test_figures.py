"""Numbers from forms and hooks: exact, or refused with a sentence (attack A69)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kz_admin.domain.figures import NotANumber, decimal_of, major_text, minor_of, plain_text
from kz_admin.domain.names import name_key, number_key


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", "12"), (" 1,250.50 ", "1250.50"), ("-3.5", "-3.5"), ("\N{MINUS SIGN}2", "-2"), (".5", ".5"), ("7.", "7")],
)
def test_numbers_as_people_write_them(text: str, number: str) -> None:
    assert decimal_of(text, places=4) == Decimal(number)


@pytest.mark.promise("A69")
@pytest.mark.parametrize(
    "text",
    ["", "NaN", "Infinity", "-inf", "1e308", "1E2", "0x10", "1_000", "12,34", "1.2.3", "١٢", "--1", "abc", "9" * 400],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        decimal_of(text, places=4)


@pytest.mark.promise("A69")
@pytest.mark.parametrize(
    ("text", "currency", "minor"), [("10.50", "USD", 1050), ("1500", "JPY", 1500), ("1.234", "KWD", 1234)]
)
def test_amounts_count_the_decimals_of_their_currency(text: str, currency: str, minor: int) -> None:
    assert minor_of(text, currency) == minor


@pytest.mark.promise("A69")
@pytest.mark.parametrize(
    ("text", "currency", "sentence"),
    [
        ("10.505", "USD", "USD amounts have at most two decimals."),
        ("10.5", "JPY", "JPY amounts have no decimals."),
        ("1.2345", "KWD", "KWD amounts have at most three decimals."),
        ("99999999999999", "USD", "This number is too large."),
    ],
)
def test_an_amount_that_does_not_fit_says_why(text: str, currency: str, sentence: str) -> None:
    with pytest.raises(NotANumber, match=sentence):
        minor_of(text, currency)


@given(st.integers(-(10**11), 10**11), st.sampled_from(["USD", "JPY", "KWD"]))
def test_an_amount_survives_a_form(minor: int, currency: str) -> None:
    assert minor_of(major_text(minor, currency), currency) == minor


def test_plain_text_has_no_zeros_that_say_nothing() -> None:
    assert [plain_text(Decimal(text)) for text in ("1.50", "100", "0.0", "1E+2", "-2.500")] == [
        "1.5",
        "100",
        "0",
        "100",
        "-2.5",
    ]


def test_case_and_space_make_no_second_number_or_name() -> None:
    assert number_key(" INV - 7 ") == number_key("inv-7")
    assert name_key("  Acme   LTD ") == name_key("acme ltd")
    assert number_key("INV-7") != number_key("INV-70")
