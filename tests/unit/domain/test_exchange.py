"""Exchange rates of our own: what may be one, and where it goes along."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kz_admin.domain import exchange
from kz_admin.domain.failures import Wrong
from kz_admin.domain.pushing import Refs
from kz_admin.providers.quickbooks import currencies
from tests.unit.providers.quickbooks.ours import company, invoice, refs

RATE = Decimal("1.0843")


@pytest.mark.parametrize("text", ["1.0843", "0.0000001", "99999999", "89500"])
def test_a_rate(text: str) -> None:
    exchange.check(Decimal(text))
    exchange.check(None)
    assert exchange.cell(Decimal(text)) == text
    assert exchange.cell(None) == ""


@pytest.mark.parametrize("text", ["0", "-1", "0.00000001", "100000000", "NaN", "Infinity"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(Wrong):
        exchange.check(Decimal(text))


def where(own_currency: str = "", **facts: bool) -> Refs:
    there = company(**{"multicurrency": True, **facts})
    return refs(invoice(), there=there, own_currency=own_currency)


def test_it_goes_along_only_where_it_means_what_was_meant() -> None:
    assert currencies.header("EUR", where(), RATE) == {"CurrencyRef": {"value": "EUR"}, "ExchangeRate": RATE}
    assert currencies.header("EUR", where("USD"), RATE)["ExchangeRate"] == RATE
    assert currencies.header("EUR", where()) == {"CurrencyRef": {"value": "EUR"}}
    assert "ExchangeRate" not in currencies.header("USD", where(), RATE)  # nothing to exchange
    assert "ExchangeRate" not in currencies.header("EUR", where("CAD"), RATE)  # it was given in another currency
    assert currencies.header("EUR", where(multicurrency=False), RATE) == {}


def test_money_for_several_invoices_has_their_rate_only_if_it_is_one() -> None:
    assert currencies.shared([RATE, RATE]) == RATE
    assert currencies.shared([RATE, None]) is None
    assert currencies.shared([]) is None
