"""What invoices, receipts, credit memos and estimates have in common: composing and posting a sales document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from .. import chart, exchange, numbers, stock, tax_codes, taxes, totals
from ..company import Company, Obj
from ..faults import business, not_modelled
from ..ledger import Posting
from ..money import ZERO, cents, number, total
from ..taxes import RateSum
from . import mailing, sales_lines, ship_to, tax_lines
from .form import Draft
from .legs import Leg, in_home
from .lines import custom_fields
from .refusals import no_customer

READ_ONLY = frozenset(
    (
        "Balance",
        "HomeBalance",
        "TotalAmt",
        "HomeTotalAmt",
        "RemainingCredit",
        "TxnStatus",
        "DeliveryInfo",
        "RemitToRef",
        "EInvoiceStatus",
        "InvoiceLink",
        "invoiceStatus",
        "callToAction",
        "invoiceStatusLog",
        "FreeFormAddress",
    )
)
SALES_LENGTHS = {"CustomerMemo.value": 1000, "BillEmail.Address": 100, "PaymentRefNum": 21}
# Written through as they were sent, in the order they are answered.
ECHOED = (
    "PrivateNote",
    "DepartmentRef",
    "ClassRef",
    "ProjectRef",
    "SalesTermRef",
    "ShipMethodRef",
    "ShipDate",
    "TrackingNum",
    "CustomerMemo",
    "PaymentMethodRef",
    "PaymentRefNum",
    "BillEmail",
    "BillEmailCc",
    "BillEmailBcc",
    "DeliveryInfo",
    "TransactionLocationType",
)


def compose(draft: Draft) -> Obj:
    """Everything a sales document is, except what its links decide and what is special to its kind."""
    company, fields = draft.company, draft.fields
    customer = customer_of(draft)
    exchange.settle(company, fields, customer)
    numbers.assign(company, draft.entity, fields, draft.stored, draft.params)
    ship_to.settle(draft, customer)
    lines, discount = sales_lines.build(draft)
    found, code = _tax(draft, lines, discount, customer)
    amounts = [line["Amount"] for line in lines if "Amount" in line]
    sums = totals.sums(amounts, discount, taxes.total_tax(found))
    if sums.total < 0:
        raise business("Transaction amount must be 0 or greater.", "TotalAmt")
    return {**_header(draft), **_content(draft, lines, discount, sums), **_amounts(draft, found, code, sums)}


def customer_of(draft: Draft) -> Obj | None:
    value = (draft.fields.get("CustomerRef") or {}).get("value")
    if not value:
        return None
    row = draft.company.table("Customer").get(value)
    if row is None:
        raise no_customer()
    return row


def _header(draft: Draft) -> Obj:
    company, fields = draft.company, draft.fields
    private = {key: value for key, value in fields.items() if key.startswith("_")}
    made = {**private, "CustomField": custom_fields(company, fields)}
    for name in ("DocNumber", "TxnDate", "CurrencyRef", "ExchangeRate"):
        made[name] = fields.get(name)
    made.update({name: fields[name] for name in ECHOED if fields.get(name) is not None})
    return {key: value for key, value in made.items() if value is not None}


def _content(draft: Draft, lines: list[Obj], discount: totals.Discount | None, sums: totals.Sums) -> Obj:
    shown = [*lines, sales_lines.subtotal_line(sums.subtotal)]
    if discount is not None:
        shown.append(sales_lines.discount_line(discount, sums.discount))
    return {"Line": shown}


def _amounts(draft: Draft, found: Sequence[RateSum], code: str | None, sums: totals.Sums) -> Obj:
    fields = draft.fields
    made: Obj = {}
    if not tax_codes.is_us(draft.company) and fields.get("GlobalTaxCalculation"):
        made["GlobalTaxCalculation"] = fields["GlobalTaxCalculation"]
    made["TxnTaxDetail"] = taxes.detail(found, code)
    for name in ("CustomerRef", "BillAddr", "ShipAddr", "ShipFromAddr"):
        if fields.get(name):
            made[name] = fields[name]
    made["TotalAmt"] = sums.total
    if draft.company.multicurrency:
        made["HomeTotalAmt"] = cents(sums.total * exchange.rate_of(fields))
    made["ApplyTaxAfterDiscount"] = bool(fields.get("ApplyTaxAfterDiscount"))
    made["PrintStatus"] = fields.get("PrintStatus") or "NeedToPrint"
    made["EmailStatus"] = fields.get("EmailStatus") or "NotSet"
    mailing.check(draft.entity, fields)
    if made["EmailStatus"] == "NeedToSend":
        made["DeliveryInfo"] = {"DeliveryType": "Email"}
    return made


def _tax(
    draft: Draft, lines: list[Obj], discount: totals.Discount | None, customer: Obj | None
) -> tuple[list[RateSum], str | None]:
    """Tax by the model of the country; on amounts that include it, the lines are made net first."""
    company = draft.company
    with_detail = [line for line in lines if tax_lines.detail_of(line) is not None]
    tax_lines.settle_gross(draft, with_detail)
    if tax_codes.is_us(company):
        draft.fields["_taxable_customer"] = (customer or {}).get("Taxable") is not False
        tax_lines.mark_us(company, with_detail, customer)
        _limit_taxable(with_detail)
        bases = _bases(with_detail, discount, bool(draft.fields.get("ApplyTaxAfterDiscount")))
        return tax_lines.reckon_us(draft, with_detail, bases)
    if not tax_codes.uses_tax(company):
        return [], None
    mode = tax_lines.check_global(draft, lines)
    if mode == tax_lines.NOT_APPLICABLE:
        return [], None
    if mode == tax_lines.INCLUSIVE and discount is not None:
        raise not_modelled("a discount on amounts that include tax")
    return tax_lines.reckon_global(draft, lines, _bases(with_detail, discount, True), "Sales"), None


def _limit_taxable(lines: Sequence[Obj]) -> None:
    taxable = sum(1 for line in lines if tax_lines.code_of(line) == tax_codes.TAXABLE)
    if taxable > sales_lines.MOST_TAXABLE_LINES:
        raise business(f"A taxable transaction has at most {sales_lines.MOST_TAXABLE_LINES} lines.", "Line")


def _bases(lines: Sequence[Obj], discount: totals.Discount | None, after: bool) -> list[Decimal]:
    amounts = [line["Amount"] for line in lines]
    return totals.taxable_bases(amounts, totals.discount_of(total(amounts), discount), after)


# -- posting ------------------------------------------------------------------------------------------------------


def postings(counter: Callable[[Company, Obj], Leg], sign: int) -> Callable[[Company, Obj], Iterable[Posting]]:
    """A sale (`sign` 1) owes the customer's side to income and tax; a credit (-1) takes it back."""

    def made(company: Company, row: Obj) -> Iterable[Posting]:
        if row.get("_voided"):
            return []
        legs = [leg for line in row["Line"] for leg in _line_legs(company, line)]
        legs += tax_legs(company, row)
        if sign < 0:
            legs = [leg.reversed() for leg in legs]
        return [*in_home(counter(company, row), legs, exchange.rate_of(row)), *stock_legs(company, row, sign)]

    return made


def _line_legs(company: Company, line: Obj) -> Iterable[Leg]:
    if line["DetailType"] == sales_lines.ITEM:
        item = company.table("Item").get(line[sales_lines.ITEM]["ItemRef"]["value"])
        assert item is not None
        yield Leg(item["IncomeAccountRef"]["value"], -line["Amount"])
    elif line["DetailType"] == sales_lines.DISCOUNT:
        yield Leg(line[sales_lines.DISCOUNT]["DiscountAccountRef"]["value"], number(line["Amount"]))


def tax_legs(company: Company, row: Obj) -> list[Leg]:
    """Sales tax is owed to the agency of each rate."""
    made = []
    for line in (row.get("TxnTaxDetail") or {}).get("TaxLine") or ():
        rate = company.table("TaxRate").get(line["TaxLineDetail"]["TaxRateRef"]["value"]) or {}
        agency = (rate.get("AgencyRef") or {}).get("value", "")
        made.append(Leg(chart.tax_payable(company, agency), -line["Amount"]))
    return made


def stock_legs(company: Company, row: Obj, sign: int) -> Iterable[Posting]:
    """What left the shelf becomes cost of goods sold."""
    for item_id, quantity in stock.moves(company, row).items():
        cost = stock.cost_of(row, item_id, quantity) * sign
        item = company.table("Item").get(item_id) or {}
        if cost:
            asset = (item.get("AssetAccountRef") or {}).get("value") or chart.inventory_asset(company)
            expense = (item.get("ExpenseAccountRef") or {}).get("value") or chart.cost_of_goods_sold(company)
            yield Posting(expense, cost, ZERO)
            yield Posting(asset, -cost, ZERO)
