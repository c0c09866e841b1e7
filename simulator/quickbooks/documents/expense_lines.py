"""Lines of what is bought: by account or by item, for a customer or not."""

from __future__ import annotations

from ..account_types import wrong_type
from ..company import Company, Obj
from ..exchange import currency_of, mismatch
from ..faults import bad_enumeration, missing, not_modelled
from ..ledger import PROFIT_AND_LOSS
from ..money import cents
from ..preferences_lookup import preference
from .form import Draft
from .lines import check_stock, item_of, number_lines, ordered, sent_lines, settle_amount
from .refusals import billable_needs_customer, neither_item_nor_account

ACCOUNT, ITEM = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"
BILLED, BILLABLE, NOT_BILLABLE = "HasBeenBilled", "Billable", "NotBillable"
_KEYS = {
    ACCOUNT: ("CustomerRef", "ClassRef", "AccountRef", "BillableStatus", "TaxAmount", "TaxCodeRef", "TaxInclusiveAmt"),
    ITEM: ("CustomerRef", "BillableStatus", "ItemRef", "ClassRef", "UnitPrice", "Qty", "TaxCodeRef", "TaxInclusiveAmt"),
}


def build(draft: Draft) -> list[Obj]:
    lines = [_line(draft, line) for line in sent_lines(draft)]
    number_lines(lines, draft.stored)
    return [_answered(line) for line in lines]


def _line(draft: Draft, line: Obj) -> Obj:
    kind = line.get("DetailType")
    if not kind:
        raise missing("DetailType")
    if kind not in _KEYS:
        raise bad_enumeration("DetailType", kind)
    detail = {**(line.get(kind) or {})}
    if detail.get("MarkupInfo"):
        raise not_modelled("a markup on an expense line (MarkupInfo)")
    made = {**line, kind: detail}
    if kind == ACCOUNT:
        _settle_account(draft, made, detail)
    else:
        _settle_item(draft, made, detail)
    settle_billable(draft, detail, line.get("Id"))
    return made


def _settle_account(draft: Draft, line: Obj, detail: Obj) -> None:
    if not (detail.get("AccountRef") or {}).get("value"):
        raise neither_item_nor_account()
    if line.get("Amount") is None:
        raise missing("Amount")
    line["Amount"] = cents(line["Amount"])
    account = draft.company.table("Account").get(detail["AccountRef"]["value"])
    if account and account["AccountType"] in ("Accounts Receivable", "Accounts Payable"):
        raise wrong_type(f"AccountRef {account['Name']} is {account['AccountType']}")
    if account and account["AccountType"] not in PROFIT_AND_LOSS:
        code = currency_of(draft.company, account)
        if code not in (draft.company.home_currency, draft.fields["CurrencyRef"]["value"]):
            raise mismatch()
    detail["TaxAmount"] = cents(detail["TaxAmount"]) if detail.get("TaxAmount") else None


def _settle_item(draft: Draft, line: Obj, detail: Obj) -> None:
    if not (detail.get("ItemRef") or {}).get("value"):
        raise neither_item_nor_account()
    item = item_of(draft.company, detail)
    if not expense_account(item):
        raise neither_item_nor_account()
    check_stock(item, detail, draft.fields["TxnDate"])
    settle_amount(line, detail)


def expense_account(item: Obj) -> str | None:
    """Where what is bought goes: inventory to its asset account, the rest to the expense account."""
    field = "AssetAccountRef" if item.get("Type") == "Inventory" else "ExpenseAccountRef"
    ref = item.get(field) or item.get("ExpenseAccountRef")
    return str(ref["value"]) if ref else None


def settle_billable(draft: Draft, detail: Obj, line_id: object) -> None:
    """With a customer a line is billable unless it says otherwise; billed it becomes by an invoice only."""
    status, has_customer = detail.get("BillableStatus"), bool((detail.get("CustomerRef") or {}).get("value"))
    if status == BILLED and not was_billed(draft, line_id):
        raise bad_enumeration("BillableStatus", "HAS_BEEN_BILLED")
    if status == BILLABLE and not has_customer:
        raise billable_needs_customer()
    if status is None:
        detail["BillableStatus"] = BILLABLE if has_customer and _tracks(draft.company) else NOT_BILLABLE


def was_billed(draft: Draft, line_id: object) -> bool:
    for line in (draft.stored or {}).get("Line") or ():
        if line.get("Id") == line_id:
            return bool((line.get(line["DetailType"]) or {}).get("BillableStatus") == BILLED)
    return False


def _tracks(company: Company) -> bool:
    return preference(company, "VendorAndPurchasesPrefs", "BillableExpenseTracking") is not False


def _answered(line: Obj) -> Obj:
    kind = line["DetailType"]
    detail = line[kind]
    return ordered(line, kind, {key: detail[key] for key in _KEYS[kind] if detail.get(key) is not None})
