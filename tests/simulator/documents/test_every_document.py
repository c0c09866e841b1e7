"""What holds for all of them: made, read, found, changed, deleted, and the books empty again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.quickbooks import ledger

from .desk import Desk, Doc, journal, sold, spent

Made = Callable[[Desk], Doc]


def sale(name: str, **more: object) -> Made:
    def make(desk: Desk) -> Doc:
        return desk.sell(desk.customer(), sold(desk.item(), 100), name=name, **more)

    return make


def purchase(name: str, **more: object) -> Made:
    def make(desk: Desk) -> Doc:
        body = {"VendorRef": {"value": desk.vendor()["Id"]}, "Line": [spent(desk.named_account("Travel"), 40)], **more}
        return desk.write(name, body)

    return make


def refund(desk: Desk) -> Doc:
    account = desk.named_account("Checking")
    return desk.sell(desk.customer(), sold(desk.item(), 9), name="RefundReceipt", DepositToAccountRef=account)


def expense(desk: Desk) -> Doc:
    lines = [spent(desk.named_account("Travel"), 40)]
    return desk.write("Purchase", {"PaymentType": "Cash", "AccountRef": desk.named_account("Checking"), "Line": lines})


def bill_payment(desk: Desk) -> Doc:
    body = {"PayType": "Check", "CheckPayment": {"BankAccountRef": desk.named_account("Checking")}, "TotalAmt": 5}
    bill = purchase("Bill")(desk)
    line = {"Amount": 5, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    made = desk.write("BillPayment", {"VendorRef": bill["VendorRef"], "Line": [line], **body})
    return {**made, "under": ("Bill", bill)}


def deposit(desk: Desk) -> Doc:
    paid = desk.pay(desk.customer(), 5)
    return {**desk.bank(("Payment", paid)), "under": ("Payment", paid)}


def transfer(desk: Desk) -> Doc:
    accounts = {"FromAccountRef": desk.named_account("Checking"), "ToAccountRef": desk.named_account("Savings")}
    return desk.write("Transfer", {**accounts, "Amount": 5})


def entry(desk: Desk) -> Doc:
    lines = [journal(desk.named_account("Travel"), 5, "Debit"), journal(desk.named_account("Checking"), 5, "Credit")]
    return desk.write("JournalEntry", {"Line": lines})


DOCUMENTS: dict[str, Made] = {
    "Invoice": sale("Invoice"),
    "Estimate": sale("Estimate"),
    "CreditMemo": sale("CreditMemo"),
    "SalesReceipt": sale("SalesReceipt"),
    "RefundReceipt": refund,
    "Payment": lambda desk: desk.pay(desk.customer(), 5),
    "Bill": purchase("Bill"),
    "VendorCredit": purchase("VendorCredit"),
    "PurchaseOrder": purchase("PurchaseOrder"),
    "Purchase": expense,
    "BillPayment": bill_payment,
    "Deposit": deposit,
    "Transfer": transfer,
    "JournalEntry": entry,
}
REPEATED = {"Purchase": "PaymentType", "Bill": "VendorRef", "VendorCredit": "VendorRef", "PurchaseOrder": "VendorRef"}
every = pytest.mark.parametrize("name", sorted(DOCUMENTS))


@every
def test_it_reads_as_it_was_answered(us: Desk, name: str) -> None:
    made = DOCUMENTS[name](us)
    seen = us.read(name, made["Id"])
    assert seen == {key: value for key, value in made.items() if key != "under"}
    assert us.rows(f"select * from {name} where Id = '{made['Id']}'") == [seen]
    assert seen["SyncToken"] == "0"
    assert seen["MetaData"]["CreateTime"] == seen["MetaData"]["LastUpdatedTime"]


@every
def test_a_sparse_update_changes_what_was_sent_and_nothing_else(us: Desk, name: str) -> None:
    made = DOCUMENTS[name](us)
    before = us.read(name, made["Id"])
    us.later()
    repeated = {REPEATED[name]: made[REPEATED[name]]} if name in REPEATED else {}
    after = us.again(name, made, PrivateNote="seen", **repeated)
    changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert changed == {"PrivateNote", "SyncToken", "MetaData"}
    assert after["SyncToken"] == "1"
    assert after["MetaData"]["CreateTime"] == before["MetaData"]["CreateTime"]


@every
def test_after_a_delete_it_is_gone_and_the_books_are_as_before(us: Desk, name: str) -> None:
    made = DOCUMENTS[name](us)
    us.delete(name, made)
    assert us.not_read(name, made["Id"]).code == "610"
    assert us.rows(f"select * from {name}") == []
    if "under" in made:
        us.delete(*made["under"])
    assert ledger.trial_balance(us.company) == {}
    assert us.company.table("_link").all() == us.company.table("_entry").all() == []
    for kind in ("Customer", "Vendor"):
        assert all(row["Balance"] == 0 for row in us.rows(f"select * from {kind}"))


@every
def test_an_older_token_is_refused_and_leaves_no_trace(us: Desk, name: str) -> None:
    made = DOCUMENTS[name](us)
    repeated = {REPEATED[name]: made[REPEATED[name]]} if name in REPEATED else {}
    us.again(name, made, PrivateNote="first", **repeated)
    stale = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "second", **repeated}
    assert us.refused(name, stale).code == "5010"


@every
def test_only_those_that_can_be_voided_are(us: Desk, name: str) -> None:
    made = DOCUMENTS[name](us)
    if name in ("Invoice", "Payment", "SalesReceipt", "BillPayment"):
        assert us.void(name, made)["PrivateNote"] == "Voided"
    else:
        assert us.cannot(name, made, "void").code == "500"


@pytest.mark.parametrize("name", ["Invoice", "Payment", "SalesReceipt", "BillPayment"])
def test_a_voided_document_posts_nothing_and_can_still_be_noted(us: Desk, name: str) -> None:
    made = DOCUMENTS[name](us)
    us.void(name, made)
    assert us.company.table("_entry").get(f"{name}/{made['Id']}") is None
    us.again(name, made, PrivateNote="Voided - by hand")
    assert us.company.table("_entry").get(f"{name}/{made['Id']}") is None
