"""Which document is applied to which: one row per link, and what a document shows of its links.

A link leads from the document that says it (a payment, a deposit, an invoice made from an estimate) to the one it
touches. Balances, `LinkedTxn` and statuses are derived from these rows and from nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal

from .company import Company, Obj
from .faults import Fault
from .money import ZERO, cents
from .table import declare_table

TABLE = "_link"
declare_table(TABLE, {"source": lambda row: row["source"], "target": lambda row: row["target"]})

# What `TxnType` says, and the entity it stands for.
ENTITY_OF = {
    "Invoice": "Invoice",
    "CreditMemo": "CreditMemo",
    "JournalEntry": "JournalEntry",
    "Bill": "Bill",
    "VendorCredit": "VendorCredit",
    "Payment": "Payment",
    "SalesReceipt": "SalesReceipt",
    "RefundReceipt": "RefundReceipt",
    "Estimate": "Estimate",
    "TimeActivity": "TimeActivity",
    "PurchaseOrder": "PurchaseOrder",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A wish to link. `amount` is in the document's currency, nought where nothing is paid by it.

    `credit` says that the source draws on the target instead of paying it; `name` whose account it is.
    """

    target: str
    amount: Decimal = ZERO
    credit: bool = False
    name: str = ""


def key_of(entity: str, row_id: str) -> str:
    return f"{entity}/{row_id}"


def split(key: str) -> tuple[str, str]:
    entity, _, row_id = key.partition("/")
    return entity, row_id


def row_of(company: Company, key: str) -> Obj | None:
    entity, row_id = split(key)
    return company.table(entity).get(row_id)


def cannot_link(detail: str) -> Fault:
    return Fault("620", "Transaction cannot be linked", f"Transaction cannot be linked : {detail}")


def from_source(company: Company, key: str) -> list[Obj]:
    return _in_order(company.table(TABLE).by("source", key))


def to_target(company: Company, key: str) -> list[Obj]:
    return _in_order(company.table(TABLE).by("target", key))


def _in_order(rows: list[Obj]) -> list[Obj]:
    return sorted(rows, key=lambda row: int(row["Id"]))


def applied(company: Company, key: str, without: str | None = None, name: str | None = None) -> Decimal:
    """What payments have taken off a document: one of them left out, or one name's account only, if asked."""
    rows = company.table(TABLE).by("target", key)
    counted = (row for row in rows if row["source"] != without and name in (None, row["name"]))
    return cents(sum((row["amount"] for row in counted), ZERO))


def rewrite(company: Company, source: str, wanted: Iterable[Link]) -> set[str]:
    """Make these the links of the source. Answers the targets before and after. Equal links keep their age."""
    links = list(wanted)
    held = from_source(company, source)
    touched = {row["target"] for row in held} | {link.target for link in links}
    if [_link(row) for row in held] == links:
        return touched
    for row in held:
        company.table(TABLE).remove(row["Id"])
    for link in links:
        company.table(TABLE).put({"Id": company.next_id(TABLE), "source": source, **asdict(link)})
    return touched


def _link(row: Obj) -> Link:
    return Link(row["target"], row["amount"], row["credit"], row["name"])


def release(company: Company, target: str) -> set[str]:
    """Let go of everything that is applied to a document. Answers the sources."""
    rows = to_target(company, target)
    for row in rows:
        company.table(TABLE).remove(row["Id"])
    return {row["source"] for row in rows}


def fit(company: Company, target: str, capacity: Decimal) -> set[str]:
    """A document that shrank below what is applied to it gives back the newest applications first."""
    excess = applied(company, target) - capacity
    touched = set()
    for row in reversed(to_target(company, target)):
        if excess <= 0:
            break
        taken = min(excess, row["amount"])
        excess -= taken
        touched.add(row["source"])
        _shrink(company, row, taken)
    return touched


def relax(company: Company, source: str) -> set[str]:
    """When less is paid than the credits drawn on, the newest draws are given back. Answers whose they were."""
    rows = from_source(company, source)
    signed = (row["amount"] if row["credit"] else -row["amount"] for row in rows)
    excess = cents(sum(signed, ZERO))
    touched = set()
    for row in reversed([row for row in rows if row["credit"]]):
        if excess <= 0:
            break
        taken = min(excess, row["amount"])
        excess -= taken
        touched.add(row["target"])
        _shrink(company, row, taken)
    return touched


def _shrink(company: Company, row: Obj, taken: Decimal) -> None:
    if taken == row["amount"]:
        company.table(TABLE).remove(row["Id"])
    else:
        company.table(TABLE).put({**row, "amount": cents(row["amount"] - taken)})


def shown(company: Company, key: str) -> Obj:
    """One entry of a `LinkedTxn`."""
    entity, row_id = split(key)
    return {"TxnId": row_id, "TxnType": word(company, entity, row_id)}


def word(company: Company, entity: str, row_id: str) -> str:
    if entity == "BillPayment":
        row = company.table("BillPayment").get(row_id) or {}
        return f"BillPayment{row.get('PayType', 'Check')}"
    return entity


def linked(company: Company, key: str) -> list[Obj]:
    """Everything tied to a document in either direction, payments first."""
    incoming = [row["source"] for row in to_target(company, key)]
    outgoing = [row["target"] for row in from_source(company, key)]
    return [shown(company, each) for each in dict.fromkeys(incoming + outgoing)]
