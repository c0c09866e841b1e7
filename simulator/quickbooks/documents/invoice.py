"""Invoice."""

from __future__ import annotations

from collections.abc import Iterable

from .. import chart, links, stock
from ..company import Company, Obj
from ..entities.people import address_lengths
from ..exchange import rate_of
from ..faults import business, missing
from ..ledger import Posting
from ..links import Link
from ..money import ZERO, cents, number
from ..preferences_lookup import preference
from . import due, sales_form
from .entry import entity_of
from .form import Draft, Form
from .holding import keep_party
from .legs import Leg, in_home
from .refusals import unknown_transaction

ONLINE = ("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")
LINKABLE = ("Estimate", "TimeActivity")


def compose(draft: Draft) -> Obj:
    fields = draft.fields
    keep_party(draft, "CustomerRef")
    row = sales_form.compose(draft)
    due.settle(draft, sales_form.customer_of(draft), "DefaultTerms")
    row["DueDate"] = fields["DueDate"]
    flags = {name: bool(fields.get(name)) for name in ONLINE}
    row = {**flags, **row, "LinkedTxn": [], "Balance": ZERO}
    _settle_deposit(draft, row)
    if draft.company.multicurrency:
        row["HomeBalance"] = ZERO
    row["_costs"] = stock.costs(draft.company, row, draft.stored)
    return row


def _settle_deposit(draft: Draft, row: Obj) -> None:
    """A prepayment on the invoice itself."""
    amount = cents(draft.fields.get("Deposit") or 0)
    if not amount:
        return
    if not preference(draft.company, "SalesFormsPrefs", "AllowDeposit"):
        raise business("Deposits on invoices are not turned on in this company.", "Deposit")
    if amount < 0 or amount > row["TotalAmt"]:
        raise business("The deposit is more than the total of the invoice.", "Deposit")
    row["Deposit"] = amount
    account = (draft.fields.get("DepositToAccountRef") or {}).get("value")
    row["DepositToAccountRef"] = {"value": account or chart.undeposited_funds(draft.company)}


def wanted(draft: Draft, row: Obj) -> Iterable[Link]:
    """Links to estimates and time can be written; those to payments are read only and ignored here."""
    asked = [*(draft.fields.get("LinkedTxn") or ())]
    for line in draft.fields.get("Line") or ():
        asked += line.get("LinkedTxn") or ()
    asked = [each for each in asked if each.get("TxnType") in LINKABLE]
    if not all(each.get("TxnId") for each in asked):
        raise missing("TxnId")
    targets = [(str(each["TxnType"]), str(each["TxnId"])) for each in asked]
    for entity, row_id in dict.fromkeys(targets):
        _check_target(draft, row, entity, row_id)
        yield Link(links.key_of(entity, row_id))


def _check_target(draft: Draft, row: Obj, entity: str, row_id: str) -> None:
    target = draft.company.table(entity).get(row_id)
    if target is None:
        raise unknown_transaction(row_id)
    holders = {each["source"] for each in links.to_target(draft.company, links.key_of(entity, row_id))}
    if holders - {links.key_of(draft.entity, draft.row_id)}:
        raise links.cannot_link(f"{entity} {row_id} is on another invoice already.")
    if target.get("CustomerRef", {}).get("value") != row["CustomerRef"]["value"]:
        raise links.cannot_link(f"{entity} {row_id} belongs to another customer.")
    if entity == "TimeActivity" and target.get("BillableStatus") == "NotBillable":
        raise links.cannot_link(f"TimeActivity {row_id} is not billable.")


def receivable_leg(company: Company, row: Obj) -> Leg:
    account = chart.receivable(company, row["CurrencyRef"]["value"])
    return Leg(account, number(row["TotalAmt"]), ("Customer", row["CustomerRef"]["value"]))


_sale = sales_form.postings(receivable_leg, 1)


def postings(company: Company, row: Obj) -> Iterable[Posting]:
    yield from _sale(company, row)
    deposit = number(row.get("Deposit") or 0)
    if deposit:
        leg = receivable_leg(company, row)
        banked = Leg(row["DepositToAccountRef"]["value"], deposit)
        yield from in_home(banked, [Leg(leg.account, -deposit, leg.name)], rate_of(row))


ENTITY = entity_of(
    Form(
        name="Invoice",
        path="invoice",
        compose=compose,
        postings=postings,
        wanted=wanted,
        stock_sign=-1,
        voidable=True,
        sendable=True,
        printable=True,
        required=("CustomerRef", "Line"),
        read_only=sales_form.READ_ONLY,
        lengths={**sales_form.SALES_LENGTHS, **address_lengths("BillAddr", "ShipAddr")},
        filterable=frozenset(
            ("DocNumber", "CustomerRef", "TxnDate", "DueDate", "Balance", "SalesTermRef", "ProjectRef", "TotalAmt")
        ),
        indexed=("CustomerRef",),
        settings={"unnamed": frozenset(("SalesTermRef",))},
    )
)
