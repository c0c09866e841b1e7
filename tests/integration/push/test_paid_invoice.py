"""One paid invoice, from the hook into the books: found or created, invoiced with the same lines, marked paid, once."""

from __future__ import annotations

from decimal import Decimal

import pytest

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
