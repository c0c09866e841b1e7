from __future__ import annotations

from dataclasses import replace

import pytest

from kz_admin.domain.agreement import difference, disagreements
from kz_admin.domain.pushing import Expected, Remote

MEANT = Expected("kz:1", number="INV-1", customer="70", currency="USD", total=10_000)
FOUND = Remote("Invoice", "9", number="INV-1", customer="70", currency="USD", total=10_000, text="Thanks kz:1")


def test_what_carries_our_marker_and_agrees_is_ours() -> None:
    assert disagreements(MEANT, FOUND) == []
    assert difference(MEANT, FOUND, "QuickBooks") is None


@pytest.mark.parametrize(
    ("name", "value"), [("text", "Thanks"), ("number", "INV-2"), ("customer", "71"), ("currency", "CAD")]
)
def test_what_differs_in_one_of_these_is_not(name: str, value: str) -> None:
    assert disagreements(MEANT, replace(FOUND, **{name: value})) == ["marker" if name == "text" else name]


def test_what_was_not_sent_is_not_compared() -> None:
    assert disagreements(replace(MEANT, number=""), replace(FOUND, number="1042")) == []


def test_another_total_is_told_with_both_numbers() -> None:
    told = difference(MEANT, replace(FOUND, total=9_998), "QuickBooks")
    assert told == "The total is 99.98 USD in QuickBooks and 100.00 USD here."
