"""What bills, expenses, vendor credits and purchase orders have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .. import chart, exchange, numbers, stock, tax_codes, taxes, totals
from ..account_types import require_type
from ..company import Company, Obj
from ..faults import business, missing
from ..ledger import Posting
from ..links import Link, cannot_link, key_of, to_target
from ..money import ZERO
from . import expense_lines, tax_lines
from .form import Draft
from .legs import Leg, in_home
from .refusals import unknown_transaction
from .sales_form import tax_legs

READ_ONLY = frozenset(("TotalAmt", "HomeTotalAmt", "Balance", "HomeBalance", "TxnStatus", "DeliveryInfo"))
ECHOED = ("PrivateNote", "DepartmentRef", "SalesTermRef", "Memo", "TransactionLocationType")


def vendor_of(draft: Draft) -> Obj | None:
    value = (draft.fields.get("VendorRef") or {}).get("value")
    return draft.company.table("Vendor").get(value) if value else None


def compose(draft: Draft, *bound: Obj | None) -> Obj:
    """Number, date, currency, lines, tax and total; the rest is special to the kind."""
    company, fields = draft.company, draft.fields
    exchange.settle(company, fields, *bound)
    numbers.assign(company, draft.entity, fields, draft.stored, draft.params)
    lines = expense_lines.build(draft)
    tax = _tax(draft, lines)
    sums = totals.sums([line["Amount"] for line in lines], None, taxes.total_tax(tax))
    if sums.total < 0:
        raise business("Transaction amount must be 0 or greater.", "TotalAmt")
    row = {key: value for key, value in fields.items() if key.startswith("_")}
    row |= {name: fields.get(name) for name in ("DocNumber", "TxnDate", "CurrencyRef", "ExchangeRate", *ECHOED)}
    row |= {"Line": lines, **_tax_part(draft, tax), "TotalAmt": sums.total}
    row["_costs"] = stock.costs(company, row, draft.stored)
    return {key: value for key, value in row.items() if value is not None}


def _tax(draft: Draft, lines: list[Obj]) -> list[taxes.RateSum]:
    """In the US what is bought carries no tax; elsewhere every line names a code."""
    tax_lines.settle_gross(draft, lines)
    if tax_codes.is_us(draft.company):
        for line in lines:
            detail = tax_lines.detail_of(line) or {}
            detail.setdefault("TaxCodeRef", {"value": tax_codes.NOT_TAXABLE})
        return []
    if not tax_codes.uses_tax(draft.company):
        return []
    if tax_lines.check_global(draft, lines) == tax_lines.NOT_APPLICABLE:
        return []
    return tax_lines.reckon_global(draft, lines, [line["Amount"] for line in lines], "Purchase")


def _tax_part(draft: Draft, tax: list[taxes.RateSum]) -> Obj:
    if tax_codes.is_us(draft.company):
        return {}
    made: Obj = {"TxnTaxDetail": taxes.detail(tax)}
    if draft.fields.get("GlobalTaxCalculation"):
        made["GlobalTaxCalculation"] = draft.fields["GlobalTaxCalculation"]
    return made


def payable_account(draft: Draft) -> Obj:
    """`APAccountRef`: the one for the currency unless said (6430 for another type)."""
    company, fields = draft.company, draft.fields
    code = fields["CurrencyRef"]["value"]
    if not (fields.get("APAccountRef") or {}).get("value"):
        return {"value": chart.payable(company, code)}
    require_type(company, fields, "APAccountRef", frozenset((chart.PAYABLE,)))
    if exchange.currency_of(company, chart.account(company, fields["APAccountRef"]["value"])) != code:
        raise exchange.mismatch()
    return {"value": fields["APAccountRef"]["value"]}


def payable_leg(company: Company, row: Obj) -> Leg:
    return Leg(row["APAccountRef"]["value"], -row["TotalAmt"], ("Vendor", row["VendorRef"]["value"]))


def postings(
    counter: Callable[[Company, Obj], Leg], sign: Callable[[Obj], int]
) -> Callable[[Company, Obj], list[Posting]]:
    """What was bought (`sign` 1) or given back (-1), against who is owed or what it was paid from."""

    def made(company: Company, row: Obj) -> list[Posting]:
        if row.get("_voided"):
            return []
        legs = [Leg(_account(company, line), line["Amount"]) for line in row["Line"]]
        legs += [leg.reversed() for leg in tax_legs(company, row)]
        against = counter(company, row)
        if sign(row) < 0:
            legs, against = [leg.reversed() for leg in legs], against.reversed()
        return in_home(against, legs, exchange.rate_of(row))

    return made


def _account(company: Company, line: Obj) -> str:
    if line["DetailType"] == expense_lines.ACCOUNT:
        return str(line[expense_lines.ACCOUNT]["AccountRef"]["value"])
    item = company.table("Item").get(line[expense_lines.ITEM]["ItemRef"]["value"])
    account = expense_lines.expense_account(item or {})
    assert account is not None
    return account


def order_links(draft: Draft, row: Obj) -> Iterable[Link]:
    """Purchase orders that become a bill or an expense are closed by it."""
    for each in draft.fields.get("LinkedTxn") or ():
        if each.get("TxnType") != "PurchaseOrder":
            continue
        if not each.get("TxnId"):
            raise missing("TxnId")
        key = key_of("PurchaseOrder", str(each["TxnId"]))
        order = draft.company.table("PurchaseOrder").get(str(each["TxnId"]))
        if order is None:
            raise unknown_transaction(each["TxnId"])
        own = key_of(draft.entity, draft.row_id)
        if {link["source"] for link in to_target(draft.company, key)} - {own}:
            raise cannot_link(f"PurchaseOrder {each['TxnId']} is on another transaction already.")
        yield Link(key, ZERO)
