"""The lists of a company: one line per kind says what it is called and which columns its table has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.quickbooks import ledger
from simulator.quickbooks.company import Company, Obj

from ..shapes import Cell, Column
from . import cells

ToCell = Callable[[Company, Obj], Cell]


@dataclass(frozen=True)
class Shown:
    title: str
    cell: ToCell
    number: bool = False

    @property
    def column(self) -> Column:
        return Column(self.title, self.number)


@dataclass(frozen=True)
class Kind:
    name: str  # the entity
    one: str
    many: str
    group: str
    columns: tuple[Shown, ...]
    dated: bool = True  # newest first; else by name


def _date(title: str = "Date", key: str = "TxnDate") -> Shown:
    return Shown(title, lambda _company, row: cells.text(row, key))


def _text(title: str, *path: str) -> Shown:
    return Shown(title, lambda _company, row: cells.text(row, *path))


def _ref(title: str, *keys: str) -> Shown:
    return Shown(title, lambda company, row: cells.first_reference(company, row, *keys))


def _money(title: str, key: str) -> Shown:
    return Shown(title, lambda company, row: cells.money(company, row, key), number=True)


def _number(kind: str) -> Shown:
    return Shown("Number", lambda _company, row: Cell(title_of(kind, row), to=f"{kind}/{row['Id']}"))


def _named(kind: str, *under: str) -> Shown:
    def cell(_company: Company, row: Obj) -> Cell:
        below = cells.text(row, *under).text if under else ""
        return Cell(cells.full_name(row), to=f"{kind}/{row['Id']}", under="" if below == cells.DASH else below)

    return Shown("Name", cell)


def _state(kind: str) -> Shown:
    return Shown("Status", lambda company, row: cells.status(company, kind, row))


def _account_balance() -> Shown:
    return Shown("Balance", lambda company, row: Cell(cells.amount(ledger.shown_balance(company, row))), number=True)


def title_of(kind: str, row: Obj) -> str:
    """How a document or a list row is called in a sentence or a link."""
    if kind == "Payment":
        return str(row.get("PaymentRefNum") or f"Payment {row['Id']}")
    if kind == "TimeActivity":
        return f"Time {row['Id']}"
    if kind == "Attachable":
        return str(row.get("FileName") or row.get("Note") or row["Id"])
    if "TxnDate" in row:
        return str(row.get("DocNumber") or f"No number ({row['Id']})")
    return cells.full_name(row) if kind != "CompanyCurrency" else str(row["Code"])


def _document(name: str, one: str, many: str, group: str, *columns: Shown) -> Kind:
    return Kind(name, one, many, group, (_date(), _number(name), *columns, _state(name)))


def _list(name: str, one: str, many: str, group: str, *columns: Shown, under: tuple[str, ...] = ()) -> Kind:
    return Kind(name, one, many, group, (_named(name, *under), *columns, _state(name)), dated=False)


TOTAL, BALANCE = _money("Total", "TotalAmt"), _money("Balance", "Balance")
CUSTOMER, VENDOR = _ref("Customer", "CustomerRef"), _ref("Vendor", "VendorRef")
MAIL = ("PrimaryEmailAddr", "Address")
SALES, BUYING, PEOPLE, MONEY, LISTS = "Sales", "Purchases", "Time and people", "Money", "Lists"

KINDS = {
    kind.name: kind
    for kind in (
        _list("Customer", "Customer", "Customers", SALES, _text("E-mail", *MAIL), _money("Owes", "Balance"),
              under=("CompanyName",)),
        _document("Invoice", "Invoice", "Invoices", SALES, CUSTOMER, _date("Due", "DueDate"), TOTAL, BALANCE),
        _document("Payment", "Payment", "Payments", SALES, CUSTOMER, _ref("Method", "PaymentMethodRef"), TOTAL,
                  _money("Not applied", "UnappliedAmt")),
        _document("Estimate", "Estimate", "Estimates", SALES, CUSTOMER, TOTAL),
        _document("CreditMemo", "Credit memo", "Credit memos", SALES, CUSTOMER, TOTAL, _money("Left", "Balance")),
        _document("SalesReceipt", "Sales receipt", "Sales receipts", SALES, CUSTOMER, TOTAL),
        _document("RefundReceipt", "Refund receipt", "Refund receipts", SALES, CUSTOMER, TOTAL),
        _list("Vendor", "Vendor", "Vendors", BUYING, _text("E-mail", *MAIL), _money("We owe", "Balance")),
        _document("Bill", "Bill", "Bills", BUYING, VENDOR, _date("Due", "DueDate"), TOTAL, BALANCE),
        _document("BillPayment", "Bill payment", "Bill payments", BUYING, VENDOR, _text("Paid by", "PayType"), TOTAL),
        _document("Purchase", "Expense", "Expenses", BUYING, _ref("Paid to", "EntityRef"),
                  _ref("Paid from", "AccountRef"), TOTAL),
        _document("PurchaseOrder", "Purchase order", "Purchase orders", BUYING, VENDOR, TOTAL),
        _document("VendorCredit", "Vendor credit", "Vendor credits", BUYING, VENDOR, TOTAL),
        _document("TimeActivity", "Time entry", "Time", PEOPLE, _ref("Who", "EmployeeRef", "VendorRef"), CUSTOMER,
                  _ref("Item", "ItemRef"), Shown("Hours", lambda _company, row: Cell(hours(row)), number=True)),
        _list("Employee", "Employee", "Employees", PEOPLE, _text("E-mail", *MAIL)),
        _list("Account", "Account", "Accounts", MONEY, _text("Type", "AccountType"), _text("Detail", "AccountSubType"),
              _account_balance()),
        _document("Deposit", "Deposit", "Deposits", MONEY, _ref("To", "DepositToAccountRef"), TOTAL),
        _document("Transfer", "Transfer", "Transfers", MONEY, _ref("From", "FromAccountRef"),
                  _ref("To", "ToAccountRef"), _money("Amount", "Amount")),
        _document("JournalEntry", "Journal entry", "Journal entries", MONEY, _text("Note", "PrivateNote")),
        _list("Item", "Item", "Products and services", LISTS, _text("Type", "Type"), _money("Price", "UnitPrice"),
              _ref("Income account", "IncomeAccountRef")),
        _list("Class", "Class", "Classes", LISTS),
        _list("Department", "Location", "Locations", LISTS),
        _list("Term", "Term", "Terms", LISTS, _text("Days", "DueDays")),
        _list("PaymentMethod", "Payment method", "Payment methods", LISTS, _text("Type", "Type")),
        _list("TaxCode", "Tax code", "Tax codes", LISTS, _text("Description", "Description")),
        _list("CompanyCurrency", "Currency", "Currencies", LISTS, _text("Code", "Code")),
        Kind("Attachable", "Attachment", "Attachments", LISTS,
             (Shown("Name", lambda _company, row: Cell(title_of("Attachable", row), to=f"Attachable/{row['Id']}")),
              _text("Type", "ContentType"), _text("Bytes", "Size")), dated=False),
    )
}  # fmt: skip


def hours(row: Obj) -> str:
    if row.get("StartTime"):
        return f"{row['StartTime'][11:16]}{cells.DASH}{row['EndTime'][11:16]}"
    return f"{row.get('Hours', 0)}:{row.get('Minutes', 0):02d}"
