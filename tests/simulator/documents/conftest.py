"""Desks in companies of every tax model and currency."""

from __future__ import annotations

import pytest

from .desk import Desk


@pytest.fixture
def us() -> Desk:
    """California, automated sales tax, numbers counted by QuickBooks."""
    desk = Desk()
    desk.settle_in(Line1="1 Pier", City="San Pablo", CountrySubDivisionCode="CA", PostalCode="94806")
    return desk


@pytest.fixture
def canada() -> Desk:
    return Desk("CA", "CAD")


@pytest.fixture
def britain() -> Desk:
    return Desk("GB", "GBP")


@pytest.fixture
def multi() -> Desk:
    """Home currency USD; EUR and GBP at hand, 1 EUR = 1.1 USD."""
    desk = Desk(multi=True)
    desk.write("ExchangeRate", {"SourceCurrencyCode": "EUR", "Rate": "1.1", "AsOfDate": "2026-01-01"})
    return desk
