"""VendorCredit: what a vendor owes us back."""

from __future__ import annotations

from ..company import Obj
from ..money import ZERO
from . import expense_form
from .entry import entity_of
from .form import Draft, Form
from .holding import keep_party


def compose(draft: Draft) -> Obj:
    keep_party(draft, "VendorRef")
    row = expense_form.compose(draft, expense_form.vendor_of(draft))
    row |= {"VendorRef": draft.fields["VendorRef"], "APAccountRef": expense_form.payable_account(draft)}
    if draft.fields.get("VendorAddr"):
        row["VendorAddr"] = draft.fields["VendorAddr"]
    return {**row, "Balance": ZERO}


ENTITY = entity_of(
    Form(
        name="VendorCredit",
        path="vendorcredit",
        compose=compose,
        postings=expense_form.postings(expense_form.payable_leg, lambda row: -1),
        stock_sign=-1,
        required=("VendorRef", "Line"),
        required_sparse=("VendorRef",),
        read_only=expense_form.READ_ONLY | {"CustomField", "LinkedTxn"},
        filterable=frozenset(("VendorRef", "DocNumber", "TxnDate", "TotalAmt", "Balance")),
        indexed=("VendorRef",),
    )
)
