"""Documents as a program using python-quickbooks writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quickbooks import QuickBooks
from quickbooks.objects import (
    Account,
    Bill,
    BillPayment,
    CreditMemo,
    Customer,
    Deposit,
    Employee,
    Estimate,
    Invoice,
    Item,
    JournalEntry,
    Payment,
    Purchase,
    PurchaseOrder,
    RefundReceipt,
    SalesReceipt,
    TimeActivity,
    Transfer,
    Vendor,
)
from quickbooks.objects.base import LinkedTxn, Ref
from quickbooks.objects.billpayment import BillPaymentLine, CheckPayment
from quickbooks.objects.deposit import DepositLine
from quickbooks.objects.detailline import (
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    ItemBasedExpenseLine,
    ItemBasedExpenseLineDetail,
    SalesItemLine,
    SalesItemLineDetail,
)
from quickbooks.objects.journalentry import JournalEntryLine, JournalEntryLineDetail
from quickbooks.objects.payment import PaymentLine
from quickbooks.objects.vendorcredit import VendorCredit

Paper = Any


def account(qb: QuickBooks, kind: str) -> Ref:
    return Account.filter(AccountType=kind, qb=qb)[0].to_ref()


def checking(qb: QuickBooks) -> Ref:
    return Account.filter(AccountSubType="Checking", qb=qb)[0].to_ref()


def client(qb: QuickBooks) -> Customer:
    return Customer.filter(DisplayName="Lantern Theatre", qb=qb)[0]


def hours(qb: QuickBooks) -> Item:
    return Item.filter(Name="Hours", qb=qb)[0]


def sold(qb: QuickBooks, amount: float = 100.0) -> SalesItemLine:
    line = SalesItemLine()
    line.Amount = amount
    line.Description = "Sold by the library"
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = hours(qb).to_ref()
    line.SalesItemLineDetail.UnitPrice, line.SalesItemLineDetail.Qty = amount, 1
    line.SalesItemLineDetail.ServiceDate = None
    return line


def spent(qb: QuickBooks, amount: float = 40.0) -> AccountBasedExpenseLine:
    line = AccountBasedExpenseLine()
    line.Amount = amount
    line.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    line.AccountBasedExpenseLineDetail.AccountRef = account(qb, "Expense")
    line.AccountBasedExpenseLineDetail.BillableStatus = "NotBillable"
    return line


def ordered(qb: QuickBooks) -> ItemBasedExpenseLine:
    line = ItemBasedExpenseLine()
    line.Amount = 20
    line.ItemBasedExpenseLineDetail = ItemBasedExpenseLineDetail()
    line.ItemBasedExpenseLineDetail.ItemRef = Item.filter(Name="Notebook", qb=qb)[0].to_ref()
    line.ItemBasedExpenseLineDetail.UnitPrice, line.ItemBasedExpenseLineDetail.Qty = 4, 5
    line.ItemBasedExpenseLineDetail.BillableStatus = "NotBillable"
    return line


def sale(kind: type) -> Callable[[QuickBooks], Paper]:
    def make(qb: QuickBooks) -> Paper:
        made = kind()
        made.CustomerRef = client(qb).to_ref()
        made.Line.append(sold(qb))
        if kind in (RefundReceipt, SalesReceipt):
            made.DepositToAccountRef = checking(qb)
        return made

    return make


def linked(row_id: str, kind: str) -> LinkedTxn:
    link = LinkedTxn()
    link.TxnId, link.TxnType = row_id, kind
    return link


def payment(qb: QuickBooks) -> Payment:
    invoice = sale(Invoice)(qb).save(qb=qb)
    made = Payment()
    made.CustomerRef, made.TotalAmt = client(qb).to_ref(), 100
    line = PaymentLine()
    line.Amount = 100
    line.LinkedTxn.append(linked(invoice.Id, "Invoice"))
    made.Line.append(line)
    return made


def bill(kind: type, line: Callable[[QuickBooks], Any] = spent) -> Callable[[QuickBooks], Paper]:
    def make(qb: QuickBooks) -> Paper:
        made = kind()
        made.VendorRef = vendor(qb)
        made.Line.append(line(qb))
        return made

    return make


def vendor(qb: QuickBooks) -> Ref:
    return Vendor.filter(DisplayName="Ironbark Print Works", qb=qb)[0].to_ref()


def bill_payment(qb: QuickBooks) -> BillPayment:
    owed = bill(Bill)(qb).save(qb=qb)
    made = BillPayment()
    made.VendorRef, made.PayType, made.TotalAmt = vendor(qb), "Check", 40
    made.CheckPayment = CheckPayment()
    made.CheckPayment.BankAccountRef = checking(qb)
    line = BillPaymentLine()
    line.Amount = 40
    line.LinkedTxn.append(linked(owed.Id, "Bill"))
    made.Line.append(line)
    return made


def purchase(qb: QuickBooks) -> Purchase:
    made = Purchase()
    made.PaymentType, made.AccountRef = "Cash", checking(qb)
    made.Line.append(spent(qb))
    return made


def deposit(qb: QuickBooks) -> Deposit:
    paid = payment(qb).save(qb=qb)
    made = Deposit()
    made.DepositToAccountRef = checking(qb)
    line = DepositLine()
    line.Amount = 100
    link = linked(paid.Id, "Payment")
    link.TxnLineId = 0
    line.LinkedTxn.append(link)
    made.Line.append(line)
    return made


def transfer(qb: QuickBooks) -> Transfer:
    made = Transfer()
    made.Amount, made.FromAccountRef = 25, checking(qb)
    made.ToAccountRef = Account.filter(AccountSubType="Savings", qb=qb)[0].to_ref()
    return made


def journal(qb: QuickBooks) -> JournalEntry:
    made = JournalEntry()
    for side, kind in (("Debit", "Expense"), ("Credit", "Equity")):
        line = JournalEntryLine()
        line.Amount = 12.5
        line.JournalEntryLineDetail = JournalEntryLineDetail()
        line.JournalEntryLineDetail.PostingType = side
        line.JournalEntryLineDetail.AccountRef = account(qb, kind)
        line.JournalEntryLineDetail.TaxApplicableOn = None
        made.Line.append(line)
    return made


def time_activity(qb: QuickBooks) -> TimeActivity:
    made = TimeActivity()
    made.NameOf, made.EmployeeRef = "Employee", Employee.all(qb=qb)[0].to_ref()
    made.CustomerRef, made.ItemRef = client(qb).to_ref(), hours(qb).to_ref()
    made.Hours, made.Minutes, made.TxnDate = 1, 30, "2026-02-03"
    return made


MAKERS: dict[type, Callable[[QuickBooks], Paper]] = {
    Invoice: sale(Invoice),
    Estimate: sale(Estimate),
    CreditMemo: sale(CreditMemo),
    SalesReceipt: sale(SalesReceipt),
    RefundReceipt: sale(RefundReceipt),
    Payment: payment,
    Bill: bill(Bill),
    VendorCredit: bill(VendorCredit),
    PurchaseOrder: bill(PurchaseOrder, ordered),
    BillPayment: bill_payment,
    Purchase: purchase,
    Deposit: deposit,
    Transfer: transfer,
    JournalEntry: journal,
    TimeActivity: time_activity,
}
