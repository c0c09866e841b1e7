"""Transfer: money from one account of the balance sheet to another."""

from __future__ import annotations

from collections.abc import Iterable

from .. import chart, exchange
from ..account_types import wrong_type
from ..company import Company, Obj
from ..faults import business
from ..ledger import Posting
from ..money import cents
from .entry import entity_of
from .form import Draft, Form
from .legs import Leg, in_home

_KEPT_OUT = frozenset((chart.RECEIVABLE, chart.PAYABLE))


def compose(draft: Draft) -> Obj:
    company, fields = draft.company, draft.fields
    accounts = [chart.account(company, fields[name]["value"]) for name in ("FromAccountRef", "ToAccountRef")]
    for account in accounts:
        if chart.is_profit_and_loss(account) or account["AccountType"] in _KEPT_OUT:
            raise wrong_type(f"{account['Name']} is {account['AccountType']}")
    if accounts[0]["Id"] == accounts[1]["Id"]:
        raise business("Choose two different accounts for a transfer.", "ToAccountRef")
    if cents(fields["Amount"]) <= 0:
        raise business("The amount of a transfer must be more than 0.", "Amount")
    foreign = [each for each in accounts if exchange.currency_of(company, each) != company.home_currency]
    if foreign:
        fields.setdefault("CurrencyRef", {"value": exchange.currency_of(company, foreign[0])})
    exchange.settle(company, fields, *foreign)
    row: Obj = {name: {"value": fields[name]["value"]} for name in ("FromAccountRef", "ToAccountRef")}
    row["Amount"] = cents(fields["Amount"])
    for name in ("ClassRef", "DocNumber", "TxnDate", "CurrencyRef", "ExchangeRate", "DepartmentRef", "PrivateNote"):
        if fields.get(name) is not None:
            row[name] = fields[name]
    return row


def postings(company: Company, row: Obj) -> Iterable[Posting]:
    amount = row["Amount"]
    source, target = row["FromAccountRef"]["value"], row["ToAccountRef"]["value"]
    return in_home(Leg(target, amount), [Leg(source, -amount)], exchange.rate_of(row))


ENTITY = entity_of(
    Form(
        name="Transfer",
        path="transfer",
        compose=compose,
        postings=postings,
        required=("FromAccountRef", "ToAccountRef", "Amount"),
        read_only=frozenset(("Line", "LinkedTxn", "CustomField", "TxnTaxDetail", "TxnStatus")),
        filterable=frozenset(("TxnDate", "Amount")),
    )
)
