from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from simulator.quickbooks.money import cents, plain, prorate

amounts = st.decimals("-100000", "100000", places=2)
weights = st.lists(st.decimals("0.01", "10000", places=2), min_size=1, max_size=20)


def test_an_amount_has_two_places_and_nought_has_none() -> None:
    assert [str(cents(each)) for each in ("100", "22.5", "0.00", "-0.001")] == ["100.00", "22.50", "0", "0"]


def test_halves_of_a_cent_are_rounded_away_from_nought() -> None:
    assert [cents(each) for each in ("0.005", "1.045", "-1.045")] == [
        Decimal(each) for each in ("0.01", "1.05", "-1.05")
    ]


def test_prices_and_quantities_carry_no_idle_zeros() -> None:
    assert [str(plain(each)) for each in ("75.00", "22.50", "100", "33.3333333333")] == [
        "75",
        "22.5",
        "100",
        "33.3333333",
    ]


@given(amounts, weights)
def test_shares_are_cents_that_add_up(amount: Decimal, shares: list[Decimal]) -> None:
    parts = prorate(cents(amount), shares)
    assert sum(parts) == cents(amount)
    assert all(part == cents(part) for part in parts)


@given(amounts, weights)
def test_no_share_is_a_cent_away_from_its_exact_part(amount: Decimal, shares: list[Decimal]) -> None:
    whole = sum(shares)
    for part, weight in zip(prorate(cents(amount), shares), shares, strict=True):
        assert abs(part - cents(amount) * weight / whole) < Decimal("0.01")
