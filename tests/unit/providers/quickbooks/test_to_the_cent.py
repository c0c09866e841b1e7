"""More than two hundred invoices as agencies write them, and what both sides make of them, to the cent.

Ours, what the built body promises, and the simulator's answer: kinds of lines × taxes × prices × discounts, in
companies of each tax model and in several currencies. No HTTP, no database: the builder and the simulator's operations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID, uuid5

import pytest

from kz_admin.domain.giving_back import Settled, lines_of
from kz_admin.domain.invoices import Prices, percentage_of
from kz_admin.domain.lists import List
from kz_admin.domain.presets import ON_PAID, TaxMode
from kz_admin.domain.pushing import Chosen, Draft, Refs
from kz_admin.domain.records import CreditNoteRecord, InvoiceRecord, RefundRecord
from kz_admin.providers.quickbooks import api, credit_notes, invoices, refunds
from simulator.quickbooks import operations, wire
from tests.simulator.documents.desk import Desk
from tests.unit.providers.quickbooks.ours import company, invoice, partners, refs, refund, sold

SPACE = UUID(int=0)
Goods = tuple[str, str]  # quantity, price
GOODS: dict[str, tuple[Goods, ...]] = {
    "hours": (("7.25", "85.50"), ("0.5", "120")),
    "thirds": (("3", "33.333333"), ("1", "0.01")),
    "pence": (("1", "0.03"), ("1", "0.03"), ("1", "0.03"), ("1", "0.07")),
    "a project": (("1", "18450"), ("42.75", "97.35"), ("1", "-250")),
    "nothing": (("1", "64.99"), ("0", "20"), ("2", "0")),
    "litres": (("1043.117", "1.2345"), ("12.5", "0.999")),
    "a long one": tuple((f"{1 + one % 7}.{one % 4 * 25}", f"{9 + 13 * one}.{one:02}") for one in range(12)),
}
DISCOUNTS = ("", "10%", "33.333%", "3.33")


@dataclass(frozen=True)
class Place:
    """A company with its tax codes by our percentage, and the currency its customer is billed in."""

    country: str
    currency: str
    taxes: tuple[tuple[str, ...], ...]  # percentages that take turns on the lines; "" is none
    codes: tuple[tuple[str, str, str], ...] = ()  # our percentage, their code, the rates in it

    @property
    def home(self) -> str:
        return {"US": "USD", "CA": "CAD", "GB": "GBP", "AU": "AUD"}[self.country]


PLACES = (
    Place("US", "USD", (("",), ("7.25",), ("7.25", ""))),
    Place("US", "EUR", (("",), ("7.25", ""))),
    Place("US", "JPY", (("",), ("7.25",))),
    Place("GB", "GBP", (("20",), ("20", "5", ""), ("0", "20")), (
        ("20", "20.0% S", "20"), ("5", "5.0% R", "5"), ("0", "0.0% Z", "0"),
    )),
    Place("CA", "CAD", (("13",), ("12", "5"), ("12", "")), (
        ("13", "HST ON", "13"), ("12", "GST/PST BC", "5 7"), ("5", "GST", "5"),
    )),
    Place("AU", "AUD", (("10",), ("10", "0")), (("10", "GST", "10"), ("0", "GST free", "0"))),
)  # fmt: skip


def cases() -> Iterator[Any]:
    for place, words in product(PLACES, GOODS):
        for taxes, prices, discount in product(place.taxes, Prices, DISCOUNTS):
            yield place, words, taxes, prices, discount


class Theirs:
    """One company of the simulator and its ids."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.desk = Desk(place.country, place.home, multi=place.currency != place.home)
        if place.country == "US":
            self.desk.settle_in(Line1="1 Pier", City="San Pablo", CountrySubDivisionCode="CA", PostalCode="90006")
        foreign = {"CurrencyRef": {"value": place.currency}} if place.currency != place.home else {}
        self.customer = self.desk.customer(**foreign)["Id"]
        costs = {"ExpenseAccountRef": self.desk.account("Expense")} if place.country in ("CA", "GB") else {}
        self.item = self.desk.item(**costs)["Id"]
        exempt = self.desk.company.table("TaxCode").first("Name", "Exempt")
        self.facts = {"multicurrency": bool(foreign), "own_numbers": False, "exempt_code": exempt and exempt["Id"]}
        self.mapped = {
            (List.TAXES, str(uuid5(SPACE, percent))): self._chosen(name, rates) for percent, name, rates in place.codes
        }

    def _chosen(self, name: str, percents: str) -> Chosen:
        row = self.desk.company.table("TaxCode").first("Name", name)
        assert row is not None
        ids = [each["TaxRateRef"]["value"] for each in row["SalesTaxRateList"]["TaxRateDetail"]]
        rates = " ".join(f"{one}:{percent}" for one, percent in zip(ids, percents.split(), strict=True))
        whole = sum(Decimal(one) for one in percents.split())
        return Chosen(row["Id"], name, True, {"rate": str(whole), "rates": rates})

    def build(self, record: InvoiceRecord, mode: TaxMode, *, lines: bool = True) -> Draft:
        mapped = self.mapped
        if not lines:  # only the percentage of a code is known, which is enough where it has one rate
            mapped = {key: replace(one, details={"rate": one.details["rate"]}) for key, one in mapped.items()}
        return invoices.build(record, self._refs(record, mode, mapped))

    def _refs(self, record: InvoiceRecord | RefundRecord, mode: TaxMode, mapped: dict[Any, Chosen]) -> Refs:
        there = company(self.place.country, self.place.home, **self.facts)
        known = {key: replace(ref, remote_id=self._id(ref.remote_id)) for key, ref in partners(record.currency).items()}
        settings = replace(ON_PAID, tax_mode=mode)
        return refs(record, there=there, partners=known, mapped=mapped, settings=settings)

    def _id(self, usual: str) -> str:
        return str({"70": self.customer, "31": self.item}[usual])

    def credit(self, record: InvoiceRecord, mode: TaxMode) -> Draft:
        """The same sale, taken back as a whole."""
        shared = {one.name: getattr(record, one.name) for one in fields(CreditNoteRecord) if hasattr(record, one.name)}
        credit = CreditNoteRecord(**shared, invoice_id=None, voided=False, allocations=())
        return credit_notes.build(credit, self._refs(record, mode, self.mapped))

    def give_back(self, record: RefundRecord, mode: TaxMode) -> Draft:
        bank = self.desk.account("Bank")["value"]
        looking = self._refs(record, mode, self.mapped)
        return refunds.build(record, replace(looking, accounts={**looking.accounts, "deposit": bank}))

    def take(self, draft: Draft) -> dict[str, Any]:
        sent = wire.loads(api.as_json(draft.body))
        found: dict[str, Any] = operations.write(self.desk.company, draft.entity, sent, {})[draft.entity]
        return found


def made(place: Place, words: str, taxes: tuple[str, ...], prices: Prices, discount: str) -> InvoiceRecord:
    goods = [
        sold(quantity, price, taxes[number % len(taxes)] or None)
        for number, (quantity, price) in enumerate(GOODS[words])
    ]
    whole = invoice(*goods, prices=prices, currency=place.currency)
    percent = Decimal(discount[:-1]) if discount.endswith("%") else None
    off = percentage_of(whole.subtotal, percent) if percent else int(Decimal(discount or 0) * 100)
    off = min(off, whole.subtotal)
    record = invoice(*goods, prices=prices, currency=place.currency, discount=off, discount_percent=percent)
    return _with_rates(record)


def _with_rates(record: InvoiceRecord) -> InvoiceRecord:
    named = tuple(
        replace(line, tax_rate_id=uuid5(SPACE, str(line.tax_percent)) if line.tax_percent is not None else None)
        for line in record.lines
    )
    return replace(record, lines=named)


@pytest.fixture(scope="module")
def theirs() -> dict[Place, Theirs]:
    return {place: Theirs(place) for place in PLACES}


def test_there_are_more_than_two_hundred() -> None:
    assert len(list(cases())) > 200


@pytest.mark.promise("K-QBO-33", "KZ-08", "KZ-20")
def test_all_sides_agree_to_the_cent_whatever_an_invoice_is_made_of(theirs: dict[Place, Theirs]) -> None:
    wrong = []
    for number, (place, *case) in enumerate(cases()):
        record = made(place, *case)
        mode = TaxMode.MAPPED if number % 2 else TaxMode.OUR_TOTAL
        draft = theirs[place].build(record, mode, lines=place.country == "CA" or number % 3 > 0)
        answer = theirs[place].take(draft)
        ours = Decimal(record.total).scaleb(0 if place.currency == "JPY" else -2)
        if answer["TotalAmt"] != ours or draft.expected.theirs not in (None, record.total):
            wrong.append((place.country, *case, mode, ours, answer["TotalAmt"]))
    assert wrong == []


@pytest.mark.parametrize("place", [place for place in PLACES if place.codes], ids=lambda one: one.country)
def test_what_theirs_will_come_to_is_known_before_it_leaves(theirs: dict[Place, Theirs], place: Place) -> None:
    """Their own arithmetic, whatever ours says: foreseen to the cent, where the lines have one sign."""
    for words, taxes, prices in product(("hours", "thirds", "pence", "litres", "a long one"), place.taxes, Prices):
        draft = theirs[place].build(made(place, words, taxes, prices, ""), TaxMode.PROVIDER)
        assert theirs[place].take(draft)["TotalAmt"] == Decimal(draft.expected.theirs or 0).scaleb(-2)
        assert "TxnTaxDetail" not in draft.body


def test_a_refund_takes_back_income_and_tax_and_its_total_is_the_money_that_left(theirs: dict[Place, Theirs]) -> None:
    wrong = []
    for number, (place, words, taxes, prices, discount) in enumerate(cases()):
        if number % 3:
            continue
        sale = made(place, words, taxes, prices, discount)
        amount = max(1, sale.total * (1 + number % 7) // 7)
        lines = lines_of(amount, place.currency, "Refund", [Settled(sale.total, sale.prices, sale.lines)])
        record = refund(currency=place.currency, amount=amount, lines=lines)
        answer = theirs[place].take(theirs[place].give_back(record, list(TaxMode)[number // 3 % 3]))
        digits = 0 if place.currency == "JPY" else -2
        ours = (amount, sum(line.tax for line in lines))
        there = (answer["TotalAmt"], answer.get("TxnTaxDetail", {}).get("TotalTax", 0))
        if there != tuple(Decimal(one).scaleb(digits) for one in ours):
            wrong.append((place.country, words, taxes, prices, discount, ours, there))
    assert wrong == []


def test_a_credit_memo_takes_back_as_much_as_the_invoice_was(theirs: dict[Place, Theirs]) -> None:
    wrong = []
    for number, (place, *case) in enumerate(cases()):
        if number % 3 != 1:
            continue
        record = made(place, *case)
        answer = theirs[place].take(theirs[place].credit(record, [TaxMode.OUR_TOTAL, TaxMode.MAPPED][number % 2]))
        ours = Decimal(record.total).scaleb(0 if place.currency == "JPY" else -2)
        if (answer["TotalAmt"], answer["Balance"]) != (ours, ours):
            wrong.append((place.country, *case, ours, answer["TotalAmt"]))
    assert wrong == []


@pytest.mark.parametrize("country", ["US", "GB", "CA", "AU"])
def test_as_many_lines_as_they_take_come_to_the_same_total(theirs: dict[Place, Theirs], country: str) -> None:
    """750 lines with fractions of everything, some of nothing and some below nought."""
    place = next(one for one in PLACES if (one.country, one.currency) == (country, one.home))
    taxes = place.taxes[-1]
    goods = [
        sold(f"{1 + one % 9}.{one % 8 * 125:03}", _price(one), taxes[one % len(taxes)] or None) for one in range(750)
    ]
    whole = invoice(*goods, currency=place.currency)
    answer = theirs[place].take(theirs[place].build(_with_rates(whole), TaxMode.OUR_TOTAL))
    assert answer["TotalAmt"] == Decimal(whole.total).scaleb(-2)


def _price(one: int) -> str:
    return f"{'-' if one % 50 == 7 else ''}{one % 11}.{one:04}"
