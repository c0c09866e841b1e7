"""Totals are exact: nothing is lost between the lines and the sum."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kz_admin.domain.invoices import Charge, Prices, Rounding, half_up, line_amount, percentage_of, spread, totals

PERCENTS = st.sampled_from([None, *map(Decimal, ("0", "5", "7.25", "8.875", "13", "14.975", "20"))])
CHARGES = st.lists(st.builds(Charge, st.integers(-(10**9), 10**9), PERCENTS), min_size=1, max_size=12)


def test_tax_is_added_to_exclusive_prices() -> None:
    found = totals([Charge(100_00, Decimal(20)), Charge(50_00, Decimal(5))], prices=Prices.EXCLUSIVE)
    assert (found.subtotal, found.tax, found.total) == (150_00, 22_50, 172_50)


def test_tax_is_taken_out_of_inclusive_prices() -> None:
    found = totals([Charge(120_00, Decimal(20))], prices=Prices.INCLUSIVE)
    assert (found.subtotal, found.tax, found.total) == (120_00, 20_00, 120_00)
    assert found.by_rate[0].base == 100_00


def test_a_discount_lowers_the_tax() -> None:
    found = totals([Charge(100_00, Decimal(10)), Charge(100_00)], prices=Prices.EXCLUSIVE, discount=20_00)
    assert found.line_discounts == (10_00, 10_00)
    assert (found.tax, found.total) == (9_00, 189_00)


def test_tax_rounded_per_line_and_per_rate_differ_by_a_cent_where_they_must() -> None:
    lines = [Charge(33, Decimal(10))] * 3  # 3.3 cents each: 3 + 3 + 3, or 9.9 together
    assert totals(lines, prices=Prices.EXCLUSIVE, rounding=Rounding.LINE).tax == 9
    by_rate = totals(lines, prices=Prices.EXCLUSIVE, rounding=Rounding.RATE)
    assert (by_rate.tax, sum(by_rate.line_taxes)) == (10, 10)


def test_the_tax_a_sender_states_stands() -> None:
    lines = [Charge(100_00, Decimal(20), stated_tax=20_01), Charge(10_00, Decimal(20))]
    assert totals(lines, prices=Prices.EXCLUSIVE).tax == 22_01
    stated = totals([Charge(100_00, Decimal(20)), Charge(10_00)], prices=Prices.EXCLUSIVE, stated_tax=19_98)
    assert (stated.tax, stated.total, stated.line_taxes) == (19_98, 129_98, (19_98, 0))


def test_halves_round_away_from_zero_on_both_sides() -> None:
    assert [half_up(Fraction(n, 2)) for n in (-3, -1, 1, 3)] == [-2, -1, 1, 2]


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "minor"),
    [
        ("1.5", "80", "USD", 120_00),
        ("0.3333", "90", "USD", 30_00),
        ("-2", "19.995", "USD", -39_99),
        ("3", "150", "JPY", 450),
        ("2", "1.2345", "KWD", 2_469),
        ("0", "5", "USD", 0),
    ],
)
def test_a_line_is_quantity_times_price_in_minor_units(quantity: str, price: str, currency: str, minor: int) -> None:
    assert line_amount(Decimal(quantity), Decimal(price), currency) == minor


def test_a_percentage_is_rounded_once() -> None:
    assert percentage_of(99_99, Decimal("12.5")) == 12_50


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(-(10**9), 10**9), max_size=20))
def test_what_is_spread_adds_up(amount: int, weights: list[int]) -> None:
    assert sum(spread(amount, weights)) == (amount if weights else 0)


@given(CHARGES, st.integers(0, 10**6), st.sampled_from(Prices), st.sampled_from(Rounding))
def test_the_parts_always_add_up_to_the_whole(
    charges: list[Charge], discount: int, prices: Prices, rounding: Rounding
) -> None:
    found = totals(charges, prices=prices, discount=discount, rounding=rounding)
    assert sum(found.line_taxes) == found.tax
    assert sum(found.line_discounts) == discount
    assert found.total == found.subtotal - discount + (found.tax if prices is Prices.EXCLUSIVE else 0)
    assert sum(rate.tax for rate in found.by_rate) == found.tax


@given(CHARGES, st.integers(-(10**9), 10**9), st.sampled_from(Prices))
def test_a_stated_tax_total_is_met_to_the_cent(charges: list[Charge], stated: int, prices: Prices) -> None:
    found = totals(charges, prices=prices, stated_tax=stated)
    assert found.tax == sum(found.line_taxes) == stated


@given(CHARGES, st.sampled_from(Prices))
def test_rounding_by_line_is_never_off_by_more_than_half_a_cent_a_line(charges: list[Charge], prices: Prices) -> None:
    by_line = totals(charges, prices=prices, rounding=Rounding.LINE).tax
    by_rate = totals(charges, prices=prices, rounding=Rounding.RATE).tax
    rates = len({charge.percent for charge in charges})
    assert abs(by_line - by_rate) <= (len(charges) + rates) / 2
