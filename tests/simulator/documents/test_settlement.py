"""Points 28, 29 and 30: balances, links, deposits, and what people over there change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .desk import Desk, Doc, applied_lines, as_kind, journal, sold

D = Decimal


@pytest.fixture
def ada(us: Desk) -> Doc:
    return us.customer()


@pytest.fixture
def item(us: Desk) -> Doc:
    return us.item()


def balance(desk: Desk, row: Doc, name: str = "Invoice") -> Decimal:
    return D(desk.read(name, row["Id"])["Balance"])


def test_s05_28_a_balance_falls_by_what_is_applied_and_the_payment_is_linked(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 300))
    us.later()
    paid = us.pay(ada, 120, (made, 120))
    seen = us.read("Invoice", made["Id"])
    assert seen["Balance"] == 180
    assert seen["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "Payment"}]
    assert seen["SyncToken"] == "0", "the token does not move"
    assert seen["MetaData"]["LastUpdatedTime"] > made["MetaData"]["LastUpdatedTime"], "the time does"
    assert us.read("Customer", ada["Id"])["Balance"] == 180


def test_s05_28_a_balance_that_is_sent_is_overwritten(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 300), Balance=5, TotalAmt=7)
    assert (made["Balance"], made["TotalAmt"]) == (300, 300)


def test_s05_28_void_zeroes_the_invoice_clears_its_links_and_frees_the_payment(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 300, Qty=4, UnitPrice=75), PrivateNote="kz:1")
    paid = us.pay(ada, 300, (made, 300))
    gone = us.void("Invoice", made)
    assert (gone["TotalAmt"], gone["Balance"], gone["LinkedTxn"]) == (0, 0, [])
    assert {line["Amount"] for line in gone["Line"]} == {0}
    assert gone["Line"][0]["SalesItemLineDetail"]["Qty"] == 0
    assert gone["PrivateNote"].startswith("Voided")
    assert "kz:1" in gone["PrivateNote"]
    assert gone["SyncToken"] == "1"
    freed = us.read("Payment", paid["Id"])
    assert (freed["UnappliedAmt"], freed["Line"], freed["SyncToken"]) == (300, [], "0")
    assert us.read("Customer", ada["Id"])["Balance"] == -300
    assert ("Invoice", made["Id"], "Void") in [(each.entity, each.id, each.operation) for each in us.events]


def test_s05_28_voiding_twice_changes_nothing(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 300))
    us.void("Invoice", made)
    assert us.void("Invoice", made)["SyncToken"] == "1"


def test_s05_28_an_invoice_with_payments_cannot_be_deleted_until_they_are_removed(
    us: Desk, ada: Doc, item: Doc
) -> None:
    made = us.sell(ada, sold(item, 300))
    paid = us.pay(ada, 300, (made, 300))
    assert us.cannot("Invoice", made, "delete").code == "800"
    us.delete("Payment", paid)
    assert balance(us, made) == 300
    us.delete("Invoice", made)
    assert us.not_read("Invoice", made["Id"]).code == "610"
    assert us.read("Customer", ada["Id"])["Balance"] == 0


def test_s05_29_one_payment_pays_several_invoices_and_the_rest_is_unapplied(us: Desk, ada: Doc, item: Doc) -> None:
    first, second = us.sell(ada, sold(item, 300)), us.sell(ada, sold(item, 150))
    paid = us.pay(ada, 450, (first, 300), (second, 100))
    assert paid["UnappliedAmt"] == 50
    assert (balance(us, first), balance(us, second)) == (0, 50)
    assert us.read("Customer", ada["Id"])["Balance"] == 0


def test_s05_29_money_lands_in_undeposited_funds_unless_said(us: Desk, ada: Doc) -> None:
    assert us.pay(ada, 10)["DepositToAccountRef"]["name"] == "Undeposited Funds"
    assert (
        us.pay(ada, 10, DepositToAccountRef=us.named_account("Checking"))["DepositToAccountRef"]["name"] == "Checking"
    )
    assert (us.balance("Undeposited Funds"), us.balance("Checking")) == (10, 10)


def test_s05_29_only_bank_and_current_asset_accounts_take_a_payment(us: Desk, ada: Doc) -> None:
    body = {"CustomerRef": {"value": ada["Id"]}, "TotalAmt": 10, "DepositToAccountRef": us.named_account("Travel")}
    assert us.refused("Payment", body).code == "6430"


def test_s05_29_a_payment_needs_an_amount(us: Desk, ada: Doc) -> None:
    fault = us.refused("Payment", {"CustomerRef": {"value": ada["Id"]}})
    assert (fault.code, fault.detail) == ("6000", "Business Validation Error: You must set a transaction amount")


@pytest.mark.parametrize("operation", ["delete", "void", "update"])
def test_s05_29_a_deposited_payment_cannot_be_changed(us: Desk, ada: Doc, item: Doc, operation: str) -> None:
    made = us.sell(ada, sold(item, 80))
    paid = us.pay(ada, 80, (made, 80))
    banked = us.bank(("Payment", paid))
    assert banked["TotalAmt"] == 80
    seen = us.read("Payment", paid["Id"])
    assert seen["LinkedTxn"] == [{"TxnId": banked["Id"], "TxnType": "Deposit"}]
    if operation == "update":
        body = {"Id": paid["Id"], "SyncToken": seen["SyncToken"], "sparse": True, "PrivateNote": "x"}
        assert us.refused("Payment", body).code == "6540"
    else:
        assert us.cannot("Payment", paid, operation).code == "6540"
    us.delete("Deposit", banked)
    us.delete("Payment", paid)
    assert balance(us, made) == 80


def test_s05_29_more_than_the_open_balance_cannot_be_applied(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 80))
    us.pay(ada, 50, (made, 50))
    body = {"CustomerRef": {"value": ada["Id"]}, "TotalAmt": 80, "Line": applied_lines((made, "30.01"))}
    assert us.refused("Payment", body).code == "6000"


def test_s05_29_more_than_the_payment_cannot_be_applied(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 80))
    body = {"CustomerRef": {"value": ada["Id"]}, "TotalAmt": 20, "Line": applied_lines((made, 30))}
    assert us.refused("Payment", body).code == "6000"


def test_s05_29_another_customers_invoice_cannot_be_paid_but_a_sub_customers_can(us: Desk, ada: Doc, item: Doc) -> None:
    bob, job = us.customer("Bob"), us.customer("Website", Job=True, ParentRef={"value": ada["Id"]})
    theirs, ours = us.sell(bob, sold(item, 80)), us.sell(job, sold(item, 80))
    body = {"CustomerRef": {"value": ada["Id"]}, "TotalAmt": 80, "Line": applied_lines((theirs, 80))}
    assert us.refused("Payment", body).code == "6000"
    us.pay(ada, 80, (ours, 80))
    assert balance(us, ours) == us.read("Customer", job["Id"])["Balance"] == 0


def test_s05_29_a_deleted_invoice_cannot_be_paid(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 80))
    us.delete("Invoice", made)
    body = {"CustomerRef": {"value": ada["Id"]}, "TotalAmt": 80, "Line": applied_lines((made, 80))}
    assert us.refused("Payment", body).code == "610"


def test_s05_30_a_payment_moved_to_another_invoice_moves_both_balances(us: Desk, ada: Doc, item: Doc) -> None:
    first, second = us.sell(ada, sold(item, 100)), us.sell(ada, sold(item, 100))
    paid = us.pay(ada, 100, (first, 100))
    us.again("Payment", paid, Line=applied_lines((second, 100)))
    assert (balance(us, first), balance(us, second)) == (100, 0)
    assert us.read("Invoice", first["Id"])["LinkedTxn"] == []


def test_s05_30_a_voided_payment_gives_the_balance_back_and_keeps_its_shell(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 100))
    paid = us.pay(ada, 100, (made, 100), PaymentRefNum="ch_8812")
    gone = us.void("Payment", paid)
    assert (gone["TotalAmt"], gone["UnappliedAmt"], gone["Line"], gone["PrivateNote"]) == (0, 0, [], "Voided")
    assert gone["PaymentRefNum"] == "ch_8812"
    assert balance(us, made) == 100


def test_s05_30_a_credit_memo_lowers_the_balance_without_money(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 100))
    credit = us.sell(ada, sold(item, 60), name="CreditMemo")
    assert (credit["RemainingCredit"], credit["Balance"]) == (60, 60)
    us.pay(ada, 0, (made, 40), (as_kind("CreditMemo", credit), 40))
    assert balance(us, made) == 60
    assert us.read("CreditMemo", credit["Id"])["RemainingCredit"] == 20
    assert us.read("Customer", ada["Id"])["Balance"] == 40


def test_s05_30_voiding_the_invoice_gives_an_applied_credit_back(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 100))
    credit = us.sell(ada, sold(item, 60), name="CreditMemo")
    us.pay(ada, 0, (made, 60), (as_kind("CreditMemo", credit), 60))
    us.void("Invoice", made)
    assert us.read("CreditMemo", credit["Id"])["RemainingCredit"] == 60


def test_s05_30_an_invoice_cut_below_its_payments_gives_the_newest_back(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 100))
    first, second = us.pay(ada, 60, (made, 60)), us.pay(ada, 40, (made, 40))
    us.again("Invoice", made, Line=[sold(item, 70)])
    assert balance(us, made) == 0
    assert us.read("Payment", first["Id"])["UnappliedAmt"] == 0
    assert us.read("Payment", second["Id"])["UnappliedAmt"] == 30


def test_s05_30_a_journal_entry_can_be_applied(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 100))
    receivable, travel = us.named_account("Accounts Receivable (A/R)"), us.named_account("Travel")
    written_off = us.write(
        "JournalEntry", {"Line": [journal(travel, 100, "Debit"), journal(receivable, 100, "Credit", ("Customer", ada))]}
    )
    us.pay(ada, 0, (made, 100), (as_kind("JournalEntry", written_off), 100))
    assert balance(us, made) == us.read("Customer", ada["Id"])["Balance"] == 0


def test_an_invoice_made_from_an_estimate_closes_it_until_it_goes(us: Desk, ada: Doc, item: Doc) -> None:
    offer = us.sell(ada, sold(item, 100), name="Estimate")
    assert offer["TxnStatus"] == "Pending"
    assert "LinkedTxn" not in offer
    us.later()
    made = us.sell(ada, sold(item, 100), LinkedTxn=[{"TxnId": offer["Id"], "TxnType": "Estimate"}])
    assert made["LinkedTxn"] == [{"TxnId": offer["Id"], "TxnType": "Estimate"}]
    seen = us.read("Estimate", offer["Id"])
    assert (seen["TxnStatus"], seen["SyncToken"]) == ("Closed", "0")
    assert seen["MetaData"]["LastUpdatedTime"] > offer["MetaData"]["LastUpdatedTime"]
    twice = {"CustomerRef": {"value": ada["Id"]}, "Line": [sold(item, 1)], "LinkedTxn": made["LinkedTxn"]}
    assert us.refused("Invoice", twice).code == "620"
    us.delete("Invoice", made)
    assert us.read("Estimate", offer["Id"])["TxnStatus"] == "Pending"


def test_a_deposit_on_the_invoice_itself_lowers_its_balance(us: Desk, ada: Doc, item: Doc) -> None:
    body = {"CustomerRef": {"value": ada["Id"]}, "Line": [sold(item, 100)], "Deposit": 30}
    assert us.refused("Invoice", body).code == "6000"
    us.prefer("SalesFormsPrefs", AllowDeposit=True)
    made = us.write("Invoice", body)
    assert (made["TotalAmt"], made["Balance"]) == (100, 70)
    assert us.balance("Undeposited Funds") == 30


def test_a_refund_needs_the_account_it_comes_from(us: Desk, ada: Doc, item: Doc) -> None:
    body = {"CustomerRef": {"value": ada["Id"]}, "Line": [sold(item, 25)]}
    assert us.refused("RefundReceipt", body).element == "DepositToAccountRef"
    us.write("RefundReceipt", {**body, "DepositToAccountRef": us.named_account("Checking")})
    assert (us.balance("Checking"), us.balance("Services")) == (-25, 25)


def test_a_sales_receipt_is_a_sale_and_its_payment(us: Desk, ada: Doc, item: Doc) -> None:
    made = us.sell(ada, sold(item, 25), name="SalesReceipt")
    assert (made["Balance"], made["DepositToAccountRef"]["name"]) == (0, "Undeposited Funds")
    assert us.void("SalesReceipt", made)["TotalAmt"] == 0
    assert us.balance("Undeposited Funds") == 0


def test_a_deposit_mixes_receipts_other_money_and_cash_back(us: Desk, ada: Doc, item: Doc) -> None:
    receipt, paid = us.sell(ada, sold(item, 25), name="SalesReceipt"), us.pay(ada, 40)
    lines = [
        {"Amount": 25, "LinkedTxn": [{"TxnId": receipt["Id"], "TxnType": "SalesReceipt"}]},
        {"Amount": 40, "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment"}]},
        {
            "Amount": 5,
            "DetailType": "DepositLineDetail",
            "DepositLineDetail": {"AccountRef": us.named_account("Interest earned")},
        },
    ]
    back = {"AccountRef": us.named_account("Savings"), "Amount": 10, "Memo": "to savings"}
    made = us.write("Deposit", {"DepositToAccountRef": us.named_account("Checking"), "Line": lines, "CashBack": back})
    assert made["TotalAmt"] == 60
    assert us.balance("Undeposited Funds") == 0
    assert (us.balance("Checking"), us.balance("Savings"), us.balance("Interest earned")) == (60, 10, -5)
    assert (
        us.refused("Deposit", {"DepositToAccountRef": us.named_account("Checking"), "Line": lines[:1]}).code == "6540"
    )


def test_a_receipt_is_deposited_whole_and_from_undeposited_funds_only(us: Desk, ada: Doc) -> None:
    paid, elsewhere = us.pay(ada, 40), us.pay(ada, 40, DepositToAccountRef=us.named_account("Checking"))
    to = {"DepositToAccountRef": us.named_account("Checking")}
    part = [{"Amount": 39, "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment"}]}]
    wrong = [{"Amount": 40, "LinkedTxn": [{"TxnId": elsewhere["Id"], "TxnType": "Payment"}]}]
    assert us.refused("Deposit", {**to, "Line": part}).code == "6000"
    assert us.refused("Deposit", {**to, "Line": wrong}).code == "620"


def test_merged_customers_leave_their_documents_and_their_debt_to_the_winner(us: Desk, ada: Doc, item: Doc) -> None:
    from simulator.quickbooks.merging import merge_customers

    bob = us.customer("Bob")
    made = us.sell(bob, sold(item, 100))
    us.pay(bob, 30, (made, 30))
    merge_customers(us.company, bob["Id"], ada["Id"])
    us.check_books()
    assert us.read("Invoice", made["Id"])["CustomerRef"]["value"] == ada["Id"]
    assert us.read("Customer", ada["Id"])["Balance"] == 70
    us.pay(ada, 70, (made, 70))
    assert us.read("Customer", ada["Id"])["Balance"] == 0
