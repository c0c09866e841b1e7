"""What a refund takes back: of everything its share, with its tax, and to the cent what was given back."""

from __future__ import annotations

import random
from decimal import Decimal

from kz_admin.domain.giving_back import Settled, lines_of
from kz_admin.domain.invoices import Prices
from tests.unit.providers.quickbooks.ours import invoice, sold


def settled(*goods: object, paid: int | None = None, prices: Prices = Prices.EXCLUSIVE, discount: int = 0) -> Settled:
    sale = invoice(*goods, prices=prices, discount=discount)
    return Settled(sale.total if paid is None else paid, prices, sale.lines)


def test_half_of_a_sale_is_half_of_its_net_and_half_of_its_tax() -> None:
    for prices, price in ((Prices.EXCLUSIVE, "100"), (Prices.INCLUSIVE, "120")):
        (line,) = lines_of(60_00, "USD", "Refund re_1", [settled(sold("1", price, "20"), prices=prices)])
        assert (line.amount, line.tax, line.unit_price) == (50_00, 10_00, Decimal("50.00"))
        assert (line.description, line.quantity, line.tax_percent) == ("Refund re_1", Decimal(1), Decimal(20))


def test_every_rate_keeps_its_share_and_what_had_none_has_none() -> None:
    sale = settled(sold("1", "100", "20"), sold("1", "100", "5"), sold("1", "100"))
    found = lines_of(32_50, "USD", "", [sale])
    assert [(line.amount, line.tax) for line in found] == [(10_00, 2_00), (10_00, 50), (10_00, 0)]


def test_of_two_invoices_each_gives_back_as_much_as_it_got() -> None:
    taxed, free = settled(sold("1", "100", "20"), paid=60_00), settled(sold("1", "30"), paid=30_00)
    assert [(line.amount, line.tax) for line in lines_of(9_00, "USD", "", [taxed, free])] == [(5_00, 1_00), (3_00, 0)]


def test_without_a_sale_there_is_nothing_to_take_back_from() -> None:
    assert lines_of(9_00, "USD", "", []) == ()


def test_whatever_was_sold_the_parts_are_what_was_given_back() -> None:
    dice = random.Random(8)
    for _ in range(300):
        prices = dice.choice(list(Prices))
        goods = [
            sold(str(dice.randint(1, 9)), f"{dice.randint(1, 99999) / 100:.2f}", dice.choice([None, "7.25", "20", "5"]))
            for _ in range(dice.randint(1, 6))
        ]
        if len(goods) > 3:
            goods.append(sold("1", "-0.35", "20"))
        whole = settled(*goods, prices=prices, discount=dice.choice([0, 1]))
        amount = dice.randint(1, max(1, whole.paid))
        lines = lines_of(amount, "USD", "", [whole, settled(sold("3", "33.33", "20"))][: dice.randint(1, 2)])
        assert sum(line.amount + line.tax for line in lines) == amount
