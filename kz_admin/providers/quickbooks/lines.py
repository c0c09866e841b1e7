"""The lines of a sale: net amounts whose sum, less discount and plus tax, is our total to the cent.

Two rules of theirs shape this: an amount is quantity times price, rounded to cents (6070), and amounts are always net.
So prices that include tax are turned net line by line with the tax each line already has here; where the document
says that tax is included, with the tax they find in it, and the amount as it is here stands beside. A price that
cannot be said in seven decimals is left out: the amount alone is always taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from kz_admin.domain.invoices import Prices, half_up, spread
from kz_admin.domain.pushing import decimal_of
from kz_admin.domain.records import LineRecord, SalesRecord
from kz_admin.domain.regions import minor_digits
from kz_admin.providers.quickbooks import texts
from kz_admin.providers.quickbooks.tax_codes import Code, CodeOf, tax_within

DESCRIPTION = 4000
CENT = Decimal("0.01")
MOST_PLACES = 7
ItemOf = Callable[[LineRecord | None], str]  # None: the line of a discount


@dataclass(frozen=True)
class Sale:
    """Everything a sale's lines are made from."""

    record: SalesRecord
    item_of: ItemOf
    code_of: CodeOf
    discounts: bool  # whether the company takes a discount line
    includes_tax: bool = False  # the document says that its amounts have their tax inside

    @property
    def digits(self) -> int:
        return minor_digits(self.record.currency)

    def money(self, minor: int) -> Decimal:
        return decimal_of(minor, self.digits)


@dataclass(frozen=True)
class Lines:
    body: list[dict[str, Any]]
    bases: tuple[tuple[Code | None, int], ...]  # code and net amount of each line
    off: int  # the discount that stands beside them as a line of its own kind
    comes_to: int  # with our tax


def build(sale: Sale) -> Lines:
    record = sale.record
    if sale.includes_tax:
        nets = [line.amount - tax_within(line, sale.code_of(line)) for line in record.lines]
        return Lines(_item_lines(sale, nets), _bases(sale, nets), 0, sum(line.amount for line in record.lines))
    nets = _nets(record)
    discount = sum(nets) + record.tax - record.total
    if discount < 0:  # rounding ate the discount: it goes into the lines, which add up whatever happens
        nets = [_after_discount(line, record.prices) for line in record.lines]
        discount = 0
    body, bases = _item_lines(sale, nets), _bases(sale, nets)
    comes_to = sum(nets) - discount + record.tax
    if discount and sale.discounts:
        return Lines([*body, _discount(sale, discount, sum(nets))], bases, discount, comes_to)
    shares = _shares(sale, discount)
    negative = [_negative_line(sale, share, code) for code, share in shares]
    return Lines(body + negative, (*bases, *((code, -share) for code, share in shares)), 0, comes_to)


def _item_lines(sale: Sale, nets: list[int]) -> list[dict[str, Any]]:
    return [_line(sale, line, net) for line, net in zip(sale.record.lines, nets, strict=True)]


def _bases(sale: Sale, nets: list[int]) -> tuple[tuple[Code | None, int], ...]:
    return tuple((sale.code_of(line), net) for line, net in zip(sale.record.lines, nets, strict=True))


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
    if code := sale.code_of(line):
        detail["TaxCodeRef"] = {"value": code.remote_id}
    if sale.includes_tax:
        detail["TaxInclusiveAmt"] = sale.money(line.amount)
    said = {"Description": texts.cut(line.description, DESCRIPTION)} if line.description else {}
    return {"DetailType": "SalesItemLineDetail", "Amount": amount, **said, "SalesItemLineDetail": detail}


def _says(line: LineRecord, amount: Decimal) -> bool:
    """Whether quantity times our price is this amount, and the price is short enough for them."""
    exponent = line.unit_price.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MOST_PLACES and rounded(line.quantity, line.unit_price) == amount


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
    if percent is not None and rounded(sale.money(subtotal), percent / 100) == sale.money(discount):
        detail = {"PercentBased": True, "DiscountPercent": percent}
    return {"DetailType": "DiscountLineDetail", "Amount": sale.money(discount), "DiscountLineDetail": detail}


def _shares(sale: Sale, discount: int) -> list[tuple[Code | None, int]]:
    """Where discounts are switched off: so much less of what carries each code."""
    parts: dict[Code | None, int] = {}
    for line in sale.record.lines:
        code = sale.code_of(line)
        parts[code] = parts.get(code, 0) + line.discount
    shares = zip(parts, spread(discount, list(parts.values())), strict=True)
    return [(code, share) for code, share in shares if share]


def _negative_line(sale: Sale, share: int, code: Code | None) -> dict[str, Any]:
    detail: dict[str, Any] = {"ItemRef": {"value": sale.item_of(None)}}
    if code:
        detail["TaxCodeRef"] = {"value": code.remote_id}
    return {
        "DetailType": "SalesItemLineDetail",
        "Amount": sale.money(-share),
        "Description": "Discount",
        "SalesItemLineDetail": detail,
    }
