"""Values of a row as cells of a page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from simulator.quickbooks.company import Company, Obj
from simulator.quickbooks.references import find, name_of, target_of

from ..shapes import Cell, Fact

DASH = "–"


def amount(value: Any) -> str:
    """`1,234.50`, with a real minus."""
    if value is None:
        return DASH
    return f"{Decimal(value):,.2f}".replace("-", "\N{MINUS SIGN}")


def quantity(value: Any) -> str:
    if value is None:
        return ""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(company: Company, row: Obj, key: str) -> Cell:
    """With the currency where it is not the company's own."""
    value = row.get(key)
    code = (row.get("CurrencyRef") or {}).get("value")
    foreign = f" {code}" if code and code != company.home_currency else ""
    return Cell(amount(value) + foreign)


def reference(company: Company, row: Obj, key: str) -> Cell:
    """The name of what is referred to, leading to its sheet."""
    ref = row.get(key)
    if not ref or not ref.get("value"):
        return Cell(DASH)
    target = find(company, key, ref)
    table = target_of(key, ref)
    if target is None or table is None:
        return Cell(str(ref.get("name") or ref["value"]))
    return Cell(full_name(target), to=f"{table}/{target['Id']}")


def full_name(row: Obj) -> str:
    return str(row.get("FullyQualifiedName") or name_of(row) or row["Id"])


def first_reference(company: Company, row: Obj, *keys: str) -> Cell:
    for key in keys:
        if row.get(key):
            return reference(company, row, key)
    return Cell(DASH)


def text(row: Obj, *path: str) -> Cell:
    value: Any = row
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return Cell("Yes" if value else "No")
    return Cell(DASH if value in (None, "") else str(value))


def address(row: Obj, key: str) -> Cell:
    held = row.get(key) or {}
    lines = [held[f"Line{number}"] for number in range(1, 6) if held.get(f"Line{number}")]
    place = " ".join(held[part] for part in ("City", "CountrySubDivisionCode", "PostalCode") if held.get(part))
    return Cell(
        ", ".join([*lines, *([place] if place else []), *([held["Country"]] if held.get("Country") else [])]) or DASH
    )


def facts(*pairs: tuple[str, Cell]) -> list[Fact]:
    """Those that say something."""
    return [Fact(label, cell) for label, cell in pairs if cell.text not in ("", DASH)]


def status(company: Company, kind: str, row: Obj) -> Cell:
    """What a bookkeeper would say of it, as a pill; an empty cell where there is nothing to say."""
    if row.get("Active") is False:
        return Cell("Inactive", tone="quiet")
    if row.get("_voided"):
        return Cell("Voided", tone="quiet")
    say = _SAYINGS.get(kind)
    return say(company, row) if say else Cell()


def _owed(company: Company, row: Obj) -> Cell:
    balance, total = row["Balance"], row["TotalAmt"]
    if not balance:
        return Cell("Paid", tone="good")
    if row.get("DueDate", "9999") < company.today():
        return Cell("Overdue", tone="bad")
    return Cell("Partly paid", tone="warn") if balance < total else Cell("Open", tone="info")


def _payment(_company: Company, row: Obj) -> Cell:
    if any(each["TxnType"] == "Deposit" for each in row.get("LinkedTxn") or ()):
        return Cell("Deposited", tone="good")
    return Cell("Credit left", tone="warn") if row.get("UnappliedAmt") else Cell("Applied", tone="info")


def _estimate(_company: Company, row: Obj) -> Cell:
    word = row.get("TxnStatus") or row.get("_status") or "Pending"
    return Cell(word, tone={"Accepted": "good", "Rejected": "bad", "Closed": "quiet"}.get(word, "info"))


def _credit(_company: Company, row: Obj) -> Cell:
    return Cell("Open", tone="info") if row.get("Balance") else Cell("Used up", tone="quiet")


def _time(_company: Company, row: Obj) -> Cell:
    status = str(row["BillableStatus"])
    words = {"HasBeenBilled": "Billed", "NotBillable": "Not billable"}
    return Cell(words.get(status, status), tone={"Billable": "info", "HasBeenBilled": "good"}.get(status, "quiet"))


_SAYINGS = {"Invoice": _owed, "Bill": _owed, "Payment": _payment, "CreditMemo": _credit, "VendorCredit": _credit,
            "Estimate": _estimate, "TimeActivity": _time}  # fmt: skip
