"""Deposit: receipts taken out of Undeposited Funds to the bank, and other money with them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .. import chart, exchange, links, references
from ..account_types import require_type
from ..company import Company, Obj
from ..faults import bad_enumeration, bad_reference, business, missing, not_found, not_modelled
from ..ledger import Posting
from ..links import Link
from ..money import ZERO, cents, number
from .entry import entity_of
from .form import Draft, Form
from .lines import number_lines, sent_lines
from .refusals import deposited

BANKED = frozenset(("Payment", "SalesReceipt", "RefundReceipt"))
DETAIL = "DepositLineDetail"
TO = frozenset(("Bank", "Other Current Asset"))


def compose(draft: Draft) -> Obj:
    company, fields = draft.company, draft.fields
    require_type(company, fields, "DepositToAccountRef", TO)
    account = chart.account(company, fields["DepositToAccountRef"]["value"])
    fields.setdefault("CurrencyRef", {"value": exchange.currency_of(company, account)})
    exchange.settle(company, fields, _foreign(company, account))
    lines = _lines(draft)
    total = cents(sum((line["Amount"] for line in lines), ZERO) - _cash_back(draft))
    if total < 0:
        raise business("Transaction amount must be 0 or greater.", "TotalAmt")
    row: Obj = {"DepositToAccountRef": {"value": account["Id"]}}
    if fields.get("CashBack"):
        row["CashBack"] = fields["CashBack"]
    row["TotalAmt"] = total
    if company.multicurrency:
        row["HomeTotalAmt"] = cents(total * exchange.rate_of(fields))
    row |= {
        name: fields.get(name)
        for name in ("DocNumber", "TxnDate", "CurrencyRef", "ExchangeRate", "DepartmentRef", "PrivateNote")
    }
    return {key: value for key, value in row.items() if value is not None} | {"Line": lines}


def _foreign(company: Company, account: Obj) -> Obj | None:
    return account if exchange.currency_of(company, account) != company.home_currency else None


def _cash_back(draft: Draft) -> Decimal:
    part = draft.fields.get("CashBack")
    if not part:
        return ZERO
    if not (part.get("AccountRef") or {}).get("value"):
        raise missing("AccountRef")
    draft.fields["CashBack"] = {**part, "Amount": cents(part.get("Amount") or 0)}
    return cents(part.get("Amount") or 0)


def _lines(draft: Draft) -> list[Obj]:
    linked: list[Obj] = []
    direct: list[Obj] = []
    for line in sent_lines(draft):
        if line.get("Amount") is None:
            raise missing("Amount")
        line["Amount"] = cents(line["Amount"])
        (linked if line.get("LinkedTxn") else direct).append(line)
    shown = [_linked_line(draft, line) for line in linked]
    made = [_direct_line(draft, line) for line in direct]
    number_lines(made, draft.stored)
    return [*shown, *made]


def _linked_line(draft: Draft, line: Obj) -> Obj:
    """A receipt on its way to the bank, for its whole amount."""
    asked = line["LinkedTxn"][0]
    if asked.get("TxnType") == "JournalEntry":
        raise not_modelled("depositing a line of a journal entry")
    if asked.get("TxnType") not in BANKED:
        raise bad_enumeration("TxnType", asked.get("TxnType"))
    if not asked.get("TxnId"):
        raise missing("TxnId")
    key = links.key_of(str(asked["TxnType"]), str(asked["TxnId"]))
    receipt = links.row_of(draft.company, key)
    if receipt is None:
        raise not_found()
    _check_receipt(draft, line, key, receipt)
    made: Obj = {
        "Amount": line["Amount"],
        "LinkedTxn": [{"TxnId": receipt["Id"], "TxnType": asked["TxnType"], "TxnLineId": "0"}],
    }
    if receipt.get("PaymentMethodRef"):
        made[DETAIL] = {"PaymentMethodRef": receipt["PaymentMethodRef"]}
    return made


def _check_receipt(draft: Draft, line: Obj, key: str, receipt: Obj) -> None:
    company = draft.company
    holders = {each["source"] for each in links.to_target(company, key)}
    if holders - {links.key_of(draft.entity, draft.row_id)}:
        raise deposited()
    if receipt["DepositToAccountRef"]["value"] != chart.undeposited_funds(company):
        raise links.cannot_link(f"{key} is not in Undeposited Funds.")
    if receipt["CurrencyRef"]["value"] != draft.fields["CurrencyRef"]["value"]:
        raise exchange.mismatch()
    if line["Amount"] != signed(key, receipt):
        raise business("A receipt is deposited for its whole amount.", "Amount")


def signed(key: str, receipt: Obj) -> Decimal:
    """A refund takes money out of the deposit."""
    return cents(-receipt["TotalAmt"] if key.startswith("RefundReceipt/") else receipt["TotalAmt"])


def _direct_line(draft: Draft, line: Obj) -> Obj:
    detail = {**(line.get(DETAIL) or {})}
    if not (detail.get("AccountRef") or {}).get("value"):
        raise missing("AccountRef")
    account = chart.account(draft.company, detail["AccountRef"]["value"])
    if (detail.get("Entity") or {}).get("value"):
        detail["Entity"] = _entity(draft.company, detail["Entity"])
    if account["AccountType"] in (chart.RECEIVABLE, chart.PAYABLE):
        raise not_modelled(f"a deposit line on {account['AccountType']}")
    kept = ("Entity", "ClassRef", "AccountRef", "PaymentMethodRef", "CheckNum")
    shown = {name: detail[name] for name in kept if detail.get(name)}
    made = {key: value for key, value in line.items() if key != "LinkedTxn"}
    return {**made, "DetailType": DETAIL, DETAIL: shown}


def _entity(company: Company, ref: Obj) -> Obj:
    """Whose money it is. Here the type is answered in capitals."""
    kind = str(ref.get("type", "")).capitalize()
    row = company.table(kind).get(ref["value"]) if kind in references.NAMES else None
    if row is None:
        raise bad_reference("Names", ref["value"])
    return {"value": row["Id"], "type": kind.upper()}


def show(company: Company, row: Obj) -> Obj:
    return {**row, "Line": [_with_name(company, line) for line in row["Line"]]}


def _with_name(company: Company, line: Obj) -> Obj:
    entity = (line.get(DETAIL) or {}).get("Entity")
    if not entity:
        return line
    row = company.table(entity["type"].capitalize()).get(entity["value"]) or {}
    named = {"value": entity["value"], "name": references.name_of(row), "type": entity["type"]}
    return {**line, DETAIL: {**line[DETAIL], "Entity": named}}


def wanted(draft: Draft, row: Obj) -> Iterable[Link]:
    for line in row["Line"]:
        for each in line.get("LinkedTxn") or ():
            yield Link(links.key_of(each["TxnType"], each["TxnId"]))


def postings(company: Company, row: Obj) -> Iterable[Posting]:
    """Receipts leave Undeposited Funds at what they went in for; a difference in rate is exchange gain or loss."""
    rate = exchange.rate_of(row)
    made = [Posting(row["DepositToAccountRef"]["value"], cents(row["TotalAmt"] * rate), row["TotalAmt"])]
    if row.get("CashBack"):
        amount = number(row["CashBack"]["Amount"])
        made.append(Posting(row["CashBack"]["AccountRef"]["value"], cents(amount * rate), amount))
    made += [_credit(company, line, rate) for line in row["Line"]]
    difference = -sum((each.amount for each in made), ZERO)
    if difference:
        made.append(Posting(chart.exchange_gain_or_loss(company), cents(difference), ZERO))
    return made


def _credit(company: Company, line: Obj, rate: Decimal) -> Posting:
    if not line.get("LinkedTxn"):
        account = line[DETAIL]["AccountRef"]["value"]
        return Posting(account, cents(-line["Amount"] * rate), -line["Amount"])
    linked = line["LinkedTxn"][0]
    receipt = links.row_of(company, links.key_of(linked["TxnType"], linked["TxnId"])) or {}
    return Posting(
        chart.undeposited_funds(company),
        cents(-line["Amount"] * exchange.rate_of(receipt)),
        -line["Amount"],
    )


ENTITY = entity_of(
    Form(
        name="Deposit",
        path="deposit",
        compose=compose,
        postings=postings,
        wanted=wanted,
        show=show,
        required=("DepositToAccountRef", "Line"),
        read_only=frozenset(("TotalAmt", "LinkedTxn", "CustomField", "TxnTaxDetail", "TxnStatus")),
        filterable=frozenset(("DocNumber", "TxnDate", "TotalAmt", "DepositToAccountRef")),
    )
)
