"""Bills, what pays them, vendor credits, orders, and the numbers of checks."""

from __future__ import annotations

from .desk import Desk, spent
from .owing import bill, expense, pay_bill


def test_a_bill_is_owed_until_it_is_paid_and_again_when_the_payment_goes(us: Desk) -> None:
    vendor = us.vendor()
    owed = bill(us, vendor, 100)
    assert (owed["Balance"], us.read("Vendor", vendor["Id"])["Balance"]) == (100, 100)
    paid = pay_bill(us, vendor, 100, ("Bill", owed, 100))
    seen = us.read("Bill", owed["Id"])
    assert seen["Balance"] == 0
    assert seen["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "BillPaymentCheck"}]
    assert us.cannot("Bill", owed, "delete").code == "800"
    gone = us.void("BillPayment", paid)
    assert (gone["TotalAmt"], gone["Line"], gone["PrivateNote"]) == (0, [], "Voided")
    assert us.read("Bill", owed["Id"])["Balance"] == us.read("Vendor", vendor["Id"])["Balance"] == 100
    us.delete("BillPayment", paid)
    us.delete("Bill", owed)
    assert us.read("Vendor", vendor["Id"])["Balance"] == 0


def test_a_vendor_credit_is_drawn_on_when_a_bill_is_paid(us: Desk) -> None:
    vendor = us.vendor()
    owed = bill(us, vendor, 100)
    lines = [spent(us.named_account("Travel"), 30)]
    credit = us.write("VendorCredit", {"VendorRef": {"value": vendor["Id"]}, "Line": lines})
    assert (credit["Balance"], us.read("Vendor", vendor["Id"])["Balance"]) == (30, 70)
    pay_bill(us, vendor, 70, ("Bill", owed, 100), ("VendorCredit", credit, 30))
    assert us.read("VendorCredit", credit["Id"])["Balance"] == us.read("Bill", owed["Id"])["Balance"] == 0
    assert us.balance("Checking") == -70
    shrunk = {"Id": credit["Id"], "SyncToken": us.read("VendorCredit", credit["Id"])["SyncToken"], "sparse": True}
    smaller = [spent(us.named_account("Travel"), 20)]
    assert us.refused("VendorCredit", {**shrunk, "VendorRef": credit["VendorRef"], "Line": smaller}).code == "6000"


def test_a_bill_payment_names_the_account_of_its_kind(us: Desk) -> None:
    vendor = us.vendor()
    owed = bill(us, vendor, 10)
    body = {"VendorRef": {"value": vendor["Id"]}, "PayType": "CreditCard", "TotalAmt": 10}
    body["Line"] = [{"Amount": 10, "LinkedTxn": [{"TxnId": owed["Id"], "TxnType": "Bill"}]}]
    fault = us.refused("BillPayment", body)
    assert (fault.code, fault.element) == ("6000", "CCAccountRef")
    wrong = {"CCAccountRef": us.named_account("Checking")}
    assert us.refused("BillPayment", {**body, "CreditCardPayment": wrong}).code == "6430"
    us.write("BillPayment", {**body, "CreditCardPayment": {"CCAccountRef": us.named_account("Visa")}})
    assert us.balance("Visa") == -10
    linked = us.read("Bill", owed["Id"])["LinkedTxn"]
    assert linked[0]["TxnType"] == "BillPaymentCreditCard"


def test_a_bills_number_is_taken_once_unless_duplicates_are_allowed(us: Desk) -> None:
    vendor = us.vendor()
    first = bill(us, vendor, 10, DocNumber="B-7")
    body = {"VendorRef": {"value": vendor["Id"]}, "DocNumber": "B-7", "Line": [spent(us.named_account("Travel"), 1)]}
    fault = us.refused("Bill", body)
    assert fault.code == "6140"
    assert f"assigned to TxnType=Bill with TxnId={first['Id']}" in str(fault.detail)
    assert us.write("Bill", body, include="allowduplicatedocnum")["DocNumber"] == "B-7"


def test_an_order_is_open_until_a_bill_is_made_from_it(us: Desk) -> None:
    vendor = us.vendor()
    lines = [spent(us.named_account("Travel"), 25)]
    order = us.write("PurchaseOrder", {"VendorRef": {"value": vendor["Id"]}, "Line": lines})
    assert (order["POStatus"], order["TotalAmt"], us.balance("Travel")) == ("Open", 25, 0)
    made = bill(us, vendor, 25, LinkedTxn=[{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}])
    assert us.read("PurchaseOrder", order["Id"])["POStatus"] == "Closed"
    us.delete("Bill", made)
    assert us.read("PurchaseOrder", order["Id"])["POStatus"] == "Open"


def test_a_bill_payment_clears_the_payable_account_of_the_bill_and_needs_no_bank_when_credits_cover_it(
    us: Desk,
) -> None:
    vendor = us.vendor()
    second = us.new_account("Payables for projects", "Accounts Payable", "AccountsPayable")
    owed = bill(us, vendor, 100, APAccountRef=second)
    lines = [spent(us.named_account("Travel"), 40)]
    credit = us.write("VendorCredit", {"VendorRef": {"value": vendor["Id"]}, "Line": lines, "APAccountRef": second})
    body = {"VendorRef": {"value": vendor["Id"]}, "PayType": "Check", "CheckPayment": {"PrintStatus": "NotSet"}}
    both = [
        {"Amount": 40, "LinkedTxn": [{"TxnId": row["Id"], "TxnType": kind}]}
        for kind, row in (("Bill", owed), ("VendorCredit", credit))
    ]
    made = us.write("BillPayment", {**body, "TotalAmt": 0, "Line": both})
    assert "BankAccountRef" not in made["CheckPayment"]
    assert us.read("Bill", owed["Id"])["Balance"] == 60
    assert us.refused("BillPayment", {**body, "TotalAmt": 60, "Line": both[:1]}).code == "6000"
    pay_bill(us, vendor, 60, ("Bill", owed, 60))
    assert (us.balance("Payables for projects"), us.balance("Accounts Payable (A/P)")) == (0, 0)


def test_a_bill_payment_says_what_it_pays(us: Desk) -> None:
    vendor = us.vendor()
    body = {"VendorRef": {"value": vendor["Id"]}, "PayType": "Check", "TotalAmt": 10}
    body["CheckPayment"] = {"BankAccountRef": us.named_account("Checking")}
    assert us.refused("BillPayment", body).element == "Line"
    for line in ({"Amount": 10}, {"Amount": 10, "LinkedTxn": []}):
        fault = us.refused("BillPayment", {**body, "Line": [line]})
        assert (fault.code, fault.element) == ("2020", "LinkedTxn")


def test_checks_share_their_numbers_whatever_they_pay(us: Desk) -> None:
    vendor = us.vendor()
    check = {**expense(us), "PaymentType": "Check", "AccountRef": us.named_account("Checking"), "DocNumber": "77"}
    first = us.write("Purchase", check)
    fault = us.refused("Purchase", check)
    assert fault.code == "6140"
    assert f"DocNumber=77 is assigned to TxnType=Check with TxnId={first['Id']}" in str(fault.detail)
    owed = bill(us, vendor, 5)
    line = {"Amount": 5, "LinkedTxn": [{"TxnId": owed["Id"], "TxnType": "Bill"}]}
    body = {"VendorRef": {"value": vendor["Id"]}, "PayType": "Check", "TotalAmt": 5, "Line": [line], "DocNumber": "77"}
    body["CheckPayment"] = {"BankAccountRef": us.named_account("Checking")}
    assert us.refused("BillPayment", body).code == "6140"
    card = {**expense(us), "DocNumber": "77"}
    assert us.write("Purchase", card)["DocNumber"] == "77", "a card is no check"
    us.delete("Purchase", first)
    assert us.write("BillPayment", body)["DocNumber"] == "77"
