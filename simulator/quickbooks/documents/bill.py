"""Bill: what we owe a vendor."""

from __future__ import annotations

from ..company import Obj
from ..money import ZERO
from . import due, expense_form
from .entry import entity_of
from .form import Draft, Form
from .holding import keep_party


def compose(draft: Draft) -> Obj:
    vendor = expense_form.vendor_of(draft)
    keep_party(draft, "VendorRef")
    row = expense_form.compose(draft, vendor)
    due.settle(draft, vendor, None)
    fields = draft.fields
    row |= {"DueDate": fields["DueDate"], "VendorRef": fields["VendorRef"]}
    for name in ("VendorAddr", "RemitToAddr", "ShipAddr"):
        if fields.get(name):
            row[name] = fields[name]
    row |= {"APAccountRef": expense_form.payable_account(draft), "Balance": ZERO}
    if draft.company.multicurrency:
        row["HomeBalance"] = ZERO
    return row


ENTITY = entity_of(
    Form(
        name="Bill",
        path="bill",
        compose=compose,
        postings=expense_form.postings(expense_form.payable_leg, lambda row: 1),
        wanted=expense_form.order_links,
        stock_sign=1,
        required=("VendorRef", "Line"),
        required_sparse=("VendorRef",),
        read_only=expense_form.READ_ONLY | {"CustomField"},
        filterable=frozenset(
            ("VendorRef", "DocNumber", "TxnDate", "DueDate", "APAccountRef", "SalesTermRef", "TotalAmt", "Balance")
        ),
        indexed=("VendorRef",),
        settings={"unnamed": frozenset(("SalesTermRef",))},
    )
)
