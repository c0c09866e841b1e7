"""SalesReceipt: a sale paid on the spot."""

from __future__ import annotations

from .. import stock
from ..company import Company, Obj
from ..entities.people import address_lengths
from ..money import ZERO, number
from . import sales_form
from .entry import entity_of
from .form import Draft, Form
from .legs import Leg
from .payment import deposit_account


def compose(draft: Draft) -> Obj:
    row = {**sales_form.compose(draft), "Balance": ZERO, "DepositToAccountRef": deposit_account(draft)}
    if draft.company.multicurrency:
        row["HomeBalance"] = ZERO
    row["_costs"] = stock.costs(draft.company, row, draft.stored)
    return row


def bank_leg(company: Company, row: Obj) -> Leg:
    return Leg(row["DepositToAccountRef"]["value"], number(row["TotalAmt"]))


ENTITY = entity_of(
    Form(
        name="SalesReceipt",
        path="salesreceipt",
        compose=compose,
        postings=sales_form.postings(bank_leg, 1),
        stock_sign=-1,
        voidable=True,
        sendable=True,
        printable=True,
        required=("Line",),
        read_only=sales_form.READ_ONLY | {"LinkedTxn"},
        lengths={**sales_form.SALES_LENGTHS, **address_lengths("BillAddr", "ShipAddr")},
        filterable=frozenset(("DocNumber", "CustomerRef", "TxnDate", "Balance", "TotalAmt", "PaymentRefNum")),
        indexed=("CustomerRef",),
    )
)
