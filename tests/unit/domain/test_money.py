"""Money: exact at every edge, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kz_admin.domain.money import Money
from kz_admin.domain.regions import CURRENCIES, minor_digits

LARGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("major", "currency", "minor"),
    [
        ("1500", "JPY", 1500),
        ("12.34", "USD", 1234),
        ("12.3", "USD", 1230),
        ("12", "USD", 1200),
        ("1.234", "KWD", 1234),
        ("-0.01", "EUR", -1),
        ("0", "EUR", 0),
        ("1E+2", "USD", 10000),
        ("12.3400", "USD", 1234),
    ],
)
def test_each_currency_counts_its_own_minor_units(major: str, currency: str, minor: int) -> None:
    assert Money.of(Decimal(major), currency) == Money(minor, currency)


@pytest.mark.promise("A69")
@pytest.mark.parametrize(
    ("major", "currency"),
    [
        ("0.5", "JPY"),
        ("12.345", "USD"),
        ("1.2345", "KWD"),
        ("NaN", "USD"),
        ("sNaN", "USD"),
        ("Infinity", "USD"),
        ("-Infinity", "USD"),
        ("1e308", "USD"),
        ("1e999999", "USD"),
        ("1.0000000000000000000000000000000000001", "USD"),
        ("92233720368547758.08", "USD"),
        ("1234567890123456789012345678901.01", "USD"),
        ("0.00000000000000000000000000000000000001", "USD"),
    ],
)
def test_an_amount_that_is_not_exact_in_its_currency_is_refused(major: str, currency: str) -> None:
    with pytest.raises(ValueError, match=currency):
        Money.of(Decimal(major), currency)


@given(st.integers(min_value=-LARGEST, max_value=LARGEST), st.sampled_from(sorted(CURRENCIES)))
def test_no_minor_unit_is_lost_on_the_way_to_decimals_and_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(money.major, currency) == money
    assert Decimal(str(money).removesuffix(f" {currency}").replace(",", "")) == money.major


@given(st.integers(min_value=-(10**15), max_value=10**15), st.integers(min_value=-(10**15), max_value=10**15))
def test_adding_and_taking_away_again_changes_nothing(a: int, b: int) -> None:
    assert Money(a, "USD") + Money(b, "USD") - Money(b, "USD") == Money(a, "USD")


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="USD and EUR"):
        Money(1, "USD") + Money(1, "EUR")
    with pytest.raises(ValueError, match="USD and EUR"):
        Money(1, "USD") - Money(1, "EUR")


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(123456789, "USD"), "1,234,567.89 USD"),
        (Money(5, "USD"), "0.05 USD"),
        (Money(-5, "USD"), "-0.05 USD"),
        (Money(1500, "JPY"), "1,500 JPY"),
        (Money(1234, "KWD"), "1.234 KWD"),
        (Money(0, "EUR"), "0.00 EUR"),
    ],
)
def test_an_amount_is_written_with_all_its_decimals(money: Money, text: str) -> None:
    assert str(money) == text


def test_a_currency_we_do_not_list_counts_hundredths() -> None:
    assert minor_digits("XTS") == 2
