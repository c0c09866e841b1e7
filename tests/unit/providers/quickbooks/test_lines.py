"""Lines whose sum is our total to the cent, whatever they are made of."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kz_admin.domain.invoices import Prices
from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Slug, Unfit
from kz_admin.domain.pushing import Ref
from kz_admin.providers.quickbooks import invoices
from tests.unit.providers.quickbooks.ours import company, invoice, partners, refs, sold

CENT = Decimal("0.01")


def body(record: Any, **facts: Any) -> dict[str, Any]:
    return dict(invoices.build(record, refs(record, there=company(**facts))).body)


def theirs(said: dict[str, Any]) -> Decimal:
    """What they make of a body: 6070 for a wrong product, then sum, discount and the tax that was sent."""
    subtotal, discount = Decimal(0), Decimal(0)
    for line in said["Line"]:
        detail = line[line["DetailType"]]
        if line["DetailType"] == "DiscountLineDetail":
            percent = detail.get("DiscountPercent")
            discount = (subtotal * percent / 100).quantize(CENT, ROUND_HALF_UP) if percent else line["Amount"]
            continue
        if "Qty" in detail:
            assert (detail["Qty"] * detail["UnitPrice"]).quantize(CENT, ROUND_HALF_UP) == line["Amount"], line
        subtotal += line["Amount"]
    return subtotal - discount + said.get("TxnTaxDetail", {}).get("TotalTax", Decimal(0))


numbers = st.decimals(min_value=Decimal("-999"), max_value=Decimal("99999"), allow_nan=False, places=4)
quantities = st.decimals(min_value=Decimal("-99"), max_value=Decimal("999"), allow_nan=False, places=3)
percents = st.sampled_from([None, "5", "8.25", "13", "20", "24"])
goods = st.tuples(quantities, numbers, percents).map(lambda one: sold(str(one[0]), str(one[1]), one[2]))


@given(
    st.lists(goods, min_size=1, max_size=6),
    st.sampled_from(Prices),
    st.integers(min_value=0, max_value=50_000),
    st.booleans(),
    st.one_of(st.none(), st.integers(min_value=0, max_value=9_999)),
)
def test_what_is_sent_adds_up_to_our_total(
    made: list[Any], prices: Prices, discount: int, allowed: bool, stated: int | None
) -> None:
    record = invoice(*made, prices=prices, discount=discount, stated_tax=stated)
    said = body(record, discounts=allowed)
    assert theirs(said) == Decimal(record.total).scaleb(-2)


@given(st.lists(goods, min_size=1, max_size=4), st.sampled_from(["5", "10", "33.333"]), st.sampled_from(Prices))
def test_a_discount_in_percent_adds_up_as_well(made: list[Any], percent: str, prices: Prices) -> None:
    whole = invoice(*made, prices=prices)
    discount = max(0, round(whole.subtotal * Decimal(percent) / 100))
    record = invoice(*made, prices=prices, discount=discount, discount_percent=Decimal(percent))
    assert theirs(body(record)) == Decimal(record.total).scaleb(-2)


def test_a_line_says_quantity_price_and_words_as_here() -> None:
    line = body(invoice(sold("3", "33.333333", words="Design, 3 h")))["Line"][0]
    assert (line["Amount"], line["Description"]) == (Decimal("100.00"), "Design, 3 h")
    detail = line["SalesItemLineDetail"]
    assert (detail["Qty"], detail["UnitPrice"]) == (Decimal("3"), Decimal("33.333333"))
    assert detail["ItemRef"] == {"value": "31"}


def test_zero_and_negative_lines_go_as_they_are() -> None:
    lines = body(invoice(sold("4", "75"), sold("0", "20"), sold("-1", "12.50"), sold("2", "0")))["Line"]
    assert [line["Amount"] for line in lines] == [Decimal(300), Decimal(0), Decimal("-12.50"), Decimal(0)]
    assert [line["SalesItemLineDetail"]["Qty"] for line in lines] == [4, 0, -1, 2]


def test_a_line_of_its_own_service_goes_under_that_item() -> None:
    record, service_id = invoice(sold("1", "10"), sold("1", "20")), uuid4()
    record = replace(record, lines=(replace(record.lines[0], service_id=service_id), record.lines[1]))
    there = {**partners(), (Kind.SERVICE, service_id, ""): Ref("44")}
    lines = invoices.build(record, refs(record, partners=there)).body["Line"]
    assert [line["SalesItemLineDetail"]["ItemRef"]["value"] for line in lines] == ["44", "31"]


def test_inclusive_prices_become_net_with_a_price_that_multiplies() -> None:
    line = body(invoice(sold("2", "12.40", "24"), prices=Prices.INCLUSIVE))["Line"][0]
    assert line["Amount"] == Decimal("20.00")
    assert line["SalesItemLineDetail"]["UnitPrice"] == Decimal("10.00")


def test_a_price_they_cannot_say_is_left_out() -> None:
    line = body(invoice(sold("99999.999", "0.0000001234"), sold("1", "5")))["Line"][0]
    detail = line["SalesItemLineDetail"]
    assert "Qty" not in detail or (detail["Qty"] * detail["UnitPrice"]).quantize(CENT, ROUND_HALF_UP) == line["Amount"]


def test_an_amount_somebody_stated_keeps_its_quantity() -> None:
    record = invoice(sold("1.5", "33.33"))
    record = replace(record, lines=(replace(record.lines[0], amount=4999),), subtotal=4999, total=4999)
    detail = body(record)["Line"][0]["SalesItemLineDetail"]
    assert (detail["Qty"] * detail["UnitPrice"]).quantize(CENT, ROUND_HALF_UP) == Decimal("49.99")


def test_a_discount_is_their_discount_line_where_they_have_one() -> None:
    record = invoice(sold("4", "75"), discount=3000, discount_percent=Decimal(10))
    line = body(record)["Line"][-1]
    assert line["DiscountLineDetail"] == {"PercentBased": True, "DiscountPercent": Decimal(10)}
    fixed = body(replace(record, discount_percent=Decimal("9.9")))["Line"][-1]
    assert (fixed["Amount"], fixed["DiscountLineDetail"]) == (Decimal("30.00"), {"PercentBased": False})


def test_a_discount_is_a_negative_line_where_they_have_none() -> None:
    record = invoice(sold("1", "100", "8"), sold("1", "300"), discount=4000)
    lines = body(record, discounts=False)["Line"][2:]
    assert [line["Amount"] for line in lines] == [Decimal("-10.00"), Decimal("-30.00")]
    assert [line["SalesItemLineDetail"]["TaxCodeRef"]["value"] for line in lines] == ["TAX", "NON"]


def test_yen_have_no_cents() -> None:
    record = invoice(sold("3", "33.5"), currency="JPY")
    said = body(record, multicurrency=True)
    assert theirs(said) == 101
    assert said["CurrencyRef"] == {"value": "JPY"}


def test_fils_that_they_do_not_count_keep_an_invoice_here() -> None:
    record = invoice(sold("1", "1.005"), currency="KWD")
    with pytest.raises(Unfit) as told:
        body(record, multicurrency=True)
    assert told.value.problem.slug is Slug.TOTALS_DIFFER
    assert theirs(body(invoice(sold("1", "1.25"), currency="KWD"), multicurrency=True)) == Decimal("1.25")


def test_an_invoice_that_does_not_add_up_here_stays_here() -> None:
    with pytest.raises(Unfit) as told:
        body(replace(invoice(), total=1, subtotal=0, tax=77))
    assert told.value.problem.slug is Slug.TOTALS_DIFFER
