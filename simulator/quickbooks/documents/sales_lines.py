"""Lines of a sales document: items, remarks, one discount."""

from __future__ import annotations

from collections.abc import Sequence

from .. import chart
from ..company import Obj
from ..faults import bad_enumeration, business, missing, not_modelled
from ..money import ZERO, cents, number, plain
from ..preferences_lookup import preference
from ..totals import Discount
from .form import Draft
from .lines import check_stock, item_of, number_lines, ordered, sent_lines, settle_amount
from .refusals import empty_discount

ITEM, DISCOUNT, REMARK = "SalesItemLineDetail", "DiscountLineDetail", "DescriptionOnly"
MOST_TAXABLE_LINES = 750
SHIPPING = "SHIPPING_ITEM_ID"
# In the order they are answered.
_DETAIL_KEYS = ("ServiceDate", "ItemRef", "ClassRef", "UnitPrice", "Qty", "TaxCodeRef", "TaxInclusiveAmt")
_LINE_DISCOUNT = ("DiscountRate", "DiscountAmt")


def build(draft: Draft) -> tuple[list[Obj], Discount | None]:
    """The content lines, numbered, and the discount of the document."""
    lines, discounts = [], []
    for line in sent_lines(draft):
        kind = line.get("DetailType")
        if not kind:
            raise missing("DetailType")
        if kind == DISCOUNT:
            discounts.append(line)
        else:
            lines.append(_line(draft, line, kind))
    number_lines(lines, draft.stored)
    return [_answered(line) for line in lines], _discount(draft, discounts)


def _line(draft: Draft, line: Obj, kind: str) -> Obj:
    if kind == ITEM:
        return _item_line(draft, line)
    if kind == REMARK:
        return {**line, "Amount": None}
    if kind == "GroupLineDetail":
        raise not_modelled("bundles on a sales document (GroupLineDetail)")
    raise bad_enumeration("DetailType", kind)


def _item_line(draft: Draft, line: Obj) -> Obj:
    detail = {**(line.get(ITEM) or {})}
    if line.get("Amount") is None:
        raise missing("Amount")
    if not (detail.get("ItemRef") or {}).get("value"):
        # Without an item a line is only documentation: its amount does not count.
        return {**line, "DetailType": REMARK, "Amount": None, ITEM: None}
    if detail["ItemRef"]["value"] == SHIPPING:
        raise not_modelled("shipping as a line (SHIPPING_ITEM_ID)")
    for name in _LINE_DISCOUNT:
        if detail.get(name):
            raise not_modelled(f"a discount on one line ({name})")
    item = item_of(draft.company, detail)
    if not item.get("IncomeAccountRef"):
        raise business(f"{item['Name']} is not for sale: it has no income account.", "ItemRef")
    check_stock(item, detail, draft.fields["TxnDate"])
    made = {**line, ITEM: detail}
    settle_amount(made, detail)
    return made


def _answered(line: Obj) -> Obj:
    if line["DetailType"] == REMARK:
        bare = {key: value for key, value in line.items() if key != "Amount"}
        shown = ordered(bare, REMARK, {})
        shown.pop(REMARK)  # the one detail type whose part is called differently
        return {**shown, "DescriptionLineDetail": {}}
    detail = line[ITEM]
    return ordered(line, ITEM, {key: detail[key] for key in _DETAIL_KEYS if detail.get(key) is not None})


def _discount(draft: Draft, lines: Sequence[Obj]) -> Discount | None:
    if not lines:
        return None
    if len(lines) > 1:
        raise business("A transaction can have one discount.", "Line")
    if preference(draft.company, "SalesFormsPrefs", "AllowDiscount") is False:
        raise business("Discounts are not turned on in this company.", "Line")
    detail = lines[0].get(DISCOUNT) or {}
    account = (detail.get("DiscountAccountRef") or {}).get("value") or chart.discounts_given(draft.company)
    if detail.get("PercentBased"):
        if detail.get("DiscountPercent") is None:
            raise empty_discount()
        return Discount(number(detail["DiscountPercent"]), ZERO, account)
    if lines[0].get("Amount") is None:
        raise empty_discount()
    return Discount(None, cents(lines[0]["Amount"]), account)


def discount_line(discount: Discount, amount: object) -> Obj:
    detail: Obj = {"PercentBased": discount.percent is not None}
    if discount.percent is not None:
        detail["DiscountPercent"] = plain(discount.percent)
    detail["DiscountAccountRef"] = {"value": discount.account}
    return {"Amount": amount, "DetailType": DISCOUNT, DISCOUNT: detail}


def subtotal_line(amount: object) -> Obj:
    return {"Amount": amount, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
