"""I24: amounts in minor units agree per document, currencies are equal, and no float ever came near them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kz_admin.models import Invoice, Payment, SyncRecord
from tests.chaos.judge.evidence import Evidence
from tests.chaos.judge.violation import Violation

AMOUNTS = ("Amount", "TotalAmt", "TotalTax")
DIGITS = {"JPY": 0, "KWD": 3, "BHD": 3}  # all others that the experiments use count hundredths


def both_sides_agree(evidence: Evidence) -> Iterator[Violation]:
    """What we made and call done has our total over there; where theirs may differ, the record says so in a note."""
    ours: dict[Any, Invoice | Payment] = {
        one.id: one for one in (*evidence.rows.invoices, *evidence.rows.payments) if one.voided_at is None
    }
    for record in evidence.rows.records:
        document = ours.get(record.local_id)
        company = evidence.company_of(record.connection_id)
        if document is None or company is None or record.state != "done" or record.linked_by != "created":
            continue
        there = evidence.object(company, record.remote_type or "", record.remote_id or "")
        if there is not None:
            yield from _compared(record, document, there)


def _compared(record: SyncRecord, document: Invoice | Payment, there: Mapping[str, Any]) -> Iterator[Violation]:
    name = f"{record.kind} {record.local_id}"
    currency = str((there.get("CurrencyRef") or {}).get("value") or document.currency)
    if currency != document.currency:
        yield Violation("I24", f"{name} is in {document.currency} here and in {currency} there")
    total = Decimal(str(there["TotalAmt"])).scaleb(DIGITS.get(currency, 2))
    if total != _total(document) and not record.note:
        yield Violation("I24", f"{name} is {_total(document)} here and {total} there")


def _total(document: Invoice | Payment) -> int:
    return document.total_minor if isinstance(document, Invoice) else document.amount_minor


def payments_settle_what_they_say(evidence: Evidence) -> Iterator[Violation]:
    """An invoice that is paid here, and whose payments are all over there, has nothing open there."""
    records = {one.local_id: one for one in evidence.rows.records}
    allocations = defaultdict(list)
    for allocation in evidence.rows.allocations:
        allocations[allocation.invoice_id].append(allocation)
    for invoice in evidence.rows.invoices:
        record = records.get(invoice.id)
        parts = allocations[invoice.id]
        paid = all(one.payment_id in records and records[one.payment_id].state == "done" for one in parts)
        if record is None or record.state != "done" or invoice.open_minor or not parts or not paid:
            continue
        company = evidence.company_of(record.connection_id)
        there = evidence.object(company or "", "Invoice", record.remote_id or "")
        if there is not None and Decimal(str(there.get("Balance", 0))):
            yield Violation("I24", f"invoice {invoice.number} is paid here and {there['Balance']} is open there")


def amounts_are_exact(evidence: Evidence) -> Iterator[Violation]:
    """Whatever a float leaves behind shows in the digits."""
    for write in evidence.writes:
        for part in write.parts:
            for name, value in _amounts(part.body):
                if isinstance(value, str) or abs(Decimal(value).normalize().as_tuple().exponent) > _finest(value):
                    yield Violation("I24", f"{write} says {name} {value!r}")


def _finest(value: Decimal | int) -> int:
    """Trailing noughts before the point are no digits after it."""
    return 3 if Decimal(value) != Decimal(value).to_integral_value() else 18


def _amounts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name in AMOUNTS:
                yield name, inner
            else:
                yield from _amounts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _amounts(inner)


RULES = (both_sides_agree, payments_settle_what_they_say, amounts_are_exact)
