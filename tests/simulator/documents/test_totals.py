from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.quickbooks.company import Fault
from simulator.quickbooks.totals import Discount, derived_price, line_amount, sums, taxable_bases

D = Decimal
lines = st.lists(st.decimals("0.01", "5000", places=2), min_size=1, max_size=12)


def test_the_amount_of_a_line_is_quantity_times_price_in_cents() -> None:
    assert line_amount(D("100.00"), 3, D("33.333333")) == D("100.00")


def test_a_price_cut_to_cents_is_refused_when_the_product_differs() -> None:
    with pytest.raises(Fault) as raised:
        line_amount(D("100.00"), 3, D("33.33"))
    assert raised.value.code == "6070"


def test_an_amount_alone_is_taken_as_it_is() -> None:
    assert line_amount(D("12.3"), None, None) == D("12.30")


def test_a_price_that_was_not_sent_is_amount_by_quantity() -> None:
    assert derived_price(D("100.00"), 8) == D("12.5")
    assert derived_price(D("100.00"), None) is None


def test_a_percentage_is_taken_of_the_subtotal() -> None:
    made = sums([D("300.00"), D("5.55")], Discount(D("10"), D(0)), D("8.00"))
    assert (made.subtotal, made.discount, made.total) == (D("305.55"), D("30.56"), D("282.99"))


def test_a_fixed_discount_is_what_it_says() -> None:
    assert sums([D("300.00")], Discount(None, D("12.34")), D(0)).total == D("287.66")


@given(lines, st.decimals("0", "100", places=2))
def test_discounted_bases_add_up_to_the_discounted_subtotal(amounts: list[Decimal], percent: Decimal) -> None:
    taken = sums(amounts, Discount(percent, D(0)), D(0))
    assert sum(taxable_bases(amounts, taken.discount, True)) == taken.subtotal - taken.discount
    assert taxable_bases(amounts, taken.discount, False) == amounts
