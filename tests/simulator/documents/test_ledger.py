from __future__ import annotations

from decimal import Decimal

import pytest

from simulator.quickbooks import ledger
from simulator.quickbooks.ledger import Posting, UnbalancedError

from .desk import Desk, sold, spent

D = Decimal


def test_a_document_that_does_not_balance_is_a_defect_and_leaves_nothing(us: Desk) -> None:
    before = us.company.to_state()
    with pytest.raises(UnbalancedError), us.company.writing():
        ledger.post(us.company, "Invoice", "1", "2026-03-02", [Posting("1", D("1.00"), D("1.00"))])
    assert us.company.to_state() == before


def test_posting_again_replaces_what_was_posted(us: Desk) -> None:
    legs = [Posting("1", D("5.00"), D("5.00"), ("Customer", "7")), Posting("2", D("-5.00"), D("-5.00"))]
    with us.company.writing():
        assert ledger.post(us.company, "Invoice", "1", "2026-03-02", legs) == {("Customer", "7")}
        assert ledger.post(us.company, "Invoice", "1", "2026-03-02", legs) == set()
        ledger.unpost(us.company, "Invoice", "1")
    assert ledger.trial_balance(us.company) == {}


def test_accounts_show_their_balance_as_the_api_does(us: Desk) -> None:
    us.sell(us.customer(), sold(us.item(), 100))
    body = {
        "PaymentType": "CreditCard",
        "AccountRef": us.named_account("Visa"),
        "Line": [spent(us.named_account("Travel"), "28.40")],
    }
    us.write("Purchase", body)
    shown = {row["Name"]: row["CurrentBalance"] for row in us.rows("select * from Account")}
    assert shown["Accounts Receivable (A/R)"] == D("100.00")
    assert shown["Visa"] == D("28.40"), "a card's debt is positive"
    assert shown["Services"] == shown["Travel"] == 0, "income and expense show nothing"


def test_an_account_lists_the_documents_that_post_to_it(us: Desk) -> None:
    made = us.sell(us.customer(), sold(us.item(), 100), TxnDate="2026-02-01")
    entries = ledger.entries_of_account(us.company, us.named_account("Services")["value"])
    assert entries == [("2026-02-01", "Invoice", made["Id"], D("-100.00"))]


def test_the_books_survive_saving(us: Desk) -> None:
    us.sell(us.customer(), sold(us.item(), 100))
    again = type(us.company).from_state(us.company.to_state(), lambda: us.now)
    assert ledger.trial_balance(again) == ledger.trial_balance(us.company) != {}
