"""The credit for a voided invoice settles what is open on it, through a payment of nothing that names both.

What is open is read over there first: money that remains on the invoice leaves less to settle, and the rest of the
credit is the customer's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.money import Money
from kz_admin.domain.pushing import (
    Draft,
    Expected,
    Go,
    Link,
    LinkedBy,
    Needless,
    Question,
    Refs,
    Rows,
    Verb,
    decimal_of,
)
from kz_admin.domain.records import InvoiceRecord
from kz_admin.domain.regions import minor_digits
from kz_admin.providers.quickbooks import (
    api,
    credit_notes_applied,
    currencies,
    invoices,
    invoices_credited,
    questions,
    refusals,
    remotes,
)

ENTITY = credit_notes_applied.ENTITY
USED, LEFT = "used", "left"  # choices: how much of it settles the invoice, and how much is left for the customer


def build(record: InvoiceRecord, refs: Refs) -> Draft:
    invoice, memo = invoices_credited.invoice_of(record, refs), invoices_credited.partner(record, refs)
    used, left = _amounts(record, refs)
    amount = decimal_of(used, minor_digits(record.currency))
    day = invoices_credited.day_of(record, refs)
    body: dict[str, Any] = {
        "CustomerRef": {"value": memo.customer},
        "TotalAmt": Decimal(0),
        "TxnDate": day,
        **currencies.header(record.currency, refs),
        **invoices_credited.rated(record, refs, invoice),
        "PrivateNote": f"Applies the credit for {invoices.note_about(record)}, {refs.marker}",
        "Line": [
            credit_notes_applied.line(invoices.ENTITY, invoice.remote_id, amount),
            credit_notes_applied.line(invoices_credited.ENTITY, memo.remote_id, amount),
        ],
    }
    said = _paid_in_part(left, record.currency) if left else ""
    expected = Expected(refs.marker, customer=memo.customer, currency=record.currency, total=0, said=said)
    return Draft(Kind.INVOICE, Verb.CREATE, ENTITY, body, expected, dated=day)


def _amounts(record: InvoiceRecord, refs: Refs) -> tuple[int, int]:
    """As it was decided; a preview has asked nobody, and goes by the last answers."""
    if USED in refs.choices:
        return int(refs.choices[USED]), int(refs.choices.get(LEFT, "0"))
    invoice = invoices_credited.invoice_of(record, refs)
    whole = record.total if invoice.total is None else invoice.total
    used = whole if invoice.balance is None else min(invoice.balance, whole)
    return used, whole - used


# -- looking before creating --------------------------------------------------------------------------------------


def asked(record: InvoiceRecord, refs: Refs) -> Sequence[Question]:
    """What is open on both now; with a reason also whether it is applied already."""
    invoice, memo = invoices_credited.invoice_of(record, refs), invoices_credited.partner(record, refs)
    found = [
        questions.by_id(invoices.ENTITY, invoice.remote_id),
        questions.by_id(invoices_credited.ENTITY, memo.remote_id),
    ]
    if refs.look_first or "look" in refs.choices:
        found.append(questions.where(ENTITY, f"CustomerRef = {api.quoted(memo.customer)}", "TotalAmt = '0'"))
    return found


def decide(record: InvoiceRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go | Needless:
    (invoice, memo), payments = (_only(rows) for rows in answers[:2]), answers[2:]
    for remote in (remotes.payment(row) for rows in payments for row in rows):
        if refs.marker in remote.text and not remote.voided:
            return Link(remote, LinkedBy.CREATED)
    is_open, credit = (_left(row, record.currency) for row in (invoice, memo))
    used = min(is_open, credit)
    if not used:
        return Needless(_why_nothing(is_open, credit, record.currency))
    day = max(invoices_credited.day_of(record, refs), str(memo.get("TxnDate") or ""))
    return Go({USED: str(used), LEFT: str(credit - used), "date": day})


def _only(rows: Rows) -> Mapping[str, Any]:
    """Deleted over there since: nothing of it is open."""
    return rows[0] if rows else {}


def _left(row: Mapping[str, Any], currency: str) -> int:
    return max(remotes.minor_of(row.get("Balance"), currency) or 0, 0)


def _why_nothing(is_open: int, credit: int, currency: str) -> str:
    """Both nothing: they applied it by themselves, as some companies let them."""
    if is_open:
        left = Money(is_open, currency)
        return f"{refusals.PROVIDER} used the credit elsewhere: {left} of the invoice is still open there."
    return _paid_in_part(credit, currency) if credit else ""


def _paid_in_part(left: int, currency: str) -> str:
    money = Money(left, currency)
    return f"The invoice is paid there, all or in part: {money} of the credit is left for the customer."
