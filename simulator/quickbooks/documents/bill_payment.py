"""BillPayment: money to a vendor, by check or card, for bills, with vendor credits drawn on."""

from __future__ import annotations

from collections.abc import Iterable

from .. import chart, exchange, numbers
from ..account_types import require_type
from ..company import Company, Obj
from ..exchange import currency_of
from ..faults import bad_enumeration, business
from ..ledger import Posting
from ..links import Link
from ..money import cents
from . import applying, expense_form
from .entry import entity_of
from .form import Draft, Form

# PayType to the part that names the account, its field and its type.
PAID_FROM = {
    "Check": ("CheckPayment", "BankAccountRef", frozenset(("Bank",))),
    "CreditCard": ("CreditCardPayment", "CCAccountRef", frozenset(("Credit Card",))),
}
ECHOED = ("DepartmentRef", "PrivateNote", "VendorAddr", "TransactionLocationType")


def compose(draft: Draft) -> Obj:
    company, fields = draft.company, draft.fields
    vendor = expense_form.vendor_of(draft)
    if fields.get("TotalAmt") is None:
        raise business("You must set a transaction amount", "TotalAmt")
    if fields["TotalAmt"] < 0:
        raise business("Transaction amount must be 0 or greater.", "TotalAmt")
    exchange.settle(company, fields, vendor)
    numbers.assign(company, draft.entity, fields, draft.stored, draft.params)
    row: Obj = {"VendorRef": fields["VendorRef"], "PayType": fields["PayType"], **_paid_from(draft)}
    row["TotalAmt"] = cents(fields["TotalAmt"])
    row |= {name: fields.get(name) for name in ("DocNumber", "TxnDate", "CurrencyRef", "ExchangeRate", *ECHOED)}
    row |= {key: value for key, value in fields.items() if key.startswith("_")}
    return {key: value for key, value in row.items() if value is not None} | {"Line": []}


def _paid_from(draft: Draft) -> Obj:
    kind = draft.fields["PayType"]
    if kind not in PAID_FROM:
        raise bad_enumeration("PayType", kind)
    part, field, types = PAID_FROM[kind]
    sent = draft.fields.get(part) or {}
    if not (sent.get(field) or {}).get("value"):
        if draft.fields["TotalAmt"]:
            raise business(f"You must say which account is paid from ({field}).", field)
        return {part: {"PrintStatus": "NotSet"} if kind == "Check" else {}}
    require_type(draft.company, sent, field, types)
    account = chart.account(draft.company, sent[field]["value"])
    code = currency_of(draft.company, account)
    if code not in (draft.company.home_currency, draft.fields["CurrencyRef"]["value"]):
        raise exchange.mismatch()
    made: Obj = {field: {"value": sent[field]["value"]}}
    if kind == "Check":
        made["PrintStatus"] = sent.get("PrintStatus") or "NotSet"
    return {part: made}


def account_of(row: Obj) -> str:
    """Nothing is paid when credits cover everything: then there need be no account."""
    part, field, _ = PAID_FROM[row["PayType"]]
    return str((row[part].get(field) or {}).get("value", ""))


def wanted(draft: Draft, row: Obj) -> Iterable[Link]:
    return applying.wanted(applying.PAYABLE, draft, row)


def postings(company: Company, row: Obj) -> Iterable[Posting]:
    if row.get("_voided"):
        return []
    return applying.postings(applying.PAYABLE, company, "BillPayment", row, account_of(row))


ENTITY = entity_of(
    Form(
        name="BillPayment",
        path="billpayment",
        compose=compose,
        postings=postings,
        wanted=wanted,
        voidable=True,
        required=("VendorRef", "PayType", "TotalAmt", "Line"),
        read_only=frozenset(("APAccountRef", "LinkedTxn", "CustomField", "TxnTaxDetail", "TxnStatus")),
        filterable=frozenset(("VendorRef", "DocNumber", "TxnDate", "TotalAmt")),
        indexed=("VendorRef",),
    )
)
