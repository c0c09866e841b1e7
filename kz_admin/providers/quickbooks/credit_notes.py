"""Credit notes as credit memos, with the same lines, items and taxes as the invoices they take back from."""

from __future__ import annotations

from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import Draft, Expected, Refs
from kz_admin.domain.records import CreditNoteRecord
from kz_admin.providers.quickbooks import (
    closed_books,
    currencies,
    drafting,
    invoices,
    numbering,
    removing,
    taxes,
    texts,
)
from kz_admin.providers.quickbooks.invoices import MEMO, NOTE

ENTITY = "CreditMemo"


def build(record: CreditNoteRecord, refs: Refs) -> Draft:
    if record.voided:
        return removing.delete(record, refs, ENTITY, record.issued_on)
    invoices.check(record, refs)
    customer = customer_of(record, refs)
    body, tax = _body(record, refs, customer)
    expected = Expected(
        marker=refs.marker if drafting.is_ours(refs) else "",
        number=numbering.expected(body.get("DocNumber")),
        customer=customer,
        currency=record.currency,
        total=record.total,
        tax=record.tax,
        theirs=tax.theirs,
        why=tax.why,
        said=invoices.told_apart(record, body),
    )
    stopped = closed_books.stop(record, record.issued_on, refs, drafting.CHANGED)
    return drafting.create_or_change(Kind.CREDIT_NOTE, ENTITY, body, expected, refs, stopped)


def _body(record: CreditNoteRecord, refs: Refs, customer: str) -> tuple[dict[str, Any], taxes.Said]:
    made, tax = invoices.contents(record, refs)
    dated = closed_books.date_of(record, record.issued_on, refs)
    note = f"{closed_books.note(record.issued_on, dated)}{note_about(record)}, {refs.marker}"
    body: dict[str, Any] = {
        "CustomerRef": {"value": customer},
        "DocNumber": numbering.sent(record, refs),
        "TxnDate": dated,
        **currencies.header(record.currency, refs, record.exchange_rate),
        "PrivateNote": note[-NOTE:],
        "CustomerMemo": {"value": texts.cut(record.note, MEMO)} if record.note else None,
        "Line": made.body,
    }
    return {**{key: value for key, value in body.items() if value}, **tax.header}, tax


def note_about(record: CreditNoteRecord) -> str:
    return f"kz-admin credit note {record.number}"


def customer_of(record: CreditNoteRecord, refs: Refs) -> str:
    """Whom the invoice it corrects was booked to: a credit of another customer could not settle it."""
    wanted = [record.invoice_id, *(part.invoice_id for part in record.allocations)]
    booked = [ref.customer for one in wanted if one and (ref := refs.partners.get((Kind.INVOICE, one, "")))]
    if refs.own is None and booked and booked[0]:
        return booked[0]
    return invoices.customer_of(record, refs)
