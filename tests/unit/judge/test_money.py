"""I24, broken by hand."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.chaos.judge import money
from tests.unit.judge.sound import T0, Sound, rules_broken


def test_i24_sees_another_total(sound: Sound) -> None:
    sound.objects["Invoice"][0]["TotalAmt"] = 100.01
    assert "10000 here and 10001" in str(*money.both_sides_agree(sound.evidence()))
    sound.invoice_record.note = "The total is 100.01 USD in QuickBooks and 100.00 USD here."
    assert list(money.both_sides_agree(sound.evidence())) == []


def test_i24_sees_another_currency(sound: Sound) -> None:
    sound.objects["Payment"][0]["CurrencyRef"] = {"value": "EUR"}
    assert "in USD here and in EUR there" in str(*money.both_sides_agree(sound.evidence()))


def test_i24_sees_another_rate_than_the_one_somebody_gave(sound: Sound) -> None:
    sound.invoice.exchange_rate = Decimal("1.25")
    sound.objects["Invoice"][0]["ExchangeRate"] = 1.25
    assert list(money.both_sides_agree(sound.evidence())) == []
    sound.objects["Invoice"][0]["ExchangeRate"] = 1.3
    assert "is at 1.25 here and at 1.3 there" in str(*money.both_sides_agree(sound.evidence()))


def test_i24_sees_money_that_settled_nothing(sound: Sound) -> None:
    sound.objects["Invoice"][0]["Balance"] = 100
    assert "has 0 open here and 10000 there" in str(*money.money_settles_what_it_says(sound.evidence()))


def test_i24_sees_what_differs_of_credit_notes_and_refunds(sound: Sound) -> None:
    sound.credited()
    sound.refunded()
    assert list(money.both_sides_agree(sound.evidence())) == []
    sound.objects["CreditMemo"][0]["TotalAmt"] = 29.99
    sound.objects["RefundReceipt"][0]["TotalAmt"] = 11
    found = str(list(money.both_sides_agree(sound.evidence())))
    assert "is 3000 here and 2999" in found
    assert "is 1000 here and 1100" in found


def test_i24_sees_a_credit_that_settles_something_else(sound: Sound) -> None:
    sound.credited()
    assert list(money.credits_are_used_as_they_say(sound.evidence())) == []
    assert list(money.money_settles_what_it_says(sound.evidence())) == []
    sound.objects["Payment"][1]["Line"][0]["Amount"] = 20
    assert "{'3': 3000} here and {'3': 2000} there" in str(*money.credits_are_used_as_they_say(sound.evidence()))


def test_i24_sees_money_that_was_taken_back_and_still_settles(sound: Sound) -> None:
    sound.payment.voided_at, sound.invoice.open_minor = T0, 10000
    assert "has 10000 open here and 0 there" in str(*money.money_settles_what_it_says(sound.evidence()))
    sound.payment_record.state = "due"  # not done yet
    assert list(money.money_settles_what_it_says(sound.evidence())) == []


@pytest.mark.parametrize(("amount", "exact"), [("100.10", True), ("0.30000000000000004", False), ('"100"', False)])
def test_i24_sees_what_a_float_leaves_behind(sound: Sound, amount: str, exact: bool) -> None:
    body = json.dumps({"Line": [{"Amount": 0}]}).replace(": 0", f": {amount}")
    sound.request("invoice", at=T0, body=body, request_id="r")
    assert rules_broken(list(money.amounts_are_exact(sound.evidence()))) == (set() if exact else {"I24"})


def test_i24_sees_a_credit_that_leaves_something_open(sound: Sound) -> None:
    _, use = sound.credited_instead()
    assert list(money.a_credit_undoes_all_of_it(sound.evidence())) == []
    sound.objects["Invoice"][0]["Balance"] = 40.0
    assert "40.0 of it is open" in str(*money.a_credit_undoes_all_of_it(sound.evidence()))
    use.note = "The invoice is paid there, all or in part: 40.00 USD of the credit is left for the customer."
    assert list(money.a_credit_undoes_all_of_it(sound.evidence())) == []
    sound.objects["CreditMemo"][0]["TotalAmt"] = 90.0
    assert "is credited with 90.0" in str(*money.a_credit_undoes_all_of_it(sound.evidence()))
