"""Point 31: one currency per customer, vendor and account; the books stay in the home currency."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .desk import Desk, Doc, applied_lines, journal, sold, spent

D = Decimal
EUR = {"value": "EUR"}


@pytest.fixture
def aki(multi: Desk) -> Doc:
    return multi.customer("Aki (EUR)", CurrencyRef=EUR)


def test_s05_31_the_documents_currency_has_to_be_the_customers(multi: Desk, aki: Doc) -> None:
    body = {"CustomerRef": {"value": aki["Id"]}, "Line": [sold(multi.item(), 100)]}
    for wrong in ({}, {"CurrencyRef": {"value": "USD"}}, {"CurrencyRef": {"value": "GBP"}}):
        fault = multi.refused("Invoice", {**body, **wrong})
        assert fault.code == "6000"
        assert "The currency of the transaction is invalid for customer/vendor/account" in str(fault.detail)
    assert multi.write("Invoice", {**body, "CurrencyRef": EUR})["CurrencyRef"]["value"] == "EUR"


def test_s05_31_a_customer_in_home_currency_needs_no_currency_on_the_document(multi: Desk) -> None:
    made = multi.sell(multi.customer(), sold(multi.item(), 100))
    assert (made["CurrencyRef"]["value"], made["ExchangeRate"], made["HomeTotalAmt"]) == ("USD", 1, 100)


def test_s05_31_without_multicurrency_a_foreign_currency_fails_and_no_rate_is_shown(us: Desk) -> None:
    customer, item = us.customer(), us.item()
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": [sold(item, 1)], "CurrencyRef": EUR}
    assert us.refused("Invoice", body).code == "6000"
    assert not {"ExchangeRate", "HomeTotalAmt", "HomeBalance"} & set(us.sell(customer, sold(item, 1)))


def test_s05_31_an_unknown_currency_is_refused_as_such(multi: Desk, aki: Doc) -> None:
    body = {"CustomerRef": {"value": aki["Id"]}, "Line": [sold(multi.item(), 1)], "CurrencyRef": {"value": "XXQ"}}
    assert multi.refused("Invoice", body).code == "2220"


def test_s05_31_the_rate_is_home_units_per_foreign_unit_sent_or_of_the_day(multi: Desk, aki: Doc) -> None:
    item = multi.item()
    ours = multi.sell(aki, sold(item, 100), CurrencyRef=EUR, ExchangeRate="1.25")
    assert (ours["ExchangeRate"], ours["HomeTotalAmt"], ours["HomeBalance"]) == (D("1.25"), 125, 125)
    assert multi.sell(aki, sold(item, 100), CurrencyRef=EUR)["ExchangeRate"] == D("1.1")


def test_s05_31_the_customer_owes_in_its_currency_the_books_in_theirs(multi: Desk, aki: Doc) -> None:
    made = multi.sell(aki, sold(multi.item(), 100), CurrencyRef=EUR, ExchangeRate="1.25")
    assert made["Balance"] == multi.read("Customer", aki["Id"])["Balance"] == 100
    assert multi.balance("Services") == -125
    assert multi.balance("Accounts Receivable (A/R) - EUR") == 125


def test_s05_31_a_payment_at_another_rate_gains_or_loses_by_exchange(multi: Desk, aki: Doc) -> None:
    made = multi.sell(aki, sold(multi.item(), 100), CurrencyRef=EUR, ExchangeRate="1.25")
    multi.pay(aki, 60, (made, 60), CurrencyRef=EUR, ExchangeRate="1.30")
    multi.pay(aki, 40, (made, 40), CurrencyRef=EUR, ExchangeRate="1.20")
    assert multi.read("Invoice", made["Id"])["HomeBalance"] == 0
    assert multi.balance("Accounts Receivable (A/R) - EUR") == 0
    assert multi.balance("Exchange Gain or Loss") == D("-1.00")


def test_s05_31_no_cent_is_left_on_receivable_however_a_document_is_paid(multi: Desk, aki: Doc) -> None:
    made = multi.sell(aki, sold(multi.item(), "100.00"), CurrencyRef=EUR, ExchangeRate="1.23457")
    for part in ("33.33", "33.33", "33.34"):
        multi.pay(aki, part, (made, part), CurrencyRef=EUR, ExchangeRate="1.23457")
    assert multi.balance("Accounts Receivable (A/R) - EUR") == 0


def test_s05_31_a_payment_in_another_currency_than_the_customers_is_refused(multi: Desk, aki: Doc) -> None:
    made = multi.sell(aki, sold(multi.item(), 100), CurrencyRef=EUR)
    body = {"CustomerRef": {"value": aki["Id"]}, "TotalAmt": 100, "Line": applied_lines((made, 100))}
    assert multi.refused("Payment", body).code == "6000"


def test_s05_31_a_foreign_bank_account_takes_its_own_currency_only(multi: Desk, aki: Doc) -> None:
    euros = multi.new_account("Euro account", "Bank", "Checking", CurrencyRef=EUR)
    dollars = multi.customer("Dan")
    body = {"CustomerRef": {"value": dollars["Id"]}, "TotalAmt": 5, "DepositToAccountRef": euros}
    assert multi.refused("Payment", body).code == "6000"
    multi.pay(aki, 5, CurrencyRef=EUR, DepositToAccountRef=euros)
    multi.pay(aki, 5, CurrencyRef=EUR, DepositToAccountRef=multi.named_account("Checking"))


def test_s05_31_bills_in_a_foreign_currency_are_paid_alike(multi: Desk) -> None:
    vendor = multi.vendor("Leverantör", CurrencyRef=EUR)
    lines = [spent(multi.named_account("Travel"), 50)]
    body = {"VendorRef": {"value": vendor["Id"]}, "Line": lines}
    assert multi.refused("Bill", body).code == "6000"
    bill = multi.write("Bill", {**body, "CurrencyRef": EUR, "ExchangeRate": "1.2"})
    assert (bill["Balance"], bill["HomeBalance"]) == (50, 60)
    multi.write(
        "BillPayment",
        {
            "VendorRef": {"value": vendor["Id"]},
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": multi.named_account("Checking")},
            "TotalAmt": 50,
            "CurrencyRef": EUR,
            "ExchangeRate": "1.1",
            "Line": [{"Amount": 50, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
        },
    )
    assert multi.read("Bill", bill["Id"])["Balance"] == multi.read("Vendor", vendor["Id"])["Balance"] == 0
    assert multi.balance("Exchange Gain or Loss") == -5


def test_s05_31_a_journal_entry_in_a_foreign_currency_balances_in_both(multi: Desk) -> None:
    travel, savings = multi.named_account("Travel"), multi.named_account("Savings")
    lines = [
        journal(travel, "33.33", "Debit"),
        journal(travel, "33.34", "Debit"),
        journal(savings, "66.67", "Credit"),
    ]
    multi.write("JournalEntry", {"Line": lines, "CurrencyRef": EUR, "ExchangeRate": "1.23457"})
    assert multi.balance("Savings") == D("-82.31")


def test_s05_31_a_new_rate_on_the_invoice_is_carried_into_what_paid_it(multi: Desk, aki: Doc) -> None:
    made = multi.sell(aki, sold(multi.item(), 100), CurrencyRef=EUR, ExchangeRate="1.25")
    multi.pay(aki, 100, (made, 100), CurrencyRef=EUR, ExchangeRate="1.25")
    multi.again("Invoice", made, ExchangeRate="1.5")
    assert multi.balance("Accounts Receivable (A/R) - EUR") == 0
    assert multi.balance("Exchange Gain or Loss") == 25
    assert multi.read("Invoice", made["Id"])["Balance"] == 0


def test_s05_31_a_foreign_payment_is_banked_at_another_rate(multi: Desk, aki: Doc) -> None:
    paid = multi.pay(aki, 100, CurrencyRef=EUR, ExchangeRate="1.25")
    line = {"Amount": 100, "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment"}]}
    body = {"DepositToAccountRef": multi.named_account("Checking"), "Line": [line]}
    assert multi.refused("Deposit", body).code == "6000", "a deposit in dollars"
    multi.write("Deposit", {**body, "CurrencyRef": EUR, "ExchangeRate": "1.3"})
    assert multi.balance("Undeposited Funds") == 0
    assert (multi.balance("Checking"), multi.balance("Exchange Gain or Loss")) == (130, -5)


@given(
    st.decimals("0.5", "2", places=5),
    st.lists(st.tuples(st.decimals("0.01", "0.6", places=2), st.decimals("0.5", "2", places=5)), max_size=6),
)
@settings(max_examples=40, deadline=None)
def test_s05_31_whatever_the_rates_a_paid_invoice_leaves_nothing_on_receivable(
    rate: Decimal, parts: list[tuple[Decimal, Decimal]]
) -> None:
    multi = Desk(multi=True)
    aki = multi.customer("Aki (EUR)", CurrencyRef=EUR)
    made = multi.sell(aki, sold(multi.item(), "777.77"), CurrencyRef=EUR, ExchangeRate=rate)
    for share, day in [*parts, (D(1), D("1.1"))]:
        left = D(multi.read("Invoice", made["Id"])["Balance"])
        amount = (left * share).quantize(D("0.01"))
        if amount:
            multi.pay(aki, amount, (made, amount), CurrencyRef=EUR, ExchangeRate=day)
    assert multi.read("Invoice", made["Id"])["Balance"] == 0
    assert multi.balance("Accounts Receivable (A/R) - EUR") == 0
