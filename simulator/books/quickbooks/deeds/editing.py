"""Making and changing objects: the same boxes for both, sent through the operations of the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.quickbooks import operations
from simulator.quickbooks.company import Company, Obj
from simulator.quickbooks.preferences_lookup import preference

from ...shapes import Deed, Done, Field, Form, Option, RefusedDeed
from ..kinds import KINDS, title_of
from . import choices, lines
from .boxes import Box, changes

ToLines = Callable[[Form, Obj], list[Obj]]


@dataclass(frozen=True)
class Editor:
    boxes: tuple[Box, ...]
    lines: Callable[[Company, Obj], Field] | None = None
    read_lines: ToLines | None = None
    can_make: bool = False
    made_with: tuple[tuple[str, str], ...] = ()  # what a new one has besides


def _customers(company: Company, held: str) -> list[Option]:
    return choices.rows(company, "Customer", held=held)


def _vendors(company: Company, held: str) -> list[Option]:
    return choices.rows(company, "Vendor", held=held)


def _terms(company: Company, held: str) -> list[Option]:
    return choices.optional(choices.rows(company, "Term", held=held))


def _methods(company: Company, held: str) -> list[Option]:
    return choices.optional(choices.rows(company, "PaymentMethod", held=held))


def _banks(company: Company, held: str) -> list[Option]:
    return choices.accounts(company, "Bank", "Other Current Asset", held=held)


def _income(company: Company, held: str) -> list[Option]:
    return choices.accounts(company, "Income", "Other Income", held=held)


def _items(company: Company, held: str) -> list[Option]:
    return choices.rows(company, "Item", lambda row: row["Type"] == "Service", held)


def _states(_company: Company, _held: str) -> list[Option]:
    return choices.of(*((word, word) for word in ("Pending", "Accepted", "Closed", "Rejected")))


def _billable(_company: Company, _held: str) -> list[Option]:
    return choices.of(("NotBillable", "Not billable"), ("Billable", "Billable"), ("HasBeenBilled", "Billed"))


DATE = Box("TxnDate", "Date", "date", required=True)
NUMBER = Box("DocNumber", "Number", longest=21)
NOTE = Box("PrivateNote", "Note inside", "area", longest=4000)
MAIL = Box("PrimaryEmailAddr.Address", "E-mail", "email", longest=100)
PHONE = Box("PrimaryPhone.FreeFormNumber", "Phone", longest=30)
CUSTOMER = Box("CustomerRef.value", "Customer", "choice", _customers, required=True)
VENDOR = Box("VendorRef.value", "Vendor", "choice", _vendors, required=True)
DUE = Box("DueDate", "Due", "date")
BILL_MAIL = Box("BillEmail.Address", "Send to", "email", longest=100)
MEMO = Box("CustomerMemo.value", "Message to the customer", "area", longest=1000)
ADDRESS = tuple(
    Box(f"BillAddr.{part}", label, longest=255)
    for part, label in (
        ("Line1", "Street"), ("City", "City"), ("CountrySubDivisionCode", "State or region"),
        ("PostalCode", "Postal code"), ("Country", "Country"),
    )
)  # fmt: skip
NAME = Box("DisplayName", "Name shown", required=True, longest=500)
PERSON = (Box("GivenName", "Given name", longest=100), Box("FamilyName", "Family name", longest=100))
SALE = (CUSTOMER, DATE, NUMBER)


def _sale(*boxes: Box, can_make: bool = False) -> Editor:
    return Editor((*SALE, *boxes, BILL_MAIL, MEMO, NOTE), lines.sold_field, lines.read_sold, can_make)


EDITORS = {
    "Customer": Editor((NAME, *PERSON, Box("CompanyName", "Company", longest=100), MAIL, PHONE, *ADDRESS,
                        Box("Notes", "Notes", "area", longest=2000)), can_make=True),
    "Vendor": Editor((NAME, Box("CompanyName", "Company", longest=100), MAIL, PHONE), can_make=True),
    "Employee": Editor((*PERSON, Box("DisplayName", "Name shown", longest=500), MAIL), can_make=True),
    "Item": Editor(
        (Box("Name", "Name", required=True, longest=100), Box("Description", "Description", "area", longest=4000),
         Box("UnitPrice", "Price", "amount"), Box("IncomeAccountRef.value", "Income account", "choice", _income)),
        can_make=True, made_with=(("Type", "Service"),)),
    "Account": Editor((Box("Name", "Name", required=True, longest=100),
                       Box("Description", "Description", longest=100))),
    "Class": Editor((Box("Name", "Name", required=True, longest=100),), can_make=True),
    "Department": Editor((Box("Name", "Name", required=True, longest=100),), can_make=True),
    "Term": Editor((Box("Name", "Name", required=True, longest=31), Box("DueDays", "Days", "amount"))),
    "PaymentMethod": Editor((Box("Name", "Name", required=True, longest=31),), can_make=True),
    "Invoice": _sale(DUE, Box("SalesTermRef.value", "Terms", "choice", _terms), can_make=True),
    "Estimate": _sale(Box("TxnStatus", "State", "choice", _states), can_make=True),
    "CreditMemo": _sale(can_make=True),
    "SalesReceipt": _sale(Box("PaymentMethodRef.value", "Paid by", "choice", _methods), can_make=True),
    "RefundReceipt": _sale(Box("DepositToAccountRef.value", "Paid from", "choice", _banks), can_make=True),
    "Payment": Editor((DATE, Box("TotalAmt", "Amount", "amount", required=True),
                       Box("PaymentMethodRef.value", "Paid by", "choice", _methods),
                       Box("PaymentRefNum", "Reference", longest=21),
                       Box("DepositToAccountRef.value", "Paid into", "choice", _banks), NOTE)),
    "Bill": Editor((VENDOR, DATE, DUE, NUMBER, NOTE), lines.spent_field, lines.read_spent, can_make=True),
    "VendorCredit": Editor((VENDOR, DATE, NUMBER, NOTE), lines.spent_field, lines.read_spent),
    "Purchase": Editor((DATE, NUMBER, NOTE), lines.spent_field, lines.read_spent),
    "TimeActivity": Editor((DATE, Box("CustomerRef.value", "Customer", "choice", _customers),
                            Box("ItemRef.value", "Item", "choice", _items),
                            Box("Hours", "Hours", "amount"), Box("Minutes", "Minutes", "amount"),
                            Box("BillableStatus", "Billable", "choice", _billable),
                            Box("HourlyRate", "Rate", "amount"),
                            Box("Description", "What was done", "area", longest=4000))),
}  # fmt: skip
# What even a sparse update repeats.
REPEATED = {"Account": ("Name",), "Class": ("Name",), "Bill": ("VendorRef",), "VendorCredit": ("VendorRef",),
            "Purchase": ("PaymentType",), "TimeActivity": ("NameOf",)}  # fmt: skip
SYNC = "sync-token"


def edit(company: Company, name: str, row: Obj) -> Deed | None:
    editor = EDITORS.get(name)
    if editor is None or row.get("Active") is False or row.get("_voided"):
        return None
    fields = [Field(SYNC, kind="hidden", value=row["SyncToken"]), *_fields(company, editor, row)]
    one = KINDS[name].one.lower()
    return Deed(
        "edit",
        "Edit",
        f"Changes this {one}. Apps that hold it see the change with their next look, or are told by a webhook.",
        "Save",
        lambda books, form: _update(books, name, row["Id"], editor, form),
        fields,
    )


def _fields(company: Company, editor: Editor, row: Obj) -> list[Field]:
    made = [box.field(company, row) for box in editor.boxes]
    return [*made, editor.lines(company, row)] if editor.lines else made


def _update(company: Company, name: str, row_id: str, editor: Editor, form: Form) -> Done:
    row = company.table(name).get(row_id)
    if row is None:
        raise RefusedDeed("It is not there any more.")
    body = changes(editor.boxes, form, row)
    before = [each for field in form.fields if field.name == "lines" for each in field.lines if each]
    if editor.read_lines and form.lines("lines") != before:
        body["Line"] = editor.read_lines(form, row)
        body |= _automated_tax(company, editor)
    if not body:
        return Done("Nothing was changed.", f"{name}/{row_id}")
    repeated = {key: row[key] for key in REPEATED.get(name, ())}
    operations.update(
        company, name, {"Id": row_id, "SyncToken": form.text(SYNC), "sparse": True, **repeated, **body}, {}
    )
    return Done(f"{KINDS[name].one} {_title(company, name, row_id)} saved.", f"{name}/{row_id}")


def _title(company: Company, name: str, row_id: str) -> str:
    row = company.table(name).get(row_id)
    return title_of(name, row) if row else row_id


def new(company: Company, name: str) -> Deed | None:
    editor = EDITORS.get(name)
    if editor is None or not editor.can_make:
        return None
    one = KINDS[name].one.lower()
    begun: Obj = {"TxnDate": company.today()} if KINDS[name].dated else {}
    if name == "Item":
        begun["IncomeAccountRef"] = {"value": choices.usual_income(company)}
    return Deed(
        "new",
        f"New {one}",
        f"Writes a new {one} as a person in the company would.",
        "Save",
        lambda books, form: _create(books, name, editor, form),
        _fields(company, editor, begun),
    )


def _create(company: Company, name: str, editor: Editor, form: Form) -> Done:
    body = {**dict(editor.made_with), **changes(editor.boxes, form, {})}
    if editor.read_lines:
        body["Line"] = editor.read_lines(form, {})
        body |= _automated_tax(company, editor)
        if company.country != "US":
            body["GlobalTaxCalculation"] = "TaxExcluded"
    if company.multicurrency:
        body |= _currency(company, body)
    if name == "Item" and company.country in ("CA", "GB"):
        cost = company.table("Account").first("AccountType", "Cost of Goods Sold")
        body["ExpenseAccountRef"] = {"value": cost["Id"]} if cost else None
    made = operations.create(company, name, {key: value for key, value in body.items() if value is not None}, {})[name]
    return Done(f"{KINDS[name].one} {_title(company, name, made['Id'])} written.", f"{name}/{made['Id']}")


def _automated_tax(company: Company, editor: Editor) -> Obj:
    """In the product automated sales tax runs by itself; through the API a code has to stand there for it."""
    code = preference(company, "TaxPrefs", "TaxGroupCodeRef", "value")
    if not code or editor.read_lines is not lines.read_sold:
        return {}
    return {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": code}}}


def _currency(company: Company, body: Obj) -> Obj:
    """A document is in its customer's or vendor's currency."""
    for key, table in (("CustomerRef", "Customer"), ("VendorRef", "Vendor")):
        row = company.table(table).get((body.get(key) or {}).get("value", ""))
        if row:
            return {"CurrencyRef": {"value": row["CurrencyRef"]["value"]}}
    return {}
