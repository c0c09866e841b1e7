"""The first page of a company: what it is owed, what it owes, what it has, and what happened last."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from simulator.quickbooks import chart, closing, exchange, ledger
from simulator.quickbooks.company import Company, Obj
from simulator.quickbooks.edition import EDITIONS

from ..shapes import Cell, Fact, MenuEntry, MenuGroup, Overview, Table
from . import cells
from .kinds import KINDS
from .tables import in_order, table_of

FEW = 6
# What its plan leaves out is not in a company's menu.
NOT_IN_PLAN = {"bills": ("Bill", "BillPayment", "VendorCredit"), "tracking": ("Class", "Department"),
               "inventory": ("PurchaseOrder",), "time": ("TimeActivity",)}  # fmt: skip


def menu(company: Company) -> list[MenuGroup]:
    missing = set(_left_out(company))
    groups = [MenuGroup("", (MenuEntry("Overview", ""),))]
    names = dict.fromkeys(kind.group for kind in KINDS.values())
    for group in names:
        entries = [
            MenuEntry(kind.many, kind.name, len(company.table(kind.name)))
            for kind in KINDS.values()
            if kind.group == group and kind.name not in missing
        ]
        groups.append(MenuGroup(group, [*entries, *_extra(group)]))
    return groups


def _extra(group: str) -> tuple[MenuEntry, ...]:
    return (MenuEntry("Trial balance", "trial-balance"),) if group == "Money" else ()


def _left_out(company: Company) -> Iterable[str]:
    edition = EDITIONS[company.edition]
    for switch, names in NOT_IN_PLAN.items():
        if not getattr(edition, switch):
            yield from names
    if not company.multicurrency:
        yield "CompanyCurrency"


def overview(company: Company) -> Overview:
    invoices = company.table("Invoice").all()
    today = company.today()
    overdue = [row for row in invoices if row["Balance"] and row.get("DueDate", "") < today]
    figures = [
        Fact("Customers owe us", Cell(_home(company, invoices), under=f"{_open(invoices)} open invoices")),
        Fact("Of that overdue", Cell(_home(company, overdue), under=f"{len(overdue)} invoices")),
        Fact("In the bank", Cell(cells.amount(_of_type(company, "Bank")), under="all bank accounts")),
        Fact("To be deposited", Cell(cells.amount(_undeposited(company)), under="Undeposited Funds")),
    ]
    if EDITIONS[company.edition].bills:
        bills = company.table("Bill").all()
        figures.insert(2, Fact("We owe vendors", Cell(_home(company, bills), under=f"{_open(bills)} open bills")))
    return Overview(figures, _facts(company), _newest(company))


def _open(rows: list[Obj]) -> int:
    return sum(1 for row in rows if row["Balance"])


def _home(company: Company, rows: list[Obj]) -> str:
    owed = sum((row["Balance"] * exchange.rate_of(row) for row in rows), Decimal(0))
    return cells.amount(owed)


def _of_type(company: Company, kind: str) -> Decimal:
    rows = company.table("Account").by("AccountType", kind)
    return sum((ledger.account_total(company, row["Id"]) for row in rows), Decimal(0))


def _undeposited(company: Company) -> Decimal:
    for row in company.table("Account").by("AccountSubType", "UndepositedFunds"):
        if row["Id"] == chart.undeposited_funds(company):
            return ledger.account_total(company, row["Id"])
    return Decimal(0)


def _facts(company: Company) -> list[Fact]:
    info = company.table("CompanyInfo").get("1") or {}
    forms = (company.table("Preferences").get("1") or {}).get("SalesFormsPrefs") or {}
    given = "Given by whoever writes them" if forms.get("CustomTxnNumbers") else "Counted by QuickBooks"
    closed = closing.closed_on(company)
    status_tone = "good" if company.subscription in ("SUBSCRIBED", "PAID", "TRIAL", "TRIALOPTIN") else "bad"
    return cells.facts(
        ("Legal name", cells.text(info, "LegalName")),
        ("Address", cells.address(info, "CompanyAddr")),
        ("Country", Cell(company.country)),
        ("Home currency", Cell(company.home_currency + (", several currencies" if company.multicurrency else ""))),
        ("Plan", Cell(EDITIONS[company.edition].sku)),
        ("Subscription", Cell(company.subscription.capitalize(), tone=status_tone)),
        ("Books", Cell(f"Closed up to {closed}", tone="warn") if closed else Cell("Open", tone="good")),
        ("Invoice numbers", Cell(given)),
        ("Company ID", Cell(company.realm)),
        ("Today in these books", Cell(company.today())),
    )  # fmt: skip


def _newest(company: Company) -> list[Table]:
    shown = []
    for name, title in (("Invoice", "Latest invoices"), ("Payment", "Latest payments")):
        rows = in_order(KINDS[name], company.table(name).all(), FEW)
        shown.append(table_of(company, KINDS[name], rows, title, f"No {KINDS[name].many.lower()} yet."))
    return shown
