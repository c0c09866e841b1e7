"""An invoice in another currency: at the rate somebody gave, else at theirs, and the page says which was used."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from kz_admin.models import Invoice
from kz_admin.models.session import reading
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.push.conftest import Books, connect_books
from tests.integration.push.test_credits_there import LINE, do
from tests.integration.push.test_removals import database_url as database_url
from tests.integration.push.test_removals import desk as desk
from tests.integration.push.test_removals import go_over
from tests.page import InspectingClient
from tests.simulator.machine import Machine

RATE = Decimal("1.2345678")
FORM = {
    "client": "Nordlicht",
    "issued_on": "2026-11-02",
    "currency": "EUR",
    "exchange_rate": str(RATE),
    "prices": "exclusive",
    "lines-0-description": "Design",
    "lines-0-quantity": "1",
    "lines-0-unit_price": "100",
    "lines-0-tax_rate": "",
    "terms": "",
    "step": "finalise",
}


@pytest.fixture
def books(app: Flask, machine: Machine, cast: Cast, bridge: Bridge) -> Books:
    """A company that keeps several currencies; its own is the tenant's."""
    return connect_books(app, machine, cast, bridge, "MC")


def client(books: Books) -> Any:
    return do(books, "client", "Nordlicht", email="books@nordlicht.example", currency="EUR")


def rates(books: Books, entity: str) -> list[Decimal]:
    return [Decimal(str(row["ExchangeRate"])) for row in books.ours(entity)]


def test_an_invoice_goes_at_the_given_rate_and_its_payment_at_the_same(books: Books, desk: InspectingClient) -> None:
    client(books)
    asked = desk.submit("/kz-admin/invoices/new", {**FORM, "step": "rate"}, headers={"HX-Request": "true"})
    assert "How many USD one EUR is" in asked.text
    assert desk.submit("/kz-admin/invoices/new", {**FORM, "exchange_rate": "0"}).status_code == 422
    assert desk.submit("/kz-admin/invoices/new", FORM).status_code == 303
    with books.app.app_context(), reading() as session:
        invoice = session.query(Invoice).one()
    do(books, "pay", invoice)
    go_over(books)
    assert rates(books, "Invoice") == rates(books, "Payment") == [RATE]
    home = Decimal(str(books.ours("Invoice")[0]["HomeTotalAmt"]))
    assert home == Decimal("123.46")
    page = desk.page(f"/kz-admin/invoices/{invoice.id}").text
    assert "USD for 1 EUR" in page
    assert page.count(str(RATE)) >= 2  # here and there
    assert f",EUR,{RATE}," in desk.get("/kz-admin/invoices/download").text
    assert str(RATE) in desk.page(f"/kz-admin/invoices/{invoice.id}/preview").text
    since = books.now_there()
    books.push()
    assert books.calls_there(since) == []


def test_without_one_theirs_is_used_and_shown_and_in_the_own_currency_there_is_none(
    books: Books, desk: InspectingClient
) -> None:
    invoice = do(books, "invoice", client(books), LINE, number="N-1", currency="EUR")
    do(books, "pay", invoice)
    assert desk.submit("/kz-admin/invoices/new", {**FORM, "currency": "USD"}).status_code == 303
    go_over(books)
    (theirs,) = rates(books, "Invoice")
    bodies = [call["body"] for call in books.calls_there() if call["method"] == "POST" and "/invoice" in call["path"]]
    assert bodies
    assert "ExchangeRate" not in str(bodies)
    page = desk.page(f"/kz-admin/invoices/{invoice.id}").text
    assert f"{theirs.normalize():f}" in page
    with books.app.app_context(), reading() as session:
        own = session.query(Invoice).filter(Invoice.currency == "USD").one()
    assert own.exchange_rate is None
