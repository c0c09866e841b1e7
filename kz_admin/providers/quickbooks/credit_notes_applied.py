"""A credit note settles invoices through a payment of nothing that names both (quickbooks.md 3.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import (
    MARKER,
    Draft,
    Expected,
    Go,
    Link,
    LinkedBy,
    Question,
    Ref,
    Refs,
    Rows,
    decimal_of,
)
from kz_admin.domain.records import CreditNoteRecord
from kz_admin.domain.regions import minor_digits
from kz_admin.providers.quickbooks import (
    api,
    closed_books,
    currencies,
    drafting,
    questions,
    refusals,
    remotes,
    removing,
)

ENTITY = "Payment"


def build(record: CreditNoteRecord, refs: Refs) -> Draft:
    if record.voided:
        return removing.delete(record, refs, ENTITY, record.issued_on)
    memo, parts = memo_of(record, refs), parts_of(record, refs)
    customers = {memo.customer, *(invoice.customer for invoice, _ in parts)} - {""}
    if len(customers) > 1 or not parts:
        raise Unfit(Problem(Slug.WRONG_CUSTOMER_LINK, str(record.id), refusals.facts_of(record, refs)))
    customer = customers.pop() if customers else ""
    body = _body(record, refs, customer)
    is_ours = refs.own is None or refs.own.created_by_us
    expected = Expected(refs.marker if is_ours else "", customer=customer, currency=record.currency, total=0)
    stopped = closed_books.stop(record, record.issued_on, refs, drafting.CHANGED)
    return drafting.create_or_change(Kind.CREDIT_NOTE, ENTITY, body, expected, refs, stopped)


def _body(record: CreditNoteRecord, refs: Refs, customer: str) -> dict[str, Any]:
    digits = minor_digits(record.currency)
    body: dict[str, Any] = {
        "CustomerRef": {"value": customer},
        "TotalAmt": Decimal(0),
        "TxnDate": closed_books.date_of(record, record.issued_on, refs),
        **currencies.header(record.currency, refs),
        "PrivateNote": f"kz-admin credit note {record.number} applied, {refs.marker}",
        "Line": [line(kind, one, decimal_of(amount, digits)) for kind, one, amount in _wanted(record, refs)],
    }
    return {key: value for key, value in body.items() if value is not None}


def _wanted(record: CreditNoteRecord, refs: Refs) -> list[tuple[str, str, int]]:
    """What it settles, and what of the credit it draws on: as much."""
    parts = parts_of(record, refs)
    settled = [("Invoice", invoice.remote_id, amount) for invoice, amount in parts]
    return [*settled, ("CreditMemo", memo_of(record, refs).remote_id, sum(amount for _, amount in parts))]


def line(kind: str, remote_id: str, amount: Decimal) -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": remote_id, "TxnType": kind}]}


def memo_of(record: CreditNoteRecord, refs: Refs) -> Ref:
    memo = refs.partners.get((Kind.CREDIT_NOTE, record.id, ""))
    if memo is None:
        raise Unfit(Problem(Slug.GONE_THERE, str(record.id), refusals.facts_of(record, refs)))
    return memo


def parts_of(record: CreditNoteRecord, refs: Refs) -> list[tuple[Ref, int]]:
    """Of the invoices that are over there; those that are not are not settled there either."""
    found = [(refs.partners.get((Kind.INVOICE, part.invoice_id, "")), part.amount) for part in record.allocations]
    return [(invoice, amount) for invoice, amount in found if invoice is not None and amount]


# -- looking before creating ----------------------------------------------------------------------------------


def asked(record: CreditNoteRecord, refs: Refs) -> Sequence[Question]:
    """What is tied to the credit memo already: companies may let QuickBooks apply credits by itself."""
    if not (refs.look_first or "look" in refs.choices):
        return []
    customer = f"CustomerRef = {api.quoted(memo_of(record, refs).customer)}"
    return [questions.where(ENTITY, customer, "TotalAmt = '0'")]


def decide(record: CreditNoteRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    rows = answers[0] if answers else []
    wanted = sorted(_wanted(record, refs))
    for row in rows:
        remote = remotes.payment(row)
        if refs.marker in remote.text and not remote.voided:
            return Link(remote, LinkedBy.CREATED)
    for row in rows:
        free = MARKER not in str(row.get("PrivateNote") or "") or refs.remembered is not None
        if free and str(row.get("Id")) not in refs.unlinked and sorted(_said(row, record.currency)) == wanted:
            return Link(remotes.payment(row))
    return closed_books.go(record, record.issued_on, refs)


def _said(row: Mapping[str, Any], currency: str) -> list[tuple[str, str, int]]:
    return [
        (str(link.get("TxnType")), str(link.get("TxnId")), remotes.minor_of(line.get("Amount"), currency) or 0)
        for line in remotes.rows_of(row.get("Line"))
        for link in remotes.rows_of(line.get("LinkedTxn"))
    ]
