"""Drafts read back for a preview: exactly what the body says, under the names every provider has."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kz_admin.domain.pushing import Company, Draft, decimal_of
from kz_admin.domain.regions import minor_digits
from kz_admin.domain.showing import Shown, ShownLine
from kz_admin.providers.quickbooks import remotes

TAX_WORDS = {"TAX": "Taxed", "NON": "Not taxed"}


def sale(draft: Draft, company: Company) -> Shown:
    body, expected = draft.body, draft.expected
    tax = body.get("TxnTaxDetail", {}).get("TotalTax")
    total = decimal_of(expected.total, minor_digits(expected.currency)) if expected.total is not None else None
    return Shown(
        customer=remotes.value_of(body.get("CustomerRef")),
        number=str(body.get("DocNumber") or ""),
        date=str(body.get("TxnDate") or ""),
        due=str(body.get("DueDate") or ""),
        lines=tuple(_line(line, company) for line in body.get("Line", ())),
        tax=tax,
        total=total,
        rate=body.get("ExchangeRate"),
    )


def _line(line: Mapping[str, Any], company: Company) -> ShownLine:
    if line["DetailType"] == "DiscountLineDetail":
        percent = line["DiscountLineDetail"].get("DiscountPercent")
        words = f"Discount {format(percent.normalize(), 'f')} %" if isinstance(percent, Decimal) else "Discount"
        return ShownLine(words, -line["Amount"], is_discount=True)
    detail = line["SalesItemLineDetail"]
    code = remotes.value_of(detail.get("TaxCodeRef"))
    return ShownLine(
        text=str(line.get("Description") or ""),
        amount=line["Amount"],
        item=remotes.value_of(detail.get("ItemRef")),
        quantity=detail.get("Qty"),
        price=detail.get("UnitPrice"),
        tax_code=code,
        tax_word=TAX_WORDS.get(code) or ("Exempt" if code and code == company.facts.get("exempt_code") else ""),
    )


def payment(draft: Draft, _company: Company) -> Shown:
    body = draft.body
    return Shown(
        customer=remotes.value_of(body.get("CustomerRef")),
        date=str(body.get("TxnDate") or ""),
        total=body.get("TotalAmt"),
        rate=body.get("ExchangeRate"),
        account=remotes.value_of(body.get("DepositToAccountRef")),
        method=remotes.value_of(body.get("PaymentMethodRef")),
        reference=str(body.get("PaymentRefNum") or ""),
    )


def customer(draft: Draft, _company: Company) -> Shown:
    address = draft.body.get("PrimaryEmailAddr") or {}
    return Shown(name=str(draft.body.get("DisplayName") or ""), email=str(address.get("Address") or ""))


def item(draft: Draft, _company: Company) -> Shown:
    return Shown(name=str(draft.body.get("Name") or ""), account=remotes.value_of(draft.body.get("IncomeAccountRef")))
