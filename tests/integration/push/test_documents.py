"""What goes over, and what does not, with the words a person reads."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from flask import Flask

from kz_admin import clock
from kz_admin.domain.lists import List
from kz_admin.domain.status import Lane
from kz_admin.models import Mapping
from kz_admin.models.session import writing
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents import clients
from kz_admin.services.documents.work import Work
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.push.conftest import Books, connect_books
from tests.simulator.machine import Machine


@pytest.fixture
def numbered(app: Flask, machine: Machine, cast: Cast, bridge: Bridge) -> Books:
    """A company that takes our invoice numbers, with several currencies."""
    return connect_books(app, machine, cast, bridge, "MC")


@pytest.mark.promise("K-QBO-31", "KZ-20")
def test_the_number_is_ours_where_the_company_takes_it(numbered: Books) -> None:
    numbered.pay("2026-0001")
    numbered.push()
    assert numbered.record("invoice").state == "done"
    assert numbered.invoice_there()["DocNumber"] == "2026-0001"


def test_a_company_that_numbers_by_itself_is_told_ours_in_the_note(books: Books) -> None:
    books.pay("2026-0001")
    books.push()
    made = books.invoice_there()
    assert made["DocNumber"] != "2026-0001"
    assert "2026-0001" in made["PrivateNote"]
    assert books.record("invoice").remote_number == made["DocNumber"]


@pytest.mark.promise("KZ-37", "KEAP-05")
def test_without_an_email_nothing_goes_and_with_one_all_of_it_does(books: Books, cast: Cast) -> None:
    since = books.now_there()
    books.pay(**{"client.email": None})
    books.push()
    assert books.made(since) == ["Item"]  # the one all its lines go under, which no address keeps waiting
    for kind in ("client", "invoice", "payment"):
        record = books.record(kind)
        assert (record.state, record.problem) == ("failed", "email_missing"), kind
    assert len({record.cause for record in books.records() if record.state == "failed"}) == 1
    client_id = books.record("client").local_id
    details = clients.Details(name="Nordlicht Studio", email="books@nordlicht.example", currency="USD")
    with books.app.app_context(), writing() as session:
        clients.change(Work(session, cast.tenant_id, SYSTEM, clock.now_ms()), client_id, details, None)
    books.push()
    assert {record.state for record in books.records()} == {"done"}


@pytest.mark.promise("K-QBO-59")
def test_without_an_income_account_the_invoice_says_so(books: Books) -> None:
    with books.app.app_context(), writing() as session:
        session.query(Mapping).filter(Mapping.subject == "income").delete()
    books.pay()
    books.push()
    assert books.record("invoice").problem == "account_missing"
    assert books.record("payment").problem == "account_missing"
    assert books.ours("Invoice") == []


@pytest.mark.promise("KZ-06", "KZ-19", "K-QBO-37", "PLAT-14")
def test_an_existing_customer_is_found_by_email_whatever_its_case(books: Books) -> None:
    (known, *_) = [row for row in books.there("Customer") if row.get("PrimaryEmailAddr") and not row.get("ParentRef")]
    since = books.now_there()
    email = known["PrimaryEmailAddr"]["Address"]
    books.pay(**{"client.email": email.upper(), "client.name": "Somebody else's spelling"})
    books.push()
    asked = [f"{call['query']} {call['body']}" for call in books.calls_there(since)]
    assert sum("PrimaryEmailAddr" in words and "select" in words.lower() for words in asked) == 1
    assert "Customer" not in books.made(since)
    assert books.invoice_there()["CustomerRef"]["value"] == known["Id"]
    assert books.record("client").linked_by == "match"


@pytest.mark.promise("K-QBO-33", "KZ-08")
def test_fractions_zero_and_negative_lines_go_over_as_they_are(books: Books) -> None:
    lines = [
        {"description": "Hours", "quantity": "1.5", "unit_price": "33.333333", "amount": "50.00"},
        {"description": "On the house", "quantity": "1", "unit_price": "0", "amount": "0.00"},
        {"description": "Discount", "quantity": "-1", "unit_price": "10.00", "amount": "-10.00"},
    ]
    books.pay(**{"invoice.lines": lines, "invoice.total": "40.00"})
    books.push()
    made = books.invoice_there()
    sold = [line for line in made["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    assert [Decimal(str(line["Amount"])) for line in sold] == [Decimal(50), Decimal(0), Decimal(-10)]
    assert (Decimal(str(made["TotalAmt"])), made["Balance"]) == (Decimal(40), 0)


def test_a_later_change_updates_what_is_there_once(books: Books, cast: Cast) -> None:
    books.pay()
    books.push()
    since, client_id = books.now_there(), books.record("client").local_id
    details = clients.Details(
        name="Nordlicht Studio", email="books@nordlicht.example", currency="USD", phone="+1 512 555 0100"
    )
    with books.app.app_context(), writing() as session:
        clients.change(Work(session, cast.tenant_id, SYSTEM, clock.now_ms()), client_id, details, None)
    books.push()
    books.push()
    (changed,) = [call for call in books.calls_there(since) if call["committed"]]
    assert (changed["objects"][0]["type"], changed["objects"][0]["op"]) == ("Customer", "update")


@pytest.mark.promise("K-QBO-50", "K-QBO-36")
def test_two_partial_payments_pay_it_in_two_steps(books: Books) -> None:
    first = {"payment.id": "pay-1", "payment.amount": "40.00"}
    books.pay(**first)
    books.push()
    assert books.states().get("payment") in (None, ["idle"])  # goes over when the invoice is paid
    books.pay(**{"payment.id": "pay-2", "payment.amount": "60.00"})
    books.push()
    made = books.invoice_there()
    assert made["Balance"] == 0
    assert sorted(Decimal(str(one["TotalAmt"])) for one in books.ours("Payment")) == [Decimal(40), Decimal(60)]


@pytest.mark.promise("KZ-26", "K-QBO-48")
@pytest.mark.parametrize(("method", "deposited"), [("card", True), ("e_transfer", False), ("cheque", False)])
def test_money_lands_where_its_way_of_paying_says(books: Books, method: str, deposited: bool) -> None:
    accounts = books.there("Account")
    bank = next(row["Id"] for row in accounts if row["AccountType"] == "Bank")
    undeposited = next(row["Id"] for row in accounts if row["AccountSubType"] == "UndepositedFunds")
    choose(books, "deposit", bank)
    books.pay(**{"payment.method": method})
    books.push()
    (payment,) = books.ours("Payment")
    where = payment.get("DepositToAccountRef", {}).get("value", undeposited)
    assert where == (bank if deposited else undeposited)


def choose(books: Books, subject: str, remote_id: str) -> None:
    """As a person does on the page of default accounts."""
    connection = books.connection
    with books.app.app_context(), writing() as session:
        session.query(Mapping).filter(Mapping.subject == subject).delete()
        session.add(
            Mapping(
                tenant_id=connection.tenant_id,
                connection_id=connection.id,
                list=List.ACCOUNTS.value,
                subject=subject,
                remote_id=remote_id,
                chosen_how="person",
                chosen_by="Ada",
                chosen_at=1,
            )
        )


@pytest.mark.promise("KZ-38")
def test_another_currency_than_the_company_keeps_is_told_and_not_sent(books: Books) -> None:
    since = books.now_there()
    books.pay(**{"invoice.currency": "EUR"})
    books.push()
    assert books.record("invoice").problem == "currency_off"
    facts = json.loads(books.record("invoice").problem_facts or "{}")
    assert (facts["currency"], facts["company_currency"]) == ("EUR", "USD")
    assert not {"Customer", "Invoice", "Payment"} & set(books.made(since))


def test_many_at_once_travel_in_few_calls(books: Books) -> None:
    books.pay("first")
    books.push()
    for number in range(60):
        books.pay(f"N-{number}")
    since = books.now_there()
    for _ in range(4):
        books.push(Lane.BULK)
    assert {record.state for record in books.records()} == {"done"}
    assert len(books.calls_there(since)) == 4
    assert sorted(set(books.made(since))) == ["Invoice", "Payment"]
