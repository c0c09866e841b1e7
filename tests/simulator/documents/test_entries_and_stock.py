"""Transfers, journal entries, lines of deposits, and goods that are counted."""

from __future__ import annotations

import pytest

from .desk import Desk, journal, sold
from .owing import pay_bill


def test_stock_rises_when_bought_and_falls_when_sold(us: Desk) -> None:
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


def test_counted_goods_need_a_quantity_and_a_day_after_they_were_set_up(us: Desk) -> None:
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
