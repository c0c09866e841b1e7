"""I24, broken by hand."""

from __future__ import annotations

import json

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


def test_i24_sees_money_that_settled_nothing(sound: Sound) -> None:
    sound.objects["Invoice"][0]["Balance"] = 100
    assert "is paid here and 100 is open there" in str(*money.payments_settle_what_they_say(sound.evidence()))


@pytest.mark.parametrize(("amount", "exact"), [("100.10", True), ("0.30000000000000004", False), ('"100"', False)])
def test_i24_sees_what_a_float_leaves_behind(sound: Sound, amount: str, exact: bool) -> None:
    body = json.dumps({"Line": [{"Amount": 0}]}).replace(": 0", f": {amount}")
    sound.request("invoice", at=T0, body=body, request_id="r")
    assert rules_broken(list(money.amounts_are_exact(sound.evidence()))) == (set() if exact else {"I24"})
