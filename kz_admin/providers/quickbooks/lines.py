"""The lines of a sale: net amounts whose sum, less discount and plus tax, is our total to the cent.

Two rules of theirs shape this: an amount is quantity times price, rounded to cents (6070), and amounts are always net.
So prices that include tax are turned net line by line with the tax each line already has here, and a price that cannot
be said in seven decimals is left out: the amount alone is always taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from kz_admin.domain.invoices import Prices, half_up, percentage_of
from kz_admin.domain.pushing import decimal_of
from kz_admin.domain.records import LineRecord, SalesRecord
from kz_admin.domain.regions import minor_digits
from kz_admin.providers.quickbooks import texts

DESCRIPTION = 4000
CENT = Decimal("0.01")
MOST_PLACES = 7
ItemOf = Callable[[LineRecord | None], str]  # None: the line of a discount
TaxCode = Callable[[bool], str | None]  # whether it is taxed → the code of the line


@dataclass(frozen=True)
class Sale:
    """Everything a sale's lines are made from."""

    record: SalesRecord
    item_of: ItemOf
    code_of: TaxCode
    discounts: bool  # whether the company takes a discount line

    @property
    def digits(self) -> int:
        return minor_digits(self.record.currency)

    def money(self, minor: int) -> Decimal:
        return decimal_of(minor, self.digits)


@dataclass(frozen=True)
class Lines:
    body: list[dict[str, Any]]
    net: int  # what they add up to, the discount taken off

    @property
    def discounted(self) -> bool:
        return any(line["DetailType"] == "DiscountLineDetail" for line in self.body)


def build(sale: Sale) -> Lines:
    record = sale.record
    nets = _nets(record)
    discount = sum(nets) + record.tax - record.total
    if discount < 0:  # rounding ate the discount: it goes into the lines, which add up whatever happens
        nets = [_after_discount(line, record.prices) for line in record.lines]
        discount = 0
    body = [_line(sale, line, net) for line, net in zip(record.lines, nets, strict=True)]
    if discount and sale.discounts:
        body.append(_discount(sale, discount, sum(nets)))
    elif discount:
        body += _negative_lines(sale, discount)
    return Lines(body, sum(nets) - discount)


def _nets(record: SalesRecord) -> list[int]:
    """Without tax and before the discount."""
    if record.prices is Prices.EXCLUSIVE:
        return [line.amount for line in record.lines]
    if not record.discount:
        return [line.amount - line.tax for line in record.lines]
    return [line.amount - _tax_within(line) for line in record.lines]


def _tax_within(line: LineRecord) -> int:
    """Of the amount before the discount: the line's own tax is what is left after it."""
    base = line.amount - line.discount
    return half_up(Fraction(line.tax * line.amount, base)) if base else line.tax


def _after_discount(line: LineRecord, prices: Prices) -> int:
    return line.amount - line.discount - (line.tax if prices is Prices.INCLUSIVE else 0)


def _line(sale: Sale, line: LineRecord, net: int) -> dict[str, Any]:
    amount = sale.money(net)
    detail: dict[str, Any] = {"ItemRef": {"value": sale.item_of(line)}}
    price = line.unit_price if _says(line, amount) else _price(amount, line.quantity)
    if price is not None:
        detail |= {"Qty": line.quantity, "UnitPrice": price}
    if code := sale.code_of(is_taxed(line)):
        detail["TaxCodeRef"] = {"value": code}
    said = {"Description": texts.cut(line.description, DESCRIPTION)} if line.description else {}
    return {"DetailType": "SalesItemLineDetail", "Amount": amount, **said, "SalesItemLineDetail": detail}


def _says(line: LineRecord, amount: Decimal) -> bool:
    """Whether quantity times our price is this amount, and the price is short enough for them."""
    exponent = line.unit_price.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MOST_PLACES and rounded(line.quantity, line.unit_price) == amount


def is_taxed(line: LineRecord) -> bool:
    return line.tax != 0


def rounded(quantity: Decimal, price: Decimal) -> Decimal:
    """As they multiply: exactly, then to cents, halves away from nought."""
    with localcontext() as context:
        context.prec = 60
        return (quantity * price).quantize(CENT, ROUND_HALF_UP)


def _price(amount: Decimal, quantity: Decimal) -> Decimal | None:
    """The shortest price that comes to this amount, or None when seven decimals do not reach."""
    if not quantity:
        return None
    for places in range(2, MOST_PLACES + 1):
        price = (amount / quantity).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if rounded(quantity, price) == amount:
            return price
    return None


def _discount(sale: Sale, discount: int, subtotal: int) -> dict[str, Any]:
    percent = sale.record.discount_percent
    detail: dict[str, Any] = {"PercentBased": False}
    if percent is not None and percentage_of(subtotal, percent) == discount:
        detail = {"PercentBased": True, "DiscountPercent": percent}
    return {"DetailType": "DiscountLineDetail", "Amount": sale.money(discount), "DiscountLineDetail": detail}


def _negative_lines(sale: Sale, discount: int) -> list[dict[str, Any]]:
    """Where discounts are switched off: less of what is taxed, and less of what is not."""
    taxed = sum(line.discount for line in sale.record.lines if is_taxed(line))
    shares = _of_taxed_and_not(discount, taxed, sale.record.discount)
    return [
        _negative_line(sale, share, taxed=is_taxed_share)
        for share, is_taxed_share in zip(shares, (True, False), strict=True)
        if share
    ]


def _of_taxed_and_not(discount: int, taxed: int, whole: int) -> tuple[int, int]:
    part = half_up(Fraction(discount * taxed, whole)) if whole else 0
    return part, discount - part


def _negative_line(sale: Sale, share: int, *, taxed: bool) -> dict[str, Any]:
    detail: dict[str, Any] = {"ItemRef": {"value": sale.item_of(None)}}
    if code := sale.code_of(taxed):
        detail["TaxCodeRef"] = {"value": code}
    amount = sale.money(-share)
    return {
        "DetailType": "SalesItemLineDetail",
        "Amount": amount,
        "Description": "Discount",
        "SalesItemLineDetail": detail,
    }
