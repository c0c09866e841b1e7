"""A few months of trade of a smaller company: one table of what it sold and bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..edition import EDITIONS
from .clerk import Clerk
from .paper import Paper


@dataclass(frozen=True)
class Trade:
    """Days ago come first in every row. Invoices: customer and lines, named by their place from 1."""

    invoices: tuple[tuple[int, str, str], ...]
    payments: tuple[tuple[int, str, int, str], ...]  # customer, invoice number, amount (none: all of it)
    expenses: tuple[tuple[int, str, str, str], ...]  # vendor, account, amount
    bills: tuple[tuple[int, str, str, str], ...] = ()  # vendor, account, amount; the first one is paid
    more: tuple[tuple[int, str, str, str], ...] = ()  # entity (Estimate, CreditMemo, SalesReceipt ...), customer, lines
    bank: str = "Checking"
    capital: str = "20000"
    banks: Mapping[str, str] | None = None  # customer -> bank account its money comes to
    bought_under: str = ""
    numbers: str = ""  # prefix of invoice numbers, where the company gives them itself


def note_trade(clerk: Clerk, trade: Trade, tax_of: Mapping[str, str]) -> None:
    paper = Paper(clerk, tax_of, trade.bought_under)
    equity = ("Opening Balance Equity", f"-{trade.capital}")
    clerk.on(300, paper.journal, "Owner's capital", (trade.bank, trade.capital), equity)
    for number, (ago, customer, lines) in enumerate(trade.invoices, start=1):
        clerk.on(ago, _invoice, paper, trade, number, customer, lines)
    for ago, customer, number, amount in trade.payments:
        clerk.on(ago, _payment, clerk, paper, trade, customer, number, amount)
    for ago, vendor, account, amount in trade.expenses:
        clerk.on(ago, _expense, paper, trade, vendor, account, amount)
    for number, (ago, vendor, account, amount) in enumerate(trade.bills, start=1):
        clerk.on(ago, _bill, paper, number, vendor, account, amount)
    if trade.bills:
        ago, vendor, *_ = trade.bills[0]
        clerk.on(ago - 10, paper.bill_payment, vendor, ("b1",), trade.bank)
    for ago, entity, customer, lines in trade.more:
        clerk.on(ago, _other, clerk, paper, trade, entity, customer, lines)
    _note_time(clerk, paper)


def _invoice(paper: Paper, trade: Trade, number: int, customer: str, lines: str) -> None:
    doc_number = f"{trade.numbers}{1000 + number}" if trade.numbers else ""
    paper.sale("Invoice", customer, paper.sold(lines), f"i{number}", DocNumber=doc_number)


def _payment(clerk: Clerk, paper: Paper, trade: Trade, customer: str, number: int, amount: str) -> None:
    bank = (trade.banks or {}).get(customer, trade.bank)
    into: dict[str, Any] = {"DepositToAccountRef": clerk.ref("Account", bank)} if number % 2 else {}
    paper.payment(customer, ((f"i{number}", amount),), "Check", **into)


def _expense(paper: Paper, trade: Trade, vendor: str, account: str, amount: str) -> None:
    paper.purchase(trade.bank, vendor, [paper.spent(account, amount)])


def _bill(paper: Paper, number: int, vendor: str, account: str, amount: str) -> None:
    paper.bill("Bill", vendor, [paper.spent(account, amount)], f"b{number}", DocNumber=f"R-{7730 + number}")


def _other(clerk: Clerk, paper: Paper, trade: Trade, entity: str, customer: str, lines: str) -> None:
    into: dict[str, Any] = {}
    if entity in ("SalesReceipt", "RefundReceipt"):
        into["DepositToAccountRef"] = clerk.ref("Account", trade.bank)
    paper.sale(entity, customer, paper.sold(lines), **into)


def _note_time(clerk: Clerk, paper: Paper) -> None:
    """Everybody wrote down an hour and a half for the first customer, where the plan knows time."""
    if not EDITIONS[clerk.company.edition].time:
        return
    customer = clerk.company.table("Customer").all()[0]["FullyQualifiedName"]
    for place, employee in enumerate(clerk.company.table("Employee").all()):
        who = {"NameOf": "Employee", "EmployeeRef": {"value": employee["Id"]}}
        clerk.on(6 + place, paper.time, who, customer, "Hours", 1, 30)


def tax_by_item(goods: tuple[Any, ...]) -> dict[str, str]:
    return {good.name: good.tax for good in goods if good.tax}
