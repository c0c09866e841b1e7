"""Points 35 and 37: closed books and plans."""

from __future__ import annotations

import pytest

from .desk import Desk, sold, spent


def test_s05_35_nothing_is_made_on_or_before_the_closing_date(us: Desk) -> None:
    customer, item = us.customer(), us.item()
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": [sold(item, 10)]}
    us.prefer("AccountingInfoPrefs", BookCloseDate="2026-01-31")
    for day in ("2026-01-31", "2025-06-30"):
        fault = us.refused("Invoice", {**body, "TxnDate": day})
        assert fault.code == "6200"
        assert "Account Period Closed" in fault.message
    assert us.write("Invoice", {**body, "TxnDate": "2026-02-01"})["TotalAmt"] == 10


def test_s05_35_with_a_password_the_code_is_another(us: Desk) -> None:
    body = {"CustomerRef": {"value": us.customer()["Id"]}, "Line": [sold(us.item(), 10)], "TxnDate": "2026-01-31"}
    us.prefer("AccountingInfoPrefs", BookCloseDate="2026-01-31")
    with us.company.writing():
        row = us.company.table("Preferences").all()[0]
        us.company.table("Preferences").put({**row, "_books_password": True})
    assert us.refused("Invoice", body).code == "6210"


@pytest.mark.parametrize("operation", ["delete", "void"])
def test_s05_35_what_is_closed_cannot_be_taken_back(us: Desk, operation: str) -> None:
    made = us.sell(us.customer(), sold(us.item(), 10), TxnDate="2026-01-15")
    us.prefer("AccountingInfoPrefs", BookCloseDate="2026-01-31")
    assert us.cannot("Invoice", made, operation).code == "6200"


def test_s05_35_nothing_moves_out_of_or_into_the_closed_period(us: Desk) -> None:
    customer, item = us.customer(), us.item()
    old, new = (us.sell(customer, sold(item, 10), TxnDate=day) for day in ("2026-01-15", "2026-02-15"))
    us.prefer("AccountingInfoPrefs", BookCloseDate="2026-01-31")
    for row, day in ((old, "2026-02-20"), (new, "2026-01-20")):
        body = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, "TxnDate": day}
        assert us.refused("Invoice", body).code == "6200"


def test_s05_35_a_payment_today_may_pay_an_invoice_of_the_closed_period(us: Desk) -> None:
    customer = us.customer()
    old = us.sell(customer, sold(us.item(), 10), TxnDate="2026-01-15")
    us.prefer("AccountingInfoPrefs", BookCloseDate="2026-01-31")
    us.pay(customer, 10, (old, 10), TxnDate="2026-02-20")
    assert us.read("Invoice", old["Id"])["Balance"] == 0


def test_s05_35_estimates_and_orders_post_nothing_and_are_not_held_back(us: Desk) -> None:
    us.prefer("AccountingInfoPrefs", BookCloseDate="2026-01-31")
    us.sell(us.customer(), sold(us.item(), 10), name="Estimate", TxnDate="2026-01-15")


def test_s05_35_the_key_is_absent_while_the_books_are_open(us: Desk) -> None:
    assert "BookCloseDate" not in us.read("Preferences", "1")["AccountingInfoPrefs"]


def test_s05_37_simple_start_has_no_bills(us: Desk) -> None:
    small = Desk(edition="SimpleStart")
    body = {"VendorRef": {"value": small.vendor()["Id"]}, "Line": [spent(small.named_account("Travel"), 5)]}
    for name in ("Bill", "VendorCredit"):
        assert small.refused(name, body).code == "5030"
    expense = {"PaymentType": "Cash", "AccountRef": small.named_account("Checking"), "Line": body["Line"]}
    assert small.write("Purchase", expense)["TotalAmt"] == 5


def test_s05_37_essentials_has_bills_by_account_only(us: Desk) -> None:
    middle = Desk(edition="Essentials")
    vendor = {"VendorRef": {"value": middle.vendor()["Id"]}}
    item = middle.item(ExpenseAccountRef=middle.named_account("Travel"))
    line = {
        "DetailType": "ItemBasedExpenseLineDetail",
        "Amount": 5,
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": item["Id"]}},
    }
    assert middle.refused("Bill", {**vendor, "Line": [line]}).code == "5030"
    assert middle.write("Bill", {**vendor, "Line": [spent(middle.named_account("Travel"), 5)]})["Balance"] == 5
