"""Estimate: an offer. It posts nothing; an invoice made from it closes it."""

from __future__ import annotations

from ..company import Obj
from ..entities.people import address_lengths
from ..faults import bad_enumeration
from . import sales_form
from .entry import entity_of
from .form import Draft, Form

STATUSES = ("Pending", "Accepted", "Closed", "Rejected")


def compose(draft: Draft) -> Obj:
    fields = draft.fields
    row = sales_form.compose(draft)
    for name in ("ExpirationDate", "AcceptedBy", "AcceptedDate", "DueDate"):
        if fields.get(name):
            row[name] = fields[name]
    row["_status"] = _status(draft)
    return row


def _status(draft: Draft) -> str:
    """What a person set; an invoice made from the estimate closes it whatever this says."""
    sent = draft.sent.get("TxnStatus")
    if sent is not None and sent not in STATUSES:
        raise bad_enumeration("TxnStatus", sent)
    return str(sent or draft.fields.get("_status") or "Pending")


ENTITY = entity_of(
    Form(
        name="Estimate",
        path="estimate",
        compose=compose,
        posts=False,
        sendable=True,
        printable=True,
        required=("CustomerRef", "Line"),
        read_only=(sales_form.READ_ONLY - {"TxnStatus"}) | {"LinkedTxn"},
        lengths={**sales_form.SALES_LENGTHS, **address_lengths("BillAddr", "ShipAddr")},
        filterable=frozenset(
            ("DocNumber", "CustomerRef", "TxnDate", "DueDate", "TxnStatus", "TotalAmt", "ExpirationDate")
        ),
        indexed=("CustomerRef",),
    )
)
