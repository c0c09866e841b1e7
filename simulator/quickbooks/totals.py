"""What a document adds up to: line amounts, sub-total, discount, tax base. Pure: numbers in, numbers out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .faults import Fault
from .money import ZERO, cents, number, plain, prorate, total


@dataclass(frozen=True, slots=True)
class Discount:
    """One per document: a percentage of the sub-total or a fixed amount."""

    percent: Decimal | None
    amount: Decimal
    account: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    subtotal: Decimal
    discount: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return cents(self.subtotal - self.discount + self.tax)


def wrong_product(amount: Decimal) -> Fault:
    return Fault(
        "6070",
        "Amount calculation incorrect in the request",
        f"Amount is not equal to UnitPrice * Qty. Supplied value:{amount:,}",
        "Line",
    )


def line_amount(amount: object | None, quantity: object | None, price: object | None) -> Decimal | None:
    """The amount of an item line: it must be quantity times price, rounded to cents (6070)."""
    if amount is None:
        return None
    rounded = cents(amount)
    if quantity is not None and price is not None:
        expected = cents(number(quantity) * number(price))
        if rounded != expected:
            raise wrong_product(number(amount))
    return rounded


def derived_price(amount: Decimal, quantity: object | None) -> Decimal | None:
    """The unit price QuickBooks fills in when only quantity and amount were sent."""
    if quantity is None or not number(quantity):
        return None
    return plain(amount / number(quantity))


def discount_of(subtotal: Decimal, discount: Discount | None) -> Decimal:
    if discount is None:
        return ZERO
    if discount.percent is not None:
        return cents(subtotal * discount.percent / 100)
    return cents(discount.amount)


def spread_discount(discount: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    """Each line's share of the discount, in cents that add up; by the size of the line."""
    return prorate(discount, amounts)


def taxable_bases(amounts: Sequence[Decimal], discount: Decimal, after_discount: bool) -> list[Decimal]:
    """What each line is taxed on: its amount, less its share of the discount when tax comes after it."""
    if not after_discount or not discount:
        return list(amounts)
    shares = spread_discount(discount, amounts)
    return [cents(amount - share) for amount, share in zip(amounts, shares, strict=True)]


def sums(amounts: Sequence[Decimal], discount: Discount | None, tax: Decimal) -> Sums:
    subtotal = total(amounts)
    return Sums(subtotal, discount_of(subtotal, discount), cents(tax))
