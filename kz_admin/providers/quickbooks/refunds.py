"""Refunds as refund receipts: money that left an account. Over there they are tied to no payment.

They take back income and tax of what was paid, in proportion (decision 0008). The money is a fact, so our total stands
whatever the setting says about tax.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from kz_admin.domain.invoices import Prices
from kz_admin.domain.kinds import Kind
from kz_admin.domain.presets import TaxMode
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Draft, Expected, Refs, decimal_of
from kz_admin.domain.records import CreditNoteRecord, LineRecord, RefundRecord
from kz_admin.domain.regions import minor_digits
from kz_admin.providers.quickbooks import closed_books, currencies, drafting, invoices, refusals, removing
from kz_admin.providers.quickbooks.payments import REFERENCE

ENTITY = "RefundReceipt"


def build(record: RefundRecord, refs: Refs) -> Draft:
    if record.voided:
        return removing.delete(record, refs, ENTITY, record.refunded_on)
    customer = customer_of(record, refs)
    body = _body(record, refs, customer)
    marker = refs.marker if drafting.is_ours(refs) else ""
    tax = sum(line.tax for line in record.lines)
    expected = Expected(marker, customer=customer, currency=record.currency, total=record.amount, tax=tax)
    expected = replace(expected, said=closed_books.said(record.refunded_on, body["TxnDate"]))
    stopped = closed_books.stop(record, record.refunded_on, refs, drafting.CHANGED)
    return drafting.create_or_change(Kind.REFUND, ENTITY, body, expected, refs, stopped)


def _body(record: RefundRecord, refs: Refs, customer: str) -> dict[str, Any]:
    sale, refs = _as_sale(record), replace(refs, settings=replace(refs.settings, tax_mode=TaxMode.OUR_TOTAL))
    invoices.check(sale, refs)
    made, tax = invoices.contents(sale, refs, discounts=False)
    method = refs.methods.get(record.method.value)
    body: dict[str, Any] = {
        "CustomerRef": {"value": customer},
        "TxnDate": (dated := closed_books.date_of(record, record.refunded_on, refs)),
        **currencies.header(record.currency, refs),
        "PaymentRefNum": record.reference[:REFERENCE] or None,
        "PaymentMethodRef": {"value": method} if method else None,
        "DepositToAccountRef": {"value": account_of(record, refs)},
        "PrivateNote": f"{closed_books.note(record.refunded_on, dated)}kz-admin refund of a payment, {refs.marker}",
        "Line": made.body,
    }
    return {**{key: value for key, value in body.items() if value is not None}, **tax.header}


def _as_sale(record: RefundRecord) -> CreditNoteRecord:
    """So that items, codes and rounding are those of any other sale."""
    lines = record.lines or (_one_line(record),)
    tax = sum(line.tax for line in lines)
    return CreditNoteRecord(
        id=record.id,
        revision=record.revision,
        origin=record.origin,
        created_at=record.created_at,
        client_id=record.client_id,
        project_id=None,
        number="",
        issued_on=record.refunded_on,
        currency=record.currency,
        prices=Prices.EXCLUSIVE,
        note="",
        lines=lines,
        subtotal=record.amount - tax,
        discount=0,
        discount_percent=None,
        tax=tax,
        total=record.amount,
        invoice_id=None,
        voided=False,
        allocations=(),
    )


def _one_line(record: RefundRecord) -> LineRecord:
    """Where nobody knows what was sold for the money."""
    price, said = decimal_of(record.amount, minor_digits(record.currency)), f"Refund {record.reference}".strip()
    return LineRecord(said, Decimal(1), price, record.amount, 0, 0, None, "", None, None)


def customer_of(record: RefundRecord, refs: Refs) -> str:
    """Whom the payment was booked to."""
    payment = refs.partners.get((Kind.PAYMENT, record.payment_id, "")) if record.payment_id else None
    known = [ref.customer for ref in (refs.own, payment) if ref is not None and ref.customer]
    return known[0] if known else invoices.customer_of(_as_sale(record), refs)


def account_of(record: RefundRecord, refs: Refs) -> str:
    """Money that is given back leaves an account that has to be named; it cannot come out of nowhere."""
    found = refs.accounts.get(f"deposit/{record.method.value}") or refs.accounts.get("deposit")
    if not found:
        raise Unfit(Problem(Slug.ACCOUNT_MISSING, "deposit", refusals.facts_of(record, refs)))
    return found
