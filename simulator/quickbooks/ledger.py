"""Double entry underneath: every document posts, debits equal credits, balances follow.

Postings live in hidden tables of the company (`_entry`, `_account_total`, `_name_total`), so a refused write
takes them back and a saved state carries them. Amounts are in the home currency, debit positive; `foreign`
is the same in the document's own currency and is what a customer or vendor owes or is owed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .company import Company, Obj
from .money import ZERO, cents
from .table import declare_table

Name = tuple[str, str]  # ("Customer", "12")
CREDIT_CARD = "Credit Card"
PROFIT_AND_LOSS = frozenset(("Income", "Cost of Goods Sold", "Expense", "Other Income", "Other Expense"))


class UnbalancedError(Exception):
    """Debits differ from credits: a defect of the simulator, never of a request."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One leg. `name` is set on receivable and payable legs only: they make what that name owes."""

    account: str
    amount: Decimal
    foreign: Decimal
    name: Name | None = None


def _accounts_of(row: Obj) -> tuple[str, ...]:
    return tuple(account for account, *_ in row["legs"])


def _names_of(row: Obj) -> tuple[str, ...]:
    return tuple("/".join(name) for *_, name in row["legs"] if name)


declare_table("_entry", {"account": _accounts_of, "name": _names_of})


def post(company: Company, entity: str, row_id: str, date: str, postings: Iterable[Posting]) -> set[Name]:
    """Replace what this document had posted. Answers the names whose balance moved."""
    legs = [leg for leg in postings if leg.amount or leg.foreign]
    if sum((leg.amount for leg in legs), ZERO):
        raise UnbalancedError(f"{entity} {row_id}: {legs}")
    table = company.table("_entry")
    key = f"{entity}/{row_id}"
    before = table.get(key)
    fresh = [(leg.account, leg.amount, leg.foreign, leg.name) for leg in legs]
    if before and before["legs"] == fresh and before["date"] == date:
        return set()
    if legs:
        table.put({"Id": key, "entity": entity, "id": row_id, "date": date, "legs": fresh})
    elif before:
        table.remove(key)
    return _move(company, before["legs"] if before else [], fresh)


def unpost(company: Company, entity: str, row_id: str) -> set[Name]:
    return post(company, entity, row_id, "", ())


def _move(company: Company, old: list[tuple], new: list[tuple]) -> set[Name]:  # type: ignore[type-arg]  # rows of several shapes
    accounts: dict[str, Decimal] = {}
    names: dict[Name, Decimal] = {}
    for legs, sign in ((old, -1), (new, 1)):
        for account, amount, foreign, name in legs:
            accounts[account] = accounts.get(account, ZERO) + sign * amount
            if name:
                names[name] = names.get(name, ZERO) + sign * foreign
    for account, change in accounts.items():
        _add(company, "_account_total", account, change)
    for name, change in names.items():
        _add(company, "_name_total", "/".join(name), change)
    return {name for name, change in names.items() if change}


def _add(company: Company, table: str, key: str, change: Decimal) -> None:
    if change:
        row = company.table(table).get(key)
        company.table(table).put({"Id": key, "amount": (row["amount"] if row else ZERO) + change})


def account_total(company: Company, account: str) -> Decimal:
    """Debit positive, home currency."""
    row = company.table("_account_total").get(account)
    return cents(row["amount"]) if row else ZERO


def name_total(company: Company, name: Name) -> Decimal:
    """What a customer owes us (positive), or what we owe a vendor (negative), in that name's currency."""
    row = company.table("_name_total").get("/".join(name))
    return cents(row["amount"]) if row else ZERO


def trial_balance(company: Company) -> dict[str, Decimal]:
    """Account id to balance, debit positive; noughts left out. The sum is always zero."""
    rows = company.table("_account_total").all()
    return {row["Id"]: cents(row["amount"]) for row in rows if cents(row["amount"])}


def entries_of_account(company: Company, account: str) -> list[tuple[str, str, str, Decimal]]:
    """(date, entity, id, amount) of every document that posts to the account, oldest first."""
    found = []
    for entry in company.table("_entry").by("account", account):
        amount = sum((leg[1] for leg in entry["legs"] if leg[0] == account), ZERO)
        found.append((entry["date"], entry["entity"], entry["id"], cents(amount)))
    return sorted(found, key=lambda each: (each[0], int(each[2])))


def shown_balance(company: Company, account: Obj) -> Decimal:
    """`CurrentBalance` as the API gives it: nought for income and expense, a card's debt as positive."""
    if account.get("AccountType") in PROFIT_AND_LOSS:
        return ZERO
    amount = account_total(company, account["Id"])
    return cents(-amount) if account.get("AccountType") == CREDIT_CARD else amount


def shown_balance_with_subs(company: Company, account: Obj) -> Decimal:
    amount = shown_balance(company, account)
    for child in company.table("Account").by("ParentRef", account["Id"]):
        amount += shown_balance_with_subs(company, child)
    return cents(amount)


def move_name(company: Company, losing_id: str, winning_id: str, kind: str = "Customer") -> None:
    """After a merge the winner owes what the loser owed."""
    losing, winning = (kind, losing_id), (kind, winning_id)
    for entry in company.table("_entry").by("name", "/".join(losing)):
        legs = [(a, n, f, winning if name == losing else name) for a, n, f, name in entry["legs"]]
        company.table("_entry").put({**entry, "legs": legs})
    owed = name_total(company, losing)
    _add(company, "_name_total", "/".join(losing), -owed)
    _add(company, "_name_total", "/".join(winning), owed)
    follow(company, {winning})


def follow(company: Company, names: Iterable[Name]) -> None:
    """Write the balance of names that moved; their time moves too, as does that of customers above them."""
    for kind, row_id in sorted(names):
        if kind == "Vendor":
            company.refresh("Vendor", row_id, Balance=cents(-name_total(company, (kind, row_id))))
        elif kind == "Customer":
            _follow_customer(company, row_id)


def _follow_customer(company: Company, row_id: str) -> None:
    own = name_total(company, ("Customer", row_id))
    company.refresh("Customer", row_id, Balance=own, BalanceWithJobs=_with_jobs(company, row_id))
    above = company.table("Customer").get(row_id)
    while above and above.get("ParentRef"):
        parent_id = above["ParentRef"]["value"]
        company.refresh("Customer", parent_id, BalanceWithJobs=_with_jobs(company, parent_id))
        above = company.table("Customer").get(parent_id)


def _with_jobs(company: Company, row_id: str) -> Decimal:
    owed = name_total(company, ("Customer", row_id))
    for job in company.table("Customer").by("ParentRef", row_id):
        owed += _with_jobs(company, job["Id"])
    return cents(owed)
