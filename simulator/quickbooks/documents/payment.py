"""Payment: money from a customer, applied to invoices or kept as credit."""

from __future__ import annotations

from collections.abc import Iterable

from .. import chart, exchange
from ..account_types import require_type
from ..company import Company, Obj
from ..exchange import currency_of
from ..faults import business, not_modelled
from ..ledger import Posting
from ..links import Link
from ..money import ZERO, cents
from . import applying, sales_form
from .entry import entity_of
from .form import Draft, Form

DEPOSIT_TYPES = frozenset(("Bank", "Other Current Asset"))
ECHOED = ("PrivateNote", "ProjectRef", "CreditCardPayment", "TransactionLocationType")


def compose(draft: Draft) -> Obj:
    company, fields = draft.company, draft.fields
    if fields.get("TotalAmt") is None:
        raise business("You must set a transaction amount", "TotalAmt")
    if fields["TotalAmt"] < 0:
        raise business("Transaction amount must be 0 or greater.", "TotalAmt")
    if fields.get("ProcessPayment"):
        raise not_modelled("charging a card (ProcessPayment)")
    exchange.settle(company, fields, sales_form.customer_of(draft))
    row: Obj = {"CustomerRef": fields["CustomerRef"], "DepositToAccountRef": deposit_account(draft)}
    for name in ("PaymentMethodRef", "PaymentRefNum"):
        row[name] = fields.get(name)
    row |= {"TotalAmt": cents(fields["TotalAmt"]), "UnappliedAmt": ZERO, "ProcessPayment": False}
    row |= {name: fields.get(name) for name in ("TxnDate", "CurrencyRef", "ExchangeRate", *ECHOED)}
    row |= {key: value for key, value in fields.items() if key.startswith("_")}
    return {key: value for key, value in row.items() if value is not None} | {"Line": []}


def deposit_account(draft: Draft) -> Obj:
    """Where the money goes: Undeposited Funds unless said; bank and current assets only (6430)."""
    company, fields = draft.company, draft.fields
    if not (fields.get("DepositToAccountRef") or {}).get("value"):
        return {"value": chart.undeposited_funds(company)}
    require_type(company, fields, "DepositToAccountRef", DEPOSIT_TYPES)
    check_currency(draft, fields["DepositToAccountRef"]["value"])
    return {"value": fields["DepositToAccountRef"]["value"]}


def check_currency(draft: Draft, account: str) -> None:
    """An account in a foreign currency takes that currency only."""
    company = draft.company
    code = currency_of(company, chart.account(company, account))
    if code not in (company.home_currency, draft.fields["CurrencyRef"]["value"]):
        raise exchange.mismatch()


def wanted(draft: Draft, row: Obj) -> Iterable[Link]:
    return applying.wanted(applying.RECEIVABLE, draft, row)


def postings(company: Company, row: Obj) -> Iterable[Posting]:
    if row.get("_voided"):
        return []
    account = row["DepositToAccountRef"]["value"]
    return applying.postings(applying.RECEIVABLE, company, "Payment", row, account)


ENTITY = entity_of(
    Form(
        name="Payment",
        path="payment",
        compose=compose,
        postings=postings,
        wanted=wanted,
        voidable=True,
        printable=True,
        required=("CustomerRef",),
        required_sparse=(),
        read_only=frozenset(
            ("UnappliedAmt", "DocNumber", "LinkedTxn", "ARAccountRef", "CustomField", "TxnTaxDetail", "TxnStatus")
        ),
        lengths={"PaymentRefNum": 21},
        filterable=frozenset(("CustomerRef", "TxnDate", "TotalAmt", "PaymentMethodRef", "PaymentRefNum")),
        indexed=("CustomerRef", "PaymentRefNum"),
    )
)
