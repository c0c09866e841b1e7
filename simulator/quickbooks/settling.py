"""What follows from links: balances, unapplied amounts, `LinkedTxn`, statuses. Pure on the row it is given."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from . import links
from .company import Company, Obj
from .exchange import rate_of
from .ledger import Name
from .money import ZERO, cents, number

Settle = Callable[[Company, Obj], None]


def settled(company: Company, entity: str, row: Obj) -> Obj:
    """A copy of the row with everything that its links decide."""
    fresh = {**row}
    settle = SETTLERS.get(entity)
    if settle is not None:
        settle(company, fresh)
    return fresh


def capacity(company: Company, entity: str, row: Obj, name: Name | None = None) -> Decimal:
    """How much can be applied to a document: positive what is owed, negative what is a credit."""
    if entity == "Invoice":
        return cents(row["TotalAmt"] - number(row.get("Deposit") or 0))
    if entity == "Bill":
        return cents(row["TotalAmt"])
    if entity in ("CreditMemo", "VendorCredit"):
        return cents(-row["TotalAmt"])
    if entity == "JournalEntry" and name:
        return _journal_capacity(company, row, name)
    return ZERO


def _journal_capacity(company: Company, row: Obj, name: Name) -> Decimal:
    """What a journal entry put on a customer's or vendor's account."""
    entry = company.table("_entry").get(links.key_of("JournalEntry", row["Id"]))
    legs = entry["legs"] if entry else []
    owed = sum((foreign for *_, foreign, leg_name in legs if leg_name == name), ZERO)
    return cents(owed if name[0] == "Customer" else -owed)


def _own(entity: str, row: Obj) -> str:
    return links.key_of(entity, row["Id"])


def _show_links(company: Company, row: Obj, key: str, always: bool = False) -> None:
    found = links.linked(company, key)
    if found or always:
        row["LinkedTxn"] = found
    else:
        row.pop("LinkedTxn", None)


def _balance(row: Obj, amount: Decimal) -> None:
    row["Balance"] = cents(amount)
    if "HomeBalance" in row:
        row["HomeBalance"] = cents(amount * rate_of(row))


def _invoice(company: Company, row: Obj) -> None:
    key = _own("Invoice", row)
    _show_links(company, row, key, always=True)
    _balance(row, capacity(company, "Invoice", row) - links.applied(company, key))


def _bill(company: Company, row: Obj) -> None:
    key = _own("Bill", row)
    _show_links(company, row, key)
    _balance(row, capacity(company, "Bill", row) - links.applied(company, key))


def _credit_memo(company: Company, row: Obj) -> None:
    key = _own("CreditMemo", row)
    _show_links(company, row, key)
    _balance(row, row["TotalAmt"] - links.applied(company, key))
    row["RemainingCredit"] = row["Balance"]


def _vendor_credit(company: Company, row: Obj) -> None:
    key = _own("VendorCredit", row)
    _show_links(company, row, key)
    _balance(row, row["TotalAmt"] - links.applied(company, key))


def applied_lines(company: Company, key: str) -> list[Obj]:
    """The lines of a payment: one per document it pays or draws on."""
    rows = links.from_source(company, key)
    return [{"Amount": row["amount"], "LinkedTxn": [links.shown(company, row["target"])]} for row in rows]


def drawn(company: Company, key: str) -> tuple[Decimal, Decimal]:
    """What a payment pays off, and what credits it draws on."""
    rows = links.from_source(company, key)
    paid = sum((row["amount"] for row in rows if not row["credit"]), ZERO)
    credit = sum((row["amount"] for row in rows if row["credit"]), ZERO)
    return cents(paid), cents(credit)


def _payment(company: Company, row: Obj) -> None:
    key = _own("Payment", row)
    paid, credit = drawn(company, key)
    row["UnappliedAmt"] = cents(row["TotalAmt"] - paid + credit)
    row["Line"] = applied_lines(company, key)
    _deposited(company, row, key)


def _bill_payment(company: Company, row: Obj) -> None:
    row["Line"] = applied_lines(company, _own("BillPayment", row))


def _deposited(company: Company, row: Obj, key: str) -> None:
    """`LinkedTxn` shows the deposit a receipt was banked with, and nothing else."""
    deposits = [each["source"] for each in links.to_target(company, key)]
    if deposits:
        row["LinkedTxn"] = [links.shown(company, each) for each in deposits]
    else:
        row.pop("LinkedTxn", None)


def _receipt(entity: str) -> Settle:
    def settle(company: Company, row: Obj) -> None:
        _deposited(company, row, _own(entity, row))

    return settle


def _estimate(company: Company, row: Obj) -> None:
    key = _own("Estimate", row)
    _show_links(company, row, key)
    row["TxnStatus"] = "Closed" if row.get("LinkedTxn") else row["_status"]


def _order(company: Company, row: Obj) -> None:
    key = _own("PurchaseOrder", row)
    _show_links(company, row, key)
    row["POStatus"] = "Closed" if row.get("LinkedTxn") or row.get("ManuallyClosed") else row["_status"]


def _time(company: Company, row: Obj) -> None:
    billed = links.to_target(company, _own("TimeActivity", row))
    if billed:
        row["BillableStatus"] = "HasBeenBilled"
    elif row.get("BillableStatus") == "HasBeenBilled":
        row["BillableStatus"] = "Billable"


def _purchase(company: Company, row: Obj) -> None:
    _show_links(company, row, _own("Purchase", row))


SETTLERS: dict[str, Settle] = {
    "Invoice": _invoice,
    "Payment": _payment,
    "CreditMemo": _credit_memo,
    "SalesReceipt": _receipt("SalesReceipt"),
    "RefundReceipt": _receipt("RefundReceipt"),
    "JournalEntry": _receipt("JournalEntry"),
    "Estimate": _estimate,
    "Bill": _bill,
    "BillPayment": _bill_payment,
    "VendorCredit": _vendor_credit,
    "Purchase": _purchase,
    "PurchaseOrder": _order,
    "TimeActivity": _time,
}
