"""Payments on invoices: what is booked where, and never more than is open over there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Draft, Expected, Ref, Refs, decimal_of
from kz_admin.domain.records import PaymentRecord
from kz_admin.domain.regions import minor_digits
from kz_admin.providers.quickbooks import closed_books, currencies, drafting, refusals, removing

ENTITY = "Payment"
REFERENCE = 21


@dataclass(frozen=True)
class Part:
    """What this payment settles of one invoice that is over there."""

    invoice: Ref
    amount: int
    local_id: UUID

    @property
    def taken(self) -> int:
        """Never more than is open on it, by the last answer."""
        return self.amount if self.invoice.balance is None else max(0, min(self.amount, self.invoice.balance))


def build(record: PaymentRecord, refs: Refs) -> Draft:
    if record.voided:
        return removing.void(record, refs, ENTITY, record.paid_on)
    parts = parts_of(record, refs)
    if refs.part and not parts:  # its invoice was booked to somebody else meanwhile
        raise Unfit(Problem(Slug.WRONG_CUSTOMER_LINK, str(record.id), refusals.facts_of(record, refs)))
    customer = customer_of(record, refs, parts)
    total = total_of(record, refs, parts)
    marker = refs.marker if drafting.is_ours(refs) else ""
    expected = Expected(marker, customer=customer, currency=record.currency, total=total)
    body = _body(record, refs, customer, total, parts)
    expected = replace(expected, said=closed_books.said(record.paid_on, body["TxnDate"]))
    stopped = closed_books.stop(record, record.paid_on, refs, drafting.CHANGED)
    return drafting.create_or_change(Kind.PAYMENT, ENTITY, body, expected, refs, stopped)


def _body(record: PaymentRecord, refs: Refs, customer: str, total: int, parts: Sequence[Part]) -> dict[str, Any]:
    digits = minor_digits(record.currency)
    method, account = refs.methods.get(record.method.value), deposit_account(record, refs)
    # what a new one takes is clamped; a change is of a payment that holds its part of the balance already
    amounts = [(part.invoice.remote_id, part.taken if refs.own is None else part.amount) for part in parts]
    body: dict[str, Any] = {
        "CustomerRef": {"value": customer},
        "TotalAmt": decimal_of(total, digits),
        "TxnDate": (dated := closed_books.date_of(record, record.paid_on, refs)),
        **currencies.header(record.currency, refs, rate_of(record, refs, parts)),
        "PaymentRefNum": record.reference[:REFERENCE] or None,
        "PaymentMethodRef": {"value": method} if method else None,
        "DepositToAccountRef": {"value": account} if account else None,
        "PrivateNote": _note(record, refs, dated),
    }
    said = {key: value for key, value in body.items() if value is not None}
    return {**said, "Line": [_line(remote_id, decimal_of(amount, digits)) for remote_id, amount in amounts if amount]}


def _line(remote_id: str, amount: object) -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": remote_id, "TxnType": "Invoice"}]}


def _note(record: PaymentRecord, refs: Refs, dated: str) -> str:
    whole = f" with reference {record.reference}" if len(record.reference) > REFERENCE else ""
    return f"{closed_books.note(record.paid_on, dated)}kz-admin payment{whole}, {refs.marker}"


def parts_of(record: PaymentRecord, refs: Refs) -> list[Part]:
    """What this one settles: of the invoices that are over there, those booked to its customer."""
    parts = _all_parts(record, refs)
    if refs.part:
        return [part for part in parts if part.invoice.customer == refs.part]
    main = _main_customer(refs, parts)
    return [part for part in parts if (part.invoice.customer or main) == main]


def further(record: PaymentRecord, refs: Refs) -> list[str]:
    """The other customers whose invoices it settles, such as sub-customers of one client.

    A payment over there belongs to one customer, and whose invoices it may settle beside its own is written nowhere:
    each of them gets a payment of its own, with its share of the money, as a part of ours."""
    parts = _all_parts(record, refs)
    main = _main_customer(refs, parts)
    return list(dict.fromkeys(part.invoice.customer for part in parts if part.invoice.customer not in ("", main)))


def _all_parts(record: PaymentRecord, refs: Refs) -> list[Part]:
    """Of the invoices that are over there; those that are not take no money there either."""
    found = [(refs.partners.get((Kind.INVOICE, one.invoice_id, "")), one) for one in record.allocations]
    return [Part(ref, one.amount, one.invoice_id) for ref, one in found if ref is not None and one.amount]


def _main_customer(refs: Refs, parts: Sequence[Part]) -> str:
    """Whose part is the payment itself: whom it was booked to, else whoever's invoice it settled first."""
    customers = [part.invoice.customer for part in parts if part.invoice.customer]
    booked = refs.own.customer if refs.own is not None else ""
    return booked if booked in customers or not customers else customers[0]


def total_of(record: PaymentRecord, refs: Refs, parts: Sequence[Part]) -> int:
    """What is unused goes along with the payment itself: over there it becomes the customer's credit, as it is here."""
    unused = 0 if refs.part else record.amount - sum(one.amount for one in record.allocations)
    return sum(part.amount for part in parts) + unused


def customer_of(record: PaymentRecord, refs: Refs, parts: Sequence[Part]) -> str:
    """Whom its invoices were booked to."""
    if found := refs.part or _main_customer(refs, parts):
        return found
    client = refs.partners.get((Kind.CLIENT, record.client_id, record.currency))
    if client is None:
        raise Unfit(Problem(Slug.CUSTOMER_MISSING, str(record.client_id), refusals.facts_of(record, refs)))
    return client.remote_id


def rate_of(record: PaymentRecord, refs: Refs, parts: Sequence[Part]) -> Decimal | None:
    """Its own, else the one of its invoices, so that nothing is gained or lost by exchange that nobody meant."""
    return record.exchange_rate or currencies.shared(refs.rates.get(part.local_id) for part in parts)


def deposit_account(record: PaymentRecord, refs: Refs) -> str:
    """The row of its method, else the default; "" is none on purpose, then it waits in Undeposited Funds (C10)."""
    own_row = refs.accounts.get(f"deposit/{record.method.value}")
    return refs.accounts.get("deposit", "") if own_row is None else own_row
