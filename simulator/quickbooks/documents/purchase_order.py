"""PurchaseOrder: what was ordered. It posts nothing; the bill made from it closes it."""

from __future__ import annotations

from ..company import Obj
from . import expense_form, mailing
from .entry import entity_of
from .form import Draft, Form

_KEPT = (
    "VendorAddr",
    "ShipAddr",
    "ShipTo",
    "ShipMethodRef",
    "ClassRef",
    "DueDate",
    "ExpectedDate",
    "FOB",
    "POEmail",
)


def compose(draft: Draft) -> Obj:
    fields = draft.fields
    row = expense_form.compose(draft, expense_form.vendor_of(draft))
    row |= {"VendorRef": fields["VendorRef"], "APAccountRef": expense_form.payable_account(draft)}
    row |= {name: fields[name] for name in _KEPT if fields.get(name)}
    if fields.get("ManuallyClosed"):
        row["ManuallyClosed"] = True
    mailing.check("PurchaseOrder", fields)
    row["EmailStatus"] = fields.get("EmailStatus") or "NotSet"
    row["_status"] = str(draft.sent.get("POStatus") or fields.get("_status") or "Open")
    return row


ENTITY = entity_of(
    Form(
        name="PurchaseOrder",
        path="purchaseorder",
        compose=compose,
        posts=False,
        sendable=True,
        printable=True,
        required=("VendorRef", "Line"),
        required_sparse=("VendorRef",),
        read_only=expense_form.READ_ONLY | {"CustomField", "LinkedTxn"},
        filterable=frozenset(("VendorRef", "DocNumber", "TxnDate", "TotalAmt", "POStatus")),
        indexed=("VendorRef",),
    )
)
