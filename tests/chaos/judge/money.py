"""I24: amounts in minor units agree per document, currencies are equal, and no float ever came near them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from kz_admin.models import CreditNote, Invoice, Payment, Refund, SyncRecord
from tests.chaos.judge.evidence import APPLIED, CREDITED, CREDITED_APPLIED, Evidence, Place
from tests.chaos.judge.violation import Violation

Document = Invoice | Payment | CreditNote | Refund
AMOUNTS = ("Amount", "TotalAmt", "TotalTax")
SAME = ("TotalAmt", "CustomerRef", "CurrencyRef", "ExchangeRate")  # of a credit and the invoice that it undoes
DIGITS = {"JPY": 0, "KWD": 3, "BHD": 3}  # all others that the experiments use count hundredths


def both_sides_agree(evidence: Evidence) -> Iterator[Violation]:
    """What we made and call done has our total over there; where theirs may differ, the record says so in a note."""
    rows = evidence.rows
    ours: dict[UUID, Document] = {
        one.id: one
        for one in (*rows.invoices, *rows.payments, *rows.credit_notes, *rows.refunds)
        if one.id not in evidence.voided
    }
    apart: dict[tuple[UUID, UUID], list[SyncRecord]] = defaultdict(list)
    for record in rows.records:
        if record.kind == "payment" and record.part:
            apart[record.connection_id, record.local_id].append(record)
    for record in rows.records:
        document, there = ours.get(record.local_id), _there(evidence, record)
        if document is None or there is None or record.part:
            continue
        shares = [_there(evidence, one) for one in apart[record.connection_id, record.local_id]]
        if None not in shares:  # a payment for several customers is there once for each
            yield from _compared(record, document, there, [one for one in shares if one is not None])


def _there(evidence: Evidence, record: SyncRecord) -> Mapping[str, Any] | None:
    """Their side of what we made and call done."""
    return _tied(evidence, record) if record.state == "done" and record.linked_by == "created" else None


def _tied(evidence: Evidence, record: SyncRecord | None) -> Mapping[str, Any] | None:
    if record is None:
        return None
    company = evidence.company_of(record.connection_id)
    return evidence.object(company or "", record.remote_type or "", record.remote_id or "")


def _compared(
    record: SyncRecord, document: Document, there: Mapping[str, Any], shares: Sequence[Mapping[str, Any]]
) -> Iterator[Violation]:
    name = f"{record.kind} {record.local_id}"
    currency = str((there.get("CurrencyRef") or {}).get("value") or document.currency)
    if currency != document.currency:
        yield Violation("I24", f"{name} is in {document.currency} here and in {currency} there")
    rate, theirs = getattr(document, "exchange_rate", None), there.get("ExchangeRate")
    if rate is not None and theirs is not None and Decimal(str(theirs)) != rate:
        yield Violation("I24", f"{name} is at {rate} here and at {theirs} there")
    total = sum(_minor(one["TotalAmt"], currency) for one in (there, *shares))
    if total != _total(document) and not record.note:
        yield Violation("I24", f"{name} is {_total(document)} here and {total} there")


def _total(document: Document) -> int:
    return document.total_minor if isinstance(document, Invoice | CreditNote) else document.amount_minor


def _minor(amount: Any, currency: str) -> Decimal | int:
    found = Decimal(str(amount)).scaleb(DIGITS.get(currency, 2))
    return int(found) if found == found.to_integral_value() else found


def money_settles_what_it_says(evidence: Evidence) -> Iterator[Violation]:
    """An invoice all of whose money is over there, or gone from there, is open there as far as it is open here."""
    counting = {one.id: one for one in evidence.rows.invoices if one.id not in evidence.voided}
    money: dict[UUID, list[Place]] = defaultdict(list)
    for place, parts in evidence.settled_by.items():
        for invoice_id, _ in parts:
            money[invoice_id].append(place)
    for record in evidence.rows.records:
        invoice, there = counting.get(record.local_id), _there(evidence, record)
        if invoice is None or there is None or record.note or invoice.written_off_at is not None:
            continue
        on_it = [evidence.places.get((record.connection_id, *place)) for place in money[invoice.id]]
        left = _minor(there.get("Balance", 0), invoice.currency)
        if all(map(_is_settled, on_it)) and left != invoice.open_minor:
            yield Violation("I24", f"invoice {invoice.number} has {invoice.open_minor} open here and {left} there")


def _is_settled(record: SyncRecord | None) -> bool:
    return record is not None and (record.state == "done" or record.reason == "voided_unsent")


def credits_are_used_as_they_say(evidence: Evidence) -> Iterator[Violation]:
    """What a credit note settles there is what it settles here, invoice by invoice."""
    for record in evidence.rows.records:
        there = _there(evidence, record) if record.part == APPLIED else None
        if there is None or record.local_id in evidence.voided:
            continue
        parts = evidence.settled_by.get((record.kind, record.local_id, APPLIED), ())
        tied = {one: evidence.places.get((record.connection_id, "invoice", one, "")) for one, _ in parts}
        wanted = {to.remote_id: amount for one, amount in parts if (to := tied[one]) is not None and to.remote_id}
        found = dict(_used(there))
        if found != wanted:
            yield Violation("I24", f"credit note {record.local_id} settles {wanted} here and {found} there")


def a_credit_undoes_all_of_it(evidence: Evidence) -> Iterator[Violation]:
    """Of an invoice that is credited instead of voided nothing is open, unless its record says what is left."""
    for record in (one for one in evidence.rows.records if one.part == CREDITED):
        itself, use = (
            evidence.places.get((record.connection_id, record.kind, record.local_id, part))
            for part in ("", CREDITED_APPLIED)
        )
        memo, invoice = _there(evidence, record), _tied(evidence, itself)
        if memo is None or invoice is None:
            continue
        if any(memo.get(name) != invoice.get(name) for name in SAME) and not (record.note or "").startswith(
            "The total"
        ):
            yield Violation("I24", f"invoice {record.local_id} is credited with {memo['TotalAmt']}, not as it is there")
        used = use is not None and use.state == "done" and not use.note
        if used and (float(invoice.get("Balance", 0)) or float(memo.get("Balance", 0))):
            yield Violation("I24", f"invoice {record.local_id} is credited, and {invoice['Balance']} of it is open")


def _used(there: Mapping[str, Any]) -> Iterator[tuple[str, Decimal | int]]:
    currency = str((there.get("CurrencyRef") or {}).get("value") or "")
    for line in there.get("Line", ()):
        for link in line.get("LinkedTxn", ()):
            if link.get("TxnType") == "Invoice":
                yield str(link["TxnId"]), _minor(line["Amount"], currency)


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


RULES = (
    both_sides_agree,
    money_settles_what_it_says,
    credits_are_used_as_they_say,
    a_credit_undoes_all_of_it,
    amounts_are_exact,
)
