"""Lists, search and trial balance as tables."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from simulator.quickbooks import ledger
from simulator.quickbooks.company import Company, Obj
from simulator.quickbooks.money import ZERO

from ..shapes import Asked, Cell, Column, Row, Table
from . import cells
from .kinds import KINDS, Kind, title_of

PER_PAGE = 50
MOST_FOUND = 60


def listing(company: Company, name: str, asked: Asked) -> Table | None:
    kind = KINDS.get(name)
    if kind is None:
        return None
    every = company.table(name).all()
    all_shown = asked.get("show") == "all"
    rows = every if all_shown else [row for row in every if row.get("Active") is not False]
    pages = max(1, -(-len(rows) // PER_PAGE))
    wanted = asked.get("page", "1")
    page = min(max(int(wanted) if wanted.isdecimal() else 1, 1), pages)
    shown = in_order(kind, rows, page * PER_PAGE)[(page - 1) * PER_PAGE :]
    table = table_of(company, kind, shown, kind.many)
    hidden = sum(1 for row in every if row.get("Active") is False)
    return Table(
        table.title,
        table.columns,
        table.rows,
        empty=f"No {kind.many.lower()} yet.",
        page=page,
        pages=pages,
        total=len(rows),
        hidden=hidden,
        all_shown=all_shown,
    )


def in_order(kind: Kind, rows: list[Obj], first: int | None = None) -> list[Obj]:
    """Newest first, or by name; only the first so many, where a hundred thousand need not be sorted."""
    wanted = len(rows) if first is None else first
    if kind.dated:
        return heapq.nlargest(wanted, rows, key=lambda row: (row["TxnDate"], int(row["Id"])))
    return heapq.nsmallest(wanted, rows, key=lambda row: title_of(kind.name, row).casefold())


def table_of(company: Company, kind: Kind, rows: Iterable[Obj], title: str, empty: str = "") -> Table:
    """Rows of one kind, with the status column left out where none of them has a status."""
    rows = list(rows)
    filled = [[column.cell(company, row) for column in kind.columns] for row in rows]
    kept = [
        at
        for at, column in enumerate(kind.columns)
        if column.title != "Status" or any(line[at].text for line in filled)
    ]
    return Table(
        title,
        [kind.columns[at].column for at in kept],
        [
            Row([line[at] for at in kept], faded=row.get("Active") is False or bool(row.get("_voided")))
            for line, row in zip(filled, rows, strict=True)
        ],
        empty=empty or "Nothing here yet.",
        total=len(rows),
    )


def search(company: Company, text: str) -> Table:
    """By id, number, name, e-mail, amount or note, over everything."""
    wanted = text.strip().casefold()
    found: list[tuple[Kind, Obj]] = []
    for kind in KINDS.values() if wanted else ():
        for row in company.table(kind.name).all():
            if _matches(row, kind, wanted):
                found.append((kind, row))
                if len(found) > MOST_FOUND:
                    break
    shown = found[:MOST_FOUND]
    note = f"The first {MOST_FOUND} of more. Add a letter or a figure." if len(found) > MOST_FOUND else ""
    columns = [Column("What"), Column("Name or number"), Column("Date"), Column("Whose"), Column("Amount", number=True)]
    rows = [Row(_found(company, kind, row), row.get("Active") is False) for kind, row in shown]
    empty = f"Nothing in these books goes by “{text}”." if wanted else "Type a name, number, id or amount."
    return Table(f"Search: {text}" if wanted else "Search", columns, rows, empty, note=note, total=len(shown))


def _matches(row: Obj, kind: Kind, wanted: str) -> bool:
    if row["Id"] == wanted or wanted in title_of(kind.name, row).casefold():
        return True
    mail = (row.get("PrimaryEmailAddr") or row.get("BillEmail") or {}).get("Address", "")
    if wanted in mail.casefold() or wanted in str(row.get("PrivateNote", "")).casefold():
        return True
    total = row.get("TotalAmt")
    return total is not None and wanted.replace(",", "") in (f"{total:.2f}", f"{total:f}")


def _found(company: Company, kind: Kind, row: Obj) -> list[Cell]:
    key = "Amount" if "Amount" in row else "TotalAmt" if "TotalAmt" in row else "Balance"
    whose = cells.first_reference(company, row, "CustomerRef", "VendorRef", "EntityRef", "EmployeeRef")
    return [
        Cell(kind.one),
        Cell(title_of(kind.name, row), to=f"{kind.name}/{row['Id']}"),
        cells.text(row, "TxnDate"),
        whose,
        cells.money(company, row, key) if key in row else Cell(cells.DASH),
    ]


def trial_balance(company: Company) -> Table:
    """Debits and credits of every account; their sums are equal, or the simulator is wrong."""
    balances = ledger.trial_balance(company)
    rows, debits, credits_ = [], ZERO, ZERO
    for account in in_order(KINDS["Account"], company.table("Account").all()):
        balance = balances.get(account["Id"])
        if not balance:
            continue
        debit, credit = (balance, ZERO) if balance > 0 else (ZERO, -balance)
        debits, credits_ = debits + debit, credits_ + credit
        rows.append(Row([
            Cell(cells.full_name(account), to=f"Account/{account['Id']}"),
            cells.text(account, "AccountType"),
            Cell(cells.amount(debit) if debit else ""),
            Cell(cells.amount(credit) if credit else ""),
        ]))  # fmt: skip
    columns = [Column("Account"), Column("Type"), Column("Debit", number=True), Column("Credit", number=True)]
    foot = [Cell("Total"), Cell(), Cell(cells.amount(debits)), Cell(cells.amount(credits_))]
    words = (
        "Debits and credits are equal."
        if debits == credits_
        else "Debits and credits differ: a defect of the simulator."
    )
    return Table(
        "Trial balance", columns, rows, foot=foot, note=f"In {company.home_currency}. {words}", total=len(rows)
    )
