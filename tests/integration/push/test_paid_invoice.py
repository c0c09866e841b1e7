"""One paid invoice, from the hook into the books: found or created, invoiced with the same lines, marked paid, once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kz_admin.domain.status import Lane
from kz_admin.services import defaults
from tests.integration.push.conftest import Books


@pytest.mark.promise("K-QBO-03", "K-QBO-32", "KZ-07", "KZ-08", "KZ-09", "KZ-17")
def test_a_paid_invoice_is_in_the_books_with_its_lines_and_paid(books: Books) -> None:
    books.pay()
    since = books.now_there()
    books.push()
    assert books.states() == {"client": ["done"], "service": ["done"], "invoice": ["done"], "payment": ["done"]}
    made = books.invoice_there()
    assert (Decimal(str(made["TotalAmt"])), Decimal(str(made["Balance"]))) == (Decimal(100), Decimal(0))
    line = made["Line"][0]
    assert line["Description"] == "Design"
    assert (line["Amount"], line["SalesItemLineDetail"]["Qty"], line["SalesItemLineDetail"]["UnitPrice"]) == (
        100,
        2,
        50,
    )
    assert [link["TxnType"] for link in made["LinkedTxn"]] == ["Payment"]
    (customer,) = books.there("Customer", PrimaryEmailAddr={"Address": "books@nordlicht.example"})
    assert made["CustomerRef"]["value"] == customer["Id"]
    assert sorted(books.made(since)) == ["Customer", "Invoice", "Item", "Payment"]


@pytest.mark.promise("K-QBO-63", "KZ-02", "KZ-19", "K-QBO-37")
def test_pushing_again_or_telling_again_writes_nothing(books: Books) -> None:
    books.pay()
    books.push()
    since = books.now_there()
    books.pay()
    books.push()
    books.push()
    assert books.writes(since) == []


def test_the_first_invoice_takes_four_calls_and_the_next_two(books: Books) -> None:
    since = books.now_there()
    books.pay()
    books.push()
    assert len(books.calls_there(since)) <= 4
    since = books.now_there()
    books.pay("2026-0002")
    books.push()
    calls = books.calls_there(since)
    assert [call["path"].rsplit("/", 1)[-1] for call in calls] == ["invoice", "payment"]


@pytest.mark.promise("K-QBO-04", "KZ-18")
def test_a_new_client_becomes_one_customer_with_name_email_and_address(books: Books) -> None:
    address = {"line1": "1 Pier", "city": "Austin", "region": "TX", "postal_code": "78701", "country": "US"}
    client = {"client.company": "Nordlicht GmbH", "client.address": address}
    since = books.now_there()
    books.pay("2026-0001", **client)
    books.pay("2026-0002", **client)
    books.push()
    assert books.made(since).count("Customer") == 1
    (customer,) = books.there("Customer", PrimaryEmailAddr={"Address": "books@nordlicht.example"})
    assert customer["CompanyName"] == "Nordlicht GmbH"
    where = customer["BillAddr"]
    assert (where["Line1"], where["City"]) == ("1 Pier", "Austin")
    assert (where["CountrySubDivisionCode"], where["PostalCode"]) == ("TX", "78701")


@pytest.mark.promise("K-QBO-24", "KZ-21")
def test_a_line_without_a_service_is_booked_under_the_default_income_account(books: Books) -> None:
    books.pay()
    books.push()
    (line, *_) = books.invoice_there()["Line"]
    (item,) = books.there("Item", Id=line["SalesItemLineDetail"]["ItemRef"]["value"])
    with books.app.app_context():
        income = defaults.chosen_ids(books.connection)["income"]
    assert item["IncomeAccountRef"]["value"] == income


@pytest.mark.promise("KZ-10")
def test_the_sums_of_both_sides_agree(books: Books) -> None:
    for number, price in enumerate(("19.99", "0.01", "1234.56", "7.77"), start=1):
        line = {"description": "Work", "quantity": "1", "unit_price": price, "amount": price}
        books.pay(f"2026-{number:04}", **{"invoice.lines": [line], "invoice.total": price})
    books.push(Lane.BULK)
    there = books.ours("Invoice")
    assert sum(Decimal(str(one["TotalAmt"])) for one in there) == Decimal("1262.33")
    assert sum(Decimal(str(one["TotalAmt"])) for one in books.ours("Payment")) == Decimal("1262.33")
    assert [one["Balance"] for one in there] == [0, 0, 0, 0]
