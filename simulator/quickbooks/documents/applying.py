"""Applying money to what is owed: the rules that customers' payments and bill payments share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from .. import chart, links
from ..company import Company, Obj
from ..exchange import currency_of, mismatch, rate_of
from ..faults import bad_enumeration, business, missing, not_found, not_modelled
from ..ledger import Posting
from ..links import Link
from ..money import ZERO, cents
from ..settling import capacity
from .form import Draft
from .refusals import negative

NOT_MODELLED = frozenset(("Expense", "Check", "CreditCardCredit"))


@dataclass(frozen=True)
class Side:
    """Receivable or payable: whose account, which documents, and on which side of it they stand (debit 1)."""

    kind: str
    ref: str
    payable_kinds: frozenset[str]
    account: Callable[[Company, str], str]
    sign: int


RECEIVABLE = Side("Customer", "CustomerRef", frozenset(("Invoice", "CreditMemo", "JournalEntry")), chart.receivable, 1)
PAYABLE = Side("Vendor", "VendorRef", frozenset(("Bill", "VendorCredit", "JournalEntry")), chart.payable, -1)


def wanted(side: Side, draft: Draft, row: Obj) -> list[Link]:
    """The links the lines ask for, each within what is still open; 6000 when they do not fit."""
    amounts: dict[str, Decimal] = {}
    for line in draft.fields.get("Line") or ():
        target = _target(side, line)
        if line.get("Amount") is None:
            raise missing("Amount")
        amounts[target] = cents(amounts.get(target, ZERO) + line["Amount"])
    family = _family(draft.company, side, row[side.ref]["value"])
    made = [_link(side, draft, family, target, amount) for target, amount in amounts.items() if amount]
    _check_sum(row, made)
    return made


def _target(side: Side, line: Obj) -> str:
    linked = line.get("LinkedTxn") or []
    if len(linked) != 1 or not linked[0].get("TxnId"):
        raise missing("LinkedTxn")
    kind = linked[0].get("TxnType")
    if kind in NOT_MODELLED:
        raise not_modelled(f"applying a payment to a transaction of type {kind}")
    if kind not in side.payable_kinds:
        raise bad_enumeration("TxnType", kind)
    return links.key_of(str(kind), str(linked[0]["TxnId"]))


def _family(company: Company, side: Side, row_id: str) -> list[str]:
    """A customer pays for itself and for the sub-customers below it."""
    found = [row_id]
    if side.kind == "Customer":
        for child in company.table("Customer").by("ParentRef", row_id):
            found += _family(company, side, child["Id"])
    return found


def _link(side: Side, draft: Draft, family: list[str], target: str, amount: Decimal) -> Link:
    company = draft.company
    row = links.row_of(company, target)
    if row is None:
        raise not_found()
    name = _name(company, side, family, target, row)
    if row["CurrencyRef"]["value"] != draft.fields["CurrencyRef"]["value"]:
        raise mismatch()
    room = capacity(company, links.split(target)[0], row, (side.kind, name))
    credit, owner = room < 0, f"{side.kind}/{name}"
    is_journal = target.startswith("JournalEntry/")
    own = links.key_of(draft.entity, draft.row_id)
    left = abs(room) - links.applied(company, target, own, owner if is_journal else None)
    if amount < 0:
        raise negative()
    if amount > left:
        raise business("The amount that is applied is more than the open balance of the transaction.", "Amount")
    return Link(target, amount, credit, owner)


def _name(company: Company, side: Side, family: list[str], target: str, row: Obj) -> str:
    if not target.startswith("JournalEntry/"):
        name = str(row[side.ref]["value"])
        if name in family:
            return name
    else:
        entry = company.table("_entry").get(target)
        for *_, leg_name in entry["legs"] if entry else ():
            if leg_name and leg_name[0] == side.kind and leg_name[1] in family:
                return str(leg_name[1])
    raise business(f"The transaction it is applied to belongs to another {side.kind.lower()}.", "LinkedTxn")


def _check_sum(row: Obj, made: Iterable[Link]) -> None:
    paid = sum((link.amount for link in made if not link.credit), ZERO)
    credit = sum((link.amount for link in made if link.credit), ZERO)
    if credit > paid:
        raise business("Credits are drawn on for more than is paid with them.", "Line")
    if paid - credit > row["TotalAmt"]:
        raise business("The amounts applied are more than the amount of the payment.", "TotalAmt")


# -- posting ------------------------------------------------------------------------------------------------------


def postings(side: Side, company: Company, entity: str, row: Obj, account: str) -> list[Posting]:
    """Money against what each document stood in the books for; the difference is exchange gain or loss."""
    currency, total = currency_of(company, row), row["TotalAmt"]
    key, ledger_account = links.key_of(entity, row["Id"]), side.account(company, currency)
    made = [Posting(account, cents(side.sign * total * rate_of(row)), side.sign * total)] if total else []
    left = total
    for link in links.from_source(company, key):
        back = side.sign * (1 if link["credit"] else -1)
        left += link["amount"] * (1 if link["credit"] else -1)
        made.append(_leg(_account_of(company, link, ledger_account), link, back, home_share(company, link)))
    if left:
        name = (side.kind, row[side.ref]["value"])
        made.append(Posting(ledger_account, cents(-side.sign * left * rate_of(row)), cents(-side.sign * left), name))
    difference = -sum((each.amount for each in made), ZERO)
    if difference:
        made.append(Posting(chart.exchange_gain_or_loss(company), cents(difference), ZERO))
    return made


def _account_of(company: Company, link: Obj, usual: str) -> str:
    """The receivable or payable account that the paid document stands on."""
    target = links.row_of(company, link["target"]) or {}
    if target.get("APAccountRef"):
        return str(target["APAccountRef"]["value"])
    entry = company.table("_entry").get(link["target"]) if link["target"].startswith("JournalEntry/") else None
    for account, _, _, name in entry["legs"] if entry else ():
        if name and "/".join(name) == link["name"]:
            return str(account)
    return usual


def _leg(account: str, link: Obj, back: int, home: Decimal) -> Posting:
    kind, _, row_id = link["name"].partition("/")
    return Posting(account, cents(back * home), cents(back * link["amount"]), (kind, row_id))


def home_share(company: Company, link: Obj) -> Decimal:
    """This link's part of the target in the home currency; the parts of all links add up to it without a cent left."""
    target = links.row_of(company, link["target"])
    rate = rate_of(target) if target else Decimal(1)
    before = ZERO
    for each in links.to_target(company, link["target"]):
        if each["Id"] == link["Id"]:
            break
        if each["name"] == link["name"]:
            before += each["amount"]
    return cents((before + link["amount"]) * rate) - cents(before * rate)
