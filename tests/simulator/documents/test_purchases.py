"""Points 39 and 40, and what is bought: expenses, bills, their payments, credits and orders."""

from __future__ import annotations

import pytest

from .desk import Desk, Doc, journal, spent


def expense(desk: Desk, amount: object = "28.40", **detail: object) -> Doc:
    return {
        "PaymentType": "CreditCard",
        "AccountRef": desk.named_account("Visa"),
        "Line": [spent(desk.named_account("Travel"), amount, **detail)],
    }


def bill(desk: Desk, vendor: Doc, amount: object, **more: object) -> Doc:
    lines = [spent(desk.named_account("Travel"), amount)]
    return desk.write("Bill", {"VendorRef": {"value": vendor["Id"]}, "Line": lines, **more})


def pay_bill(desk: Desk, vendor: Doc, total: object, *applied: tuple[str, Doc, object]) -> Doc:
    lines = [{"Amount": amount, "LinkedTxn": [{"TxnId": row["Id"], "TxnType": kind}]} for kind, row, amount in applied]
    return desk.write(
        "BillPayment",
        {
            "VendorRef": {"value": vendor["Id"]},
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": desk.named_account("Checking")},
            "TotalAmt": total,
            "Line": lines,
        },
    )


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


def test_stock_rises_when_bought_and_falls_when_sold(us: Desk) -> None:
    from .desk import sold

    pump = us.item(
        "Pump",
        Type="Inventory",
        TrackQtyOnHand=True,
        QtyOnHand=0,
        InvStartDate="2026-01-01",
        PurchaseCost=10,
        AssetAccountRef=us.named_account("Inventory Asset"),
        ExpenseAccountRef=us.named_account("Cost of Goods Sold"),
    )
    line = {
        "DetailType": "ItemBasedExpenseLineDetail",
        "Amount": 50,
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": pump["Id"]}, "Qty": 5, "UnitPrice": 10},
    }
    us.write("Bill", {"VendorRef": {"value": us.vendor()["Id"]}, "Line": [line]})
    made = us.sell(us.customer(), sold(pump, 45, Qty=3, UnitPrice=15))
    assert us.read("Item", pump["Id"])["QtyOnHand"] == 2
    assert (us.balance("Inventory Asset"), us.balance("Cost of Goods Sold")) == (20, 30)
    us.void("Invoice", made)
    assert us.read("Item", pump["Id"])["QtyOnHand"] == 5
    assert (us.balance("Inventory Asset"), us.balance("Cost of Goods Sold")) == (50, 0)


def test_a_transfer_moves_money_between_accounts_of_the_balance_sheet(us: Desk) -> None:
    body = {"FromAccountRef": us.named_account("Checking"), "ToAccountRef": us.named_account("Savings"), "Amount": 120}
    made = us.write("Transfer", body)
    assert made["Amount"] == 120
    assert (us.balance("Checking"), us.balance("Savings")) == (-120, 120)
    assert us.refused("Transfer", {**body, "ToAccountRef": us.named_account("Travel")}).code == "6430"
    assert us.refused("Transfer", {**body, "ToAccountRef": us.named_account("Checking")}).code == "6000"


def test_a_journal_entry_balances_and_numbers_its_lines_from_nought(us: Desk) -> None:
    lines = [
        journal(us.named_account("Travel"), 40, "Debit"),
        journal(us.named_account("Checking"), 40, "Credit"),
    ]
    made = us.write("JournalEntry", {"Line": lines, "DocNumber": "J-1"})
    assert [line["Id"] for line in made["Line"]] == ["0", "1"]
    assert (us.balance("Travel"), us.balance("Checking")) == (40, -40)
    lopsided = [lines[0], {**lines[1], "Amount": 39}]
    assert us.refused("JournalEntry", {"Line": lopsided}).code == "2300"
    assert us.refused("JournalEntry", {"Line": lines[:1]}).code == "2300"
    without = {**lines[0], "JournalEntryLineDetail": {"AccountRef": us.named_account("Travel")}}
    assert us.refused("JournalEntry", {"Line": [without, lines[1]]}).code == "2260"
    assert us.refused("JournalEntry", {"Line": [{**lines[0], "Amount": -40}, lines[1]]}).code == "2290"


def test_receivable_lines_of_a_journal_entry_need_a_customer_and_payable_ones_a_vendor(us: Desk) -> None:
    travel = journal(us.named_account("Travel"), 40, "Debit")
    for name, word in (("Accounts Receivable (A/R)", "customer"), ("Accounts Payable (A/P)", "vendor")):
        fault = us.refused("JournalEntry", {"Line": [travel, journal(us.named_account(name), 40, "Credit")]})
        assert f"you must choose a {word} in the Name field" in str(fault.detail)
    vendor = us.vendor()
    owed = journal(us.named_account("Accounts Payable (A/P)"), 40, "Credit", ("Vendor", vendor))
    made = us.write("JournalEntry", {"Line": [travel, owed]})
    assert made["Line"][1]["JournalEntryLineDetail"]["Entity"]["EntityRef"]["name"] == "Norton Lumber"
    pay_bill(us, vendor, 40, ("JournalEntry", made, 40))
    assert us.read("Vendor", vendor["Id"])["Balance"] == 0


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


def test_counted_goods_need_a_quantity_and_a_day_after_they_were_set_up(us: Desk) -> None:
    from .desk import sold

    pump = us.item(
        "Pump",
        Type="Inventory",
        TrackQtyOnHand=True,
        QtyOnHand=5,
        InvStartDate="2026-02-01",
        AssetAccountRef=us.named_account("Inventory Asset"),
        ExpenseAccountRef=us.named_account("Cost of Goods Sold"),
    )
    body = {"CustomerRef": {"value": us.customer()["Id"]}}
    assert us.refused("Invoice", {**body, "Line": [sold(pump, 10)]}).code == "6520"
    early = {**body, "Line": [sold(pump, 10, Qty=1)], "TxnDate": "2026-01-31"}
    assert us.refused("Invoice", early).code == "6270"


@pytest.mark.parametrize("kind", ["VENDOR", "Customer", "employee"])
def test_a_deposit_line_names_whose_money_it_is(us: Desk, kind: str) -> None:
    row = {"vendor": us.vendor, "customer": us.customer, "employee": us.employee}[kind.lower()]()
    detail = {"AccountRef": us.named_account("Interest earned"), "Entity": {"value": row["Id"], "type": kind}}
    line = {"Amount": 5, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    body = {"DepositToAccountRef": us.named_account("Checking"), "Line": [line]}
    entity = us.write("Deposit", body)["Line"][0]["DepositLineDetail"]["Entity"]
    assert entity == {"value": row["Id"], "name": row["DisplayName"], "type": kind.upper()}
    detail["Entity"] = {"value": "99", "type": kind}
    assert us.refused("Deposit", body).code == "2500"


def test_names_on_journal_entries_are_those_of_today(us: Desk) -> None:
    vendor = us.vendor()
    owed = journal(us.named_account("Accounts Payable (A/P)"), 40, "Credit", ("Vendor", vendor))
    made = us.write("JournalEntry", {"Line": [journal(us.named_account("Travel"), 40, "Debit"), owed]})
    us.again("Vendor", vendor, DisplayName="Norton and Sons")
    entity = us.read("JournalEntry", made["Id"])["Line"][1]["JournalEntryLineDetail"]["Entity"]
    assert entity == {"Type": "Vendor", "EntityRef": {"value": vendor["Id"], "name": "Norton and Sons"}}
