"""What is read of a company: its switches, its payment methods, addresses of its objects."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from kz_admin import config as settings
from kz_admin.config import Config
from kz_admin.domain.lists import Choice
from kz_admin.domain.payments import Method
from kz_admin.providers.quickbooks import accounts, company, deep_links, payment_methods, remotes
from tests.conftest import environment


def method(remote_id: str, name: str, *, active: bool = True) -> Choice:
    return Choice(remote_id, name, "", active, {})


def test_the_switches_that_documents_depend_on() -> None:
    preferences = {
        "SalesFormsPrefs": {"CustomTxnNumbers": True, "AllowDiscount": False},
        "TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": True},
        "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}},
        "AccountingInfoPrefs": {"BookCloseDate": "2026-01-31"},
    }
    assert company.switches(preferences) == {
        "own_numbers": True,
        "multicurrency": True,
        "taxes": True,
        "automated_tax": True,
        "discounts": False,
        "closed_until": "2026-01-31",
    }
    assert not any(company.switches({}).values())


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        (Method.CARD, ["Visa", "Credit Card"], "Credit Card"),
        (Method.CHEQUE, ["Check", "Cash"], "Check"),
        (Method.CHEQUE, ["CHEQUE"], "CHEQUE"),
        (Method.CASH, ["Petty cash"], None),
        (Method.CASH, ["Cash", " cash"], None),
        (Method.CARD, ["Visa", "Mastercard"], None),
        (Method.E_TRANSFER, ["E-Transfer"], "E-Transfer"),
        (Method.BANK_TRANSFER, ["Bank transfer"], "Bank transfer"),
    ],
)
def test_a_method_is_the_one_of_exactly_that_name(ours: Method, theirs: list[str], found: str | None) -> None:
    choices = [method(str(place), name) for place, name in enumerate(theirs)]
    likely = payment_methods.likely_method(ours, choices)
    assert (likely.name if likely else None) == found


def test_an_inactive_method_is_not_used() -> None:
    assert payment_methods.likely_method(Method.CASH, [method("1", "Cash", active=False)]) is None
    for ours in Method:
        assert payment_methods.likely_method(ours, []) is None


def test_no_account_is_chosen_for_the_method_rows() -> None:
    bank = Choice("35", "Checking", "Bank", True, {})
    assert accounts.likely(accounts.DEPOSIT, [bank]) == bank
    assert [accounts.likely(purpose, [bank]) for purpose in accounts.OF_METHODS] == [None, None]


@pytest.fixture
def config() -> Config:
    return settings.load(environment())


def test_a_link_is_pinned_to_the_company(config: Config) -> None:
    link = urlsplit(deep_links.link_to(config, "310687", "Invoice", "266"))
    assert f"{link.scheme}://{link.netloc}{link.path}" == "https://qbo.intuit.com/app/login"
    asked = parse_qs(link.query)
    assert asked == {"pagereq": ["invoice?txnId=266"], "deeplinkcompanyid": ["310687"]}
    assert "pagereq=invoice%3FtxnId%3D266&deeplinkcompanyid=310687" in link.query


def test_an_id_cannot_leave_its_place_in_a_link(config: Config) -> None:
    link = urlsplit(deep_links.link_to(config, "1&x=2", "Customer", "9&deeplinkcompanyid=7#"))
    assert parse_qs(link.query)["deeplinkcompanyid"] == ["1&x=2"]
    assert deep_links.link_to(config, "1", "Bundle", "9").endswith("pagereq=homepage&deeplinkcompanyid=1")


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        (Decimal("300.10"), "USD", 30010),
        (0, "USD", 0),
        ("12.5", "USD", 1250),
        (Decimal("48000.00"), "JPY", 48000),
        (Decimal("0.5"), "JPY", None),
        (None, "USD", None),
        (True, "USD", None),
        ("many", "USD", None),
    ],
)
def test_amounts_are_read_exactly_or_not_at_all(value: object, currency: str, minor: int | None) -> None:
    assert remotes.minor_of(value, currency) == minor
