"""The lines of a document in a form: sales by item, purchases by account. What a form does not show stays."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.quickbooks.company import Company, Obj
from simulator.quickbooks.money import cents

from ...shapes import Field, Form, Option, RefusedDeed
from .. import cells
from . import choices, figures

SOLD, SPENT = "SalesItemLineDetail", "AccountBasedExpenseLineDetail"
SPARE = 2  # empty lines at the end
COMPUTED = ("SubTotalLineDetail",)


def sold_field(company: Company, row: Obj) -> Field:
    """Item, description, quantity, price, tax."""
    parts = (
        Field("id", kind="hidden"),
        Field("item", "Item", "choice", options=[Option("", "Item"), *choices.sellable(company)]),
        Field("words", "Description"),
        Field("quantity", "Quantity", "amount"),
        Field("price", "Price", "amount"),
        Field("tax", "Tax", "choice", options=choices.tax_codes(company)),
    )
    lines = [_sold_line(line) for line in row.get("Line") or () if line["DetailType"] == SOLD]
    return Field("lines", "Lines", "lines", parts=parts, lines=[*lines, *_spare()])


def _sold_line(line: Obj) -> dict[str, str]:
    detail = line[SOLD]
    return {
        "id": line["Id"],
        "item": (detail.get("ItemRef") or {}).get("value", ""),
        "words": line.get("Description", ""),
        "quantity": cells.quantity(detail.get("Qty", 1)),
        "price": cells.quantity(detail.get("UnitPrice", line["Amount"])),
        "tax": (detail.get("TaxCodeRef") or {}).get("value", ""),
    }


def spent_field(company: Company, row: Obj) -> Field:
    """Account, description, amount, tax."""
    kinds = ("Expense", "Other Expense", "Cost of Goods Sold", "Fixed Asset", "Other Current Asset")
    parts = [
        Field("id", kind="hidden"),
        Field("account", "Account", "choice", options=[Option("", "Account"), *choices.accounts(company, *kinds)]),
        Field("words", "Description"),
        Field("amount", "Amount", "amount"),
    ]
    if company.country != "US":
        parts.append(Field("tax", "Tax", "choice", options=choices.tax_codes(company)))
    names = {part.name for part in parts}
    held = [_spent_line(line) for line in row.get("Line") or () if line["DetailType"] == SPENT]
    lines = [{name: value for name, value in line.items() if name in names} for line in held]
    return Field("lines", "Lines", "lines", parts=tuple(parts), lines=[*lines, *_spare()])


def _spent_line(line: Obj) -> dict[str, str]:
    detail = line[SPENT]
    return {
        "id": line["Id"],
        "account": (detail.get("AccountRef") or {}).get("value", ""),
        "words": line.get("Description", ""),
        "amount": cells.quantity(line["Amount"]),
        "tax": (detail.get("TaxCodeRef") or {}).get("value", ""),
    }


def _spare() -> list[dict[str, str]]:
    return [{} for _ in range(SPARE)]


def read_sold(form: Form, stored: Obj) -> list[Obj]:
    return _kept(stored, SOLD) + [_read_sold(line, stored) for line in form.lines("lines")]


def _read_sold(line: Mapping[str, str], stored: Obj) -> Obj:
    if not line["item"]:
        raise RefusedDeed("Every line needs an item.")
    quantity = figures.amount(line["quantity"] or "1", "Quantity")
    price = figures.amount(line["price"], "Price")
    before = _before(stored, line["id"])
    detail = {**before.get(SOLD, {}), "ItemRef": {"value": line["item"]}, "Qty": quantity, "UnitPrice": price}
    if line["tax"]:
        detail["TaxCodeRef"] = {"value": line["tax"]}
    detail.pop("TaxInclusiveAmt", None)
    return _line(line, SOLD, cents(quantity * price), detail)


def read_spent(form: Form, stored: Obj) -> list[Obj]:
    return _kept(stored, SPENT) + [_read_spent(line, stored) for line in form.lines("lines")]


def _read_spent(line: Mapping[str, str], stored: Obj) -> Obj:
    if not line["account"]:
        raise RefusedDeed("Every line needs an account.")
    before = _before(stored, line["id"])
    detail = {**before.get(SPENT, {}), "AccountRef": {"value": line["account"]}}
    if line.get("tax"):
        detail["TaxCodeRef"] = {"value": line["tax"]}
    detail.pop("TaxInclusiveAmt", None)
    return _line(line, SPENT, cents(figures.amount(line["amount"], "Amount")), detail)


def _line(line: Mapping[str, str], kind: str, amount: object, detail: Obj) -> Obj:
    made: Obj = {"DetailType": kind, "Amount": amount, kind: detail}
    if line["id"]:
        made["Id"] = line["id"]
    if line["words"]:
        made["Description"] = line["words"]
    return made


def _before(stored: Obj, line_id: str) -> Obj:
    return next((each for each in stored.get("Line") or () if each.get("Id") == line_id), {})


def _kept(stored: Obj, kind: str) -> list[Obj]:
    """Discounts, descriptions and lines of the other kind, as they were."""
    return [each for each in stored.get("Line") or () if each["DetailType"] not in (kind, *COMPUTED)]
