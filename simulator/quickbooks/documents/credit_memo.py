"""CreditMemo: a credit for the customer, applied to invoices by a payment of nought."""

from __future__ import annotations

from .. import chart, stock
from ..company import Company, Obj
from ..entities.people import address_lengths
from ..money import ZERO, number
from . import sales_form
from .entry import entity_of
from .form import Draft, Form
from .holding import keep_party
from .legs import Leg


def compose(draft: Draft) -> Obj:
    keep_party(draft, "CustomerRef")
    row = {"RemainingCredit": ZERO, **sales_form.compose(draft), "Balance": ZERO}
    if draft.company.multicurrency:
        row["HomeBalance"] = ZERO
    row["_costs"] = stock.costs(draft.company, row, draft.stored)
    return row


def receivable_leg(company: Company, row: Obj) -> Leg:
    account = chart.receivable(company, row["CurrencyRef"]["value"])
    return Leg(account, -number(row["TotalAmt"]), ("Customer", row["CustomerRef"]["value"]))


ENTITY = entity_of(
    Form(
        name="CreditMemo",
        path="creditmemo",
        compose=compose,
        postings=sales_form.postings(receivable_leg, -1),
        stock_sign=1,
        sendable=True,
        printable=True,
        required=("CustomerRef", "Line"),
        read_only=sales_form.READ_ONLY | {"LinkedTxn"},
        lengths={**sales_form.SALES_LENGTHS, **address_lengths("BillAddr", "ShipAddr")},
        filterable=frozenset(("DocNumber", "CustomerRef", "TxnDate", "Balance", "TotalAmt")),
        indexed=("CustomerRef",),
    )
)
