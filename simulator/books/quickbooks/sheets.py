"""Everything about one object: its facts, its lines, what it is linked to, what it posted."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from simulator.quickbooks import ledger, operations, wire
from simulator.quickbooks.company import Company, Fault, Obj
from simulator.quickbooks.tax_codes import is_us

from ..shapes import Cell, Column, Fact, Row, Sheet, Table
from . import cells
from .kinds import KINDS, Kind, hours, title_of
from .tables import in_order, table_of

RECENT = 40


def sheet(company: Company, name: str, row_id: str) -> Sheet | None:
    kind = KINDS.get(name)
    row = company.table(name).get(row_id) if kind else None
    if kind is None or row is None:
        return None
    pill = cells.status(company, name, row)
    return Sheet(
        kind=kind.one,
        title=title_of(name, row),
        up=(kind.many, name),
        pills=[pill] if pill.text else [],
        figures=_figures(company, name, row),
        facts=_facts(company, name, row),
        tables=[table for table in _tables(company, kind, row) if table.rows],
        raw=_raw(company, name, row_id),
    )


def _raw(company: Company, name: str, row_id: str) -> str:
    """A refusal (the plan leaves the entity out) is an answer too."""
    try:
        said = operations.read(company, name, row_id, {})
    except Fault as fault:
        said = {"Fault": fault.body()}
    answer = json.loads(wire.dumps(said), parse_float=str)
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _figures(company: Company, name: str, row: Obj) -> list[Fact]:
    if name == "Account":
        return [Fact("Balance", Cell(cells.amount(ledger.shown_balance(company, row))))]
    if name == "TimeActivity":
        return [Fact("Hours", Cell(hours(row)))]
    labels = {"TotalAmt": "Total", "Balance": {"Customer": "Owes", "Vendor": "We owe"}.get(name, "Balance"),
              "BalanceWithJobs": "With jobs", "UnappliedAmt": "Not applied", "Amount": "Amount", "UnitPrice": "Price",
              "QtyOnHand": "In stock"}  # fmt: skip
    shown = []
    for key, label in labels.items():
        if row.get(key) is not None:
            plain = key in ("UnitPrice", "QtyOnHand")
            value = cells.quantity(row[key]) if plain else cells.money(company, row, key).text
            shown.append(Fact(label, Cell(value)))
    return shown


def _facts(company: Company, name: str, row: Obj) -> list[Fact]:
    linked = ("CustomerRef", "VendorRef", "EntityRef", "EmployeeRef", "ParentRef", "ItemRef", "AccountRef",
              "DepositToAccountRef", "FromAccountRef", "ToAccountRef", "IncomeAccountRef", "ExpenseAccountRef",
              "AssetAccountRef", "SalesTermRef", "PaymentMethodRef", "DepartmentRef", "ClassRef")  # fmt: skip
    labels = {"DepositToAccountRef": "Paid into", "EntityRef": "Paid to", "SalesTermRef": "Terms",
              "DepartmentRef": "Location", "AccountRef": "Paid from", "ParentRef": "Under"}  # fmt: skip
    found = [(labels.get(key, _words(key[:-3])), _linked(company, name, row, key)) for key in linked]
    plain = ("TxnDate", "DueDate", "CompanyName", "AccountType", "AccountSubType", "Description", "BillableStatus",
             "HourlyRate", "PrivateNote", "PaymentRefNum", "Type", "Sku", "ContentType", "Note",
             "TxnStatus", "ExchangeRate", "GlobalTaxCalculation", "DueDays")  # fmt: skip
    found += [(_PLAIN_WORDS.get(key, _words(key)), cells.text(row, key)) for key in plain]
    found += [
        ("E-mail", cells.text(row, "PrimaryEmailAddr", "Address")),
        ("E-mail status", Cell({"EmailSent": "Sent", "NeedToSend": "To be sent"}.get(row.get("EmailStatus", ""), ""))),
        ("Sent to" if row.get("EmailStatus") == "EmailSent" else "Send to", cells.text(row, "BillEmail", "Address")),
        ("Phone", cells.text(row, "PrimaryPhone", "FreeFormNumber")),
        ("Message", cells.text(row, "CustomerMemo", "value")),
        ("Billing address", cells.address(row, "BillAddr")),
        ("Shipping address", cells.address(row, "ShipAddr")),
        ("Currency", cells.text(row, "CurrencyRef", "value") if company.multicurrency else Cell()),
        ("Id", Cell(row["Id"])),
        ("Version", Cell(f"SyncToken {row['SyncToken']}")),
        ("Last changed", Cell(row["MetaData"]["LastUpdatedTime"].replace("T", " "))),
    ]
    return cells.facts(*found)


_PLAIN_WORDS = {"TxnDate": "Date", "DueDate": "Due", "PrivateNote": "Note inside", "PaymentRefNum": "Reference",
                "AccountSubType": "Detail type", "TxnStatus": "State", "DueDays": "Days"}  # fmt: skip


def _words(key: str) -> str:
    """`IncomeAccount` as `Income account`."""
    split = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in key).strip()
    return split[:1].upper() + split[1:]


def _linked(company: Company, name: str, row: Obj, key: str) -> Cell:
    if key != "ParentRef" or not row.get(key):
        return cells.reference(company, row, key)
    above = company.table(name).get(row[key]["value"])
    return Cell(cells.full_name(above), to=f"{name}/{above['Id']}") if above else Cell()


def _tables(company: Company, kind: Kind, row: Obj) -> list[Table]:
    tables = []
    if row.get("Line"):
        tables.append(_lines(company, row))
    tables.append(_links(company, row))
    if kind.name == "Customer":
        tables += _of_customer(company, row)
    elif kind.name == "Vendor":
        tables += _of_vendor(company, row)
    elif kind.name == "Account":
        tables.append(_entries(company, row))
    elif kind.name == "TaxCode":
        tables.append(_rates(company, row))
    if kind.dated and kind.name != "TimeActivity":
        tables.append(_postings(company, kind.name, row))
    return tables


# -- lines and links ------------------------------------------------------------------------------------------------


def _lines(company: Company, row: Obj) -> Table:
    columns = [Column("What"), Column("Description"), Column("Quantity", number=True), Column("Price", number=True),
               Column("Tax"), Column("Amount", number=True)]  # fmt: skip
    rows = [Row(_line(company, line)) for line in row["Line"] if line.get("DetailType") != "SubTotalLineDetail"]
    rows += _tax_rows(company, row)
    used = [at for at in range(len(columns)) if any(line.cells[at].text for line in rows)]
    return Table(
        "Lines",
        [columns[at] for at in used],
        [Row([line.cells[at] for at in used], faded=line.faded) for line in rows],
    )


def _line(company: Company, line: Obj) -> list[Cell]:
    detail: Obj = line.get(line.get("DetailType", "")) or {}
    what = Cell()
    for key in ("ItemRef", "AccountRef"):
        if detail.get(key):
            what = cells.reference(company, detail, key)
    if line.get("LinkedTxn"):
        what = _link_cell(company, line["LinkedTxn"][0])
    if line.get("DetailType") == "DiscountLineDetail":
        percent = detail.get("DiscountPercent")
        what = Cell(f"Discount {cells.quantity(percent)}%" if percent else "Discount")
    amount = cells.amount(line["Amount"]) if line.get("Amount") is not None else ""
    if detail.get("PostingType") == "Credit":
        amount = cells.amount(-line["Amount"])
    price = cells.quantity(detail["UnitPrice"]) if detail.get("UnitPrice") is not None else ""
    return [what, Cell(str(line.get("Description") or "")), Cell(cells.quantity(detail.get("Qty"))) if detail.get("Qty")
            is not None else Cell(), Cell(price), _tax_word(company, detail), Cell(amount)]  # fmt: skip


def _tax_word(company: Company, detail: Obj) -> Cell:
    code = (detail.get("TaxCodeRef") or {}).get("value")
    if not code:
        return Cell()
    if is_us(company):
        return Cell("Taxable" if code == "TAX" else "Not taxed")
    row = company.table("TaxCode").get(code)
    return Cell(str(row["Name"]) if row else code)


def _tax_rows(company: Company, row: Obj) -> list[Row]:
    shown = []
    for line in (row.get("TxnTaxDetail") or {}).get("TaxLine") or ():
        detail = line["TaxLineDetail"]
        rate = company.table("TaxRate").get(detail["TaxRateRef"]["value"])
        name = rate["Name"] if rate else "Tax"
        percent = f"{cells.quantity(detail.get('TaxPercent'))}% of {cells.amount(detail.get('NetAmountTaxable'))}"
        shown.append(
            Row([Cell(f"Tax: {name}"), Cell(percent), Cell(), Cell(), Cell(), Cell(cells.amount(line["Amount"]))])
        )
    return shown


def _links(company: Company, row: Obj) -> Table:
    linked = row.get("LinkedTxn") or ()
    rows = [Row(_link(company, each)) for each in linked]
    return Table("Belongs to", [Column("What"), Column("Number"), Column("Date"), Column("Total", number=True)], rows)


def _link(company: Company, link: Obj) -> list[Cell]:
    name, row = _linked_row(company, link)
    if row is None:
        return [Cell(name), Cell(link["TxnId"]), Cell(), Cell()]
    total = cells.money(company, row, "TotalAmt") if "TotalAmt" in row else Cell()
    number = Cell(title_of(name, row), to=f"{name}/{row['Id']}")
    return [Cell(KINDS[name].one), number, cells.text(row, "TxnDate"), total]


def _link_cell(company: Company, link: Obj) -> Cell:
    name, row = _linked_row(company, link)
    if row is None:
        return Cell(f"{name} {link['TxnId']}")
    title = title_of(name, row)
    said = title if title.startswith(KINDS[name].one) else f"{KINDS[name].one} {title}"
    return Cell(said, to=f"{name}/{row['Id']}")


def _linked_row(company: Company, link: Obj) -> tuple[str, Obj | None]:
    """Bill payments are called after how they were paid."""
    name = "BillPayment" if link["TxnType"].startswith("BillPayment") else link["TxnType"]
    return name, company.table(name).get(link["TxnId"]) if name in KINDS else None


# -- what hangs on a name or an account -------------------------------------------------------------------------------


def _recent(company: Company, name: str, rows: list[Obj], title: str) -> Table:
    return table_of(company, KINDS[name], in_order(KINDS[name], rows, RECENT), title)


def _of_customer(company: Company, row: Obj) -> list[Table]:
    own = row["Id"]
    jobs = _recent(company, "Customer", company.table("Customer").by("ParentRef", own), "Jobs and sub-customers")
    names = ("Invoice", "Payment", "Estimate", "CreditMemo", "SalesReceipt", "RefundReceipt", "TimeActivity")
    return [
        jobs,
        *(_recent(company, name, company.table(name).by("CustomerRef", own), KINDS[name].many) for name in names),
    ]


def _of_vendor(company: Company, row: Obj) -> list[Table]:
    tables = []
    for name in ("Bill", "BillPayment", "PurchaseOrder", "VendorCredit"):
        rows = [each for each in company.table(name).all() if _value(each, "VendorRef") == row["Id"]]
        tables.append(_recent(company, name, rows, KINDS[name].many))
    spent = [each for each in company.table("Purchase").all() if _is_for(each, row["Id"])]
    return [*tables, _recent(company, "Purchase", spent, "Expenses")]


def _value(row: Obj, key: str) -> Any:
    return (row.get(key) or {}).get("value")


def _is_for(purchase: Obj, vendor: str) -> bool:
    ref = purchase.get("EntityRef") or {}
    return bool(ref.get("value") == vendor and ref.get("type") == "Vendor")


def _entries(company: Company, row: Obj) -> Table:
    found = ledger.entries_of_account(company, row["Id"])
    rows = []
    for date, name, row_id, amount in reversed(found[-200:]):
        document = company.table(name).get(row_id) or {}
        title = title_of(name, document) if document else row_id
        kind = KINDS[name].one if name in KINDS else name
        to = f"{name}/{row_id}" if document and name in KINDS else ""
        rows.append(Row([Cell(date), Cell(kind), Cell(title, to=to), Cell(cells.amount(amount))]))
    columns = [Column("Date"), Column("What"), Column("Number"), Column("Debit is plus", number=True)]
    return Table("Entries", columns, rows, note="The newest 200." if len(found) > 200 else "")


def _rates(company: Company, row: Obj) -> Table:
    rows = []
    for side, words in (("SalesTaxRateList", "Sales"), ("PurchaseTaxRateList", "Purchases")):
        for each in (row.get(side) or {}).get("TaxRateDetail") or ():
            rate = company.table("TaxRate").get(each["TaxRateRef"]["value"])
            if rate:
                rows.append(Row([Cell(words), Cell(rate["Name"]), Cell(cells.quantity(rate["RateValue"]) + "%")]))
    return Table("Rates", [Column("On"), Column("Rate"), Column("Percent", number=True)], rows)


def _postings(company: Company, name: str, row: Obj) -> Table:
    """The double entry underneath."""
    entry = company.table("_entry").get(f"{name}/{row['Id']}")
    rows = []
    sums: dict[str, Decimal] = {}
    for account_id, amount, *_ in entry["legs"] if entry else ():
        sums[account_id] = sums.get(account_id, Decimal(0)) + amount
    for account_id, amount in sums.items():
        account = company.table("Account").get(account_id)
        label = Cell(cells.full_name(account), to=f"Account/{account_id}") if account else Cell(account_id)
        debit, credit = (cells.amount(amount), "") if amount > 0 else ("", cells.amount(-amount))
        rows.append(Row([label, Cell(debit), Cell(credit)]))
    columns = [Column("Account"), Column("Debit", number=True), Column("Credit", number=True)]
    return Table("Postings", columns, rows, note=f"In {company.home_currency}." if rows else "")
