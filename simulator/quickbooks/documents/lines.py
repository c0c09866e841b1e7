"""Lines of any document: their ids and numbers, quantity and price, custom fields on the header."""

from __future__ import annotations

from collections.abc import Sequence

from ..company import Company, Obj
from ..faults import Fault, bad_reference, missing
from ..money import plain
from ..preferences_lookup import preference
from ..totals import derived_price, line_amount
from .form import Draft
from .refusals import before_stock, category_on_line, no_quantity

MOST_LINES = 10_000


def sent_lines(draft: Draft) -> list[Obj]:
    """The lines to work on. Those the server adds by itself are left out."""
    lines = [line for line in draft.fields.get("Line") or () if not is_added(line)]
    if len(lines) > MOST_LINES:
        raise Fault("2080", "Invalid Number", f"A transaction has at most {MOST_LINES} lines.", "Line")
    return [{**line} for line in lines]


def is_added(line: Obj) -> bool:
    return line.get("DetailType") == "SubTotalLineDetail"


def number_lines(lines: Sequence[Obj], stored: Obj | None, first: int = 1, with_numbers: bool = True) -> None:
    """A line whose id the document knows keeps it; any other gets the next one."""
    known = {str(line["Id"]) for line in (stored or {}).get("Line") or () if line.get("Id")}
    highest = max((int(each) for each in known if each.isdigit()), default=first - 1)
    used: set[str] = set()
    for place, line in enumerate(lines, start=1):
        line_id = str(line.get("Id") or "")
        if line_id not in known or line_id in used:
            highest += 1
            line_id = str(highest)
        used.add(line_id)
        line["Id"] = line_id
        if with_numbers:
            line["LineNum"] = place


def ordered(line: Obj, detail_type: str, detail: Obj) -> Obj:
    """A line with its keys in the order QuickBooks answers them."""
    made = {"Id": line["Id"], "LineNum": line.get("LineNum"), "Description": line.get("Description")}
    if "Amount" in line:
        made["Amount"] = line["Amount"]
    if line.get("LinkedTxn"):
        made["LinkedTxn"] = line["LinkedTxn"]
    made["DetailType"] = detail_type
    made[detail_type] = detail
    return {key: value for key, value in made.items() if value is not None}


def settle_amount(line: Obj, detail: Obj) -> None:
    """`Amount` is required and has to be quantity times price; a price that was not sent is filled in."""
    amount = line_amount(line.get("Amount"), detail.get("Qty"), detail.get("UnitPrice"))
    if amount is None:
        raise missing("Amount")
    line["Amount"] = amount
    if detail.get("UnitPrice") is None:
        detail["UnitPrice"] = derived_price(amount, detail.get("Qty"))
    for name in ("Qty", "UnitPrice"):
        if detail.get(name) is None:
            detail.pop(name, None)
        else:
            detail[name] = plain(detail[name])


def item_of(company: Company, detail: Obj) -> Obj:
    """The item of a line. A category is a folder and cannot be used."""
    item_id = detail["ItemRef"]["value"]
    item = company.table("Item").get(item_id)
    if item is None:
        raise bad_reference("Items", item_id)
    if item["Type"] == "Category":
        raise category_on_line(item_id)
    return item


def check_stock(item: Obj, detail: Obj, date: str) -> None:
    """Counted goods need a quantity, and leave the shelf no earlier than it was set up."""
    if item["Type"] != "Inventory":
        return
    if detail.get("Qty") is None:
        raise no_quantity(item["Name"])
    if item.get("InvStartDate") and date < item["InvStartDate"]:
        raise before_stock(item["InvStartDate"])


def custom_fields(company: Company, fields: Obj) -> list[Obj]:
    """The custom fields the company has switched on, with the text that was sent for them."""
    sent = {str(each.get("DefinitionId")): each.get("StringValue") for each in fields.get("CustomField") or ()}
    made = []
    for definition, name in _definitions(company):
        field = {"DefinitionId": definition, "Name": name, "Type": "StringType"}
        if sent.get(definition):
            field["StringValue"] = sent[definition]
        made.append(field)
    return made


def _definitions(company: Company) -> list[tuple[str, str]]:
    used: set[str] = set()
    names: dict[str, str] = {}
    for group in preference(company, "SalesFormsPrefs", "CustomField") or ():
        for each in group.get("CustomField") or ():
            key = str(each.get("Name", ""))
            if "UseSalesCustom" in key and each.get("BooleanValue") in (True, "true"):
                used.add(key[-1])
            elif "SalesCustomName" in key:
                names[key[-1]] = str(each.get("StringValue", ""))
    return [(number, names[number]) for number in sorted(names) if number in used and names[number]]
