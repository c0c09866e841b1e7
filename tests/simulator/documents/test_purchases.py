"""Points 39 and 40: expenses that are paid at once."""

from __future__ import annotations

import pytest

from .desk import Desk, spent
from .owing import bill, expense


@pytest.mark.parametrize("kind", ["Vendor", "Customer", "Employee"])
def test_s05_39_an_expense_is_paid_to_a_vendor_customer_or_employee(us: Desk, kind: str) -> None:
    row = {"Vendor": us.vendor, "Customer": us.customer, "Employee": us.employee}[kind]()
    typed = us.write("Purchase", {**expense(us), "EntityRef": {"value": row["Id"], "type": kind}})
    assert typed["EntityRef"]["type"] == kind
    assert typed["EntityRef"]["name"] == row["DisplayName"]
    untyped = us.write("Purchase", {**expense(us), "EntityRef": {"value": row["Id"]}})
    assert untyped["EntityRef"] == typed["EntityRef"], "names share their ids"


def test_s05_39_an_unknown_name_is_refused(us: Desk) -> None:
    fault = us.refused("Purchase", {**expense(us), "EntityRef": {"value": "999"}})
    assert (fault.code, fault.detail) == ("2500", "Invalid Reference Id : Names element id 999 not found")


def test_s05_39_a_line_with_a_customer_is_billable_unless_it_says_otherwise(us: Desk) -> None:
    ada = {"value": us.customer()["Id"]}

    def status(**detail: object) -> str:
        made = us.write("Purchase", expense(us, 10, **detail))
        return str(made["Line"][0]["AccountBasedExpenseLineDetail"]["BillableStatus"])

    assert status(CustomerRef=ada) == "Billable"
    assert status(CustomerRef=ada, BillableStatus="NotBillable") == "NotBillable"
    assert status() == "NotBillable"
    assert us.refused("Purchase", expense(us, 10, BillableStatus="Billable")).code == "6310"
    assert us.refused("Purchase", expense(us, 10, CustomerRef=ada, BillableStatus="HasBeenBilled")).code == "2170"


def test_s05_39_a_sparse_update_repeats_the_payment_type(us: Desk) -> None:
    made = us.write("Purchase", expense(us))
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    fault = us.refused("Purchase", body)
    assert (fault.code, fault.element) == ("2020", "PaymentType")
    again = us.write("Purchase", {**body, "PaymentType": "CreditCard"})
    assert (again["PrivateNote"], again["TotalAmt"]) == ("x", made["TotalAmt"])


def test_s05_39_a_sparse_update_of_a_bill_repeats_the_vendor(us: Desk) -> None:
    vendor = us.vendor()
    made = bill(us, vendor, 10)
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    assert us.refused("Bill", body).element == "VendorRef"
    assert us.write("Bill", {**body, "VendorRef": {"value": vendor["Id"]}})["PrivateNote"] == "x"


def test_s05_39_the_account_fits_the_way_of_paying(us: Desk) -> None:
    wrong = {**expense(us), "AccountRef": us.named_account("Checking")}
    assert us.refused("Purchase", wrong).code == "6430"
    assert us.refused("Purchase", {**expense(us), "PaymentType": "Check"}).code == "6430"
    assert us.refused("Purchase", {**expense(us), "PaymentType": "Other"}).code == "2170"
    assert us.write("Purchase", {**wrong, "PaymentType": "Check"})["PrintStatus"] == "NotSet"


def test_s05_39_only_a_card_takes_money_back(us: Desk) -> None:
    cash = {**expense(us), "PaymentType": "Cash", "AccountRef": us.named_account("Checking"), "Credit": True}
    assert us.write("Purchase", cash)["Credit"] is False, "ignored for cash and checks"
    refunded = us.write("Purchase", {**expense(us, 30), "Credit": True})
    assert us.balance("Visa") == 30
    whole = {"Id": refunded["Id"], "SyncToken": "0", **expense(us, 30)}
    assert us.write("Purchase", whole)["Credit"] is False, "a full update without it makes it a charge"
    assert us.balance("Visa") == -30


def test_s05_40_the_extension_block_is_shown_and_not_taken_back(us: Desk) -> None:
    made = us.write("Purchase", expense(us))
    assert made["PurchaseEx"]["any"][0]["value"]["Name"] == "TxnType"
    body = {**expense(us), "Id": made["Id"], "SyncToken": "0", "PurchaseEx": made["PurchaseEx"]}
    fault = us.refused("Purchase", body)
    assert fault.code == "2010"
    assert "PurchaseEx" in str(fault.detail)


def test_a_line_without_account_or_item_is_refused(us: Desk) -> None:
    line = {"DetailType": "AccountBasedExpenseLineDetail", "Amount": 5, "AccountBasedExpenseLineDetail": {}}
    assert us.refused("Purchase", {**expense(us), "Line": [line]}).code == "6440"
    receivable = us.named_account("Accounts Receivable (A/R)")
    assert us.refused("Purchase", {**expense(us), "Line": [spent(receivable, 5)]}).code == "6430"
