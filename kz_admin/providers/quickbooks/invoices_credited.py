"""An invoice that is voided here and lies in closed books there: credited instead, in the open period.

The invoice over there stays as it was reported. A credit memo says the same lines, discount and tax once more, and is
applied to it (invoices_credited_applied.py), so that nothing of it is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.presets import ClosedPeriod
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import (
    CREDIT,
    CREDITED,
    CREDITED_APPLIED,
    DECIDED,
    Draft,
    Expected,
    Go,
    Link,
    LinkedBy,
    Question,
    Ref,
    Refs,
    Remote,
    Rows,
    Verb,
)
from kz_admin.domain.records import InvoiceRecord
from kz_admin.providers.base import Instead
from kz_admin.providers.quickbooks import (
    api,
    closed_books,
    credit_notes,
    currencies,
    drafting,
    invoices,
    questions,
    refusals,
    remotes,
    telling,
)

ENTITY = credit_notes.ENTITY
PARTS = (CREDITED, CREDITED_APPLIED)
# Of what was sent for the invoice: what belongs to it alone. All the rest is said again: lines, tax, currency.
ITS_OWN = frozenset(
    {"Id", "SyncToken", "DocNumber", "TxnDate", "DueDate", "SalesTermRef", "PrivateNote", "CustomerMemo"}
)

# -- whether ------------------------------------------------------------------------------------------------------


def questions_about(record: InvoiceRecord, refs: Refs) -> Sequence[Question]:
    """The invoice as it is now: what is void there already needs no credit, and one over another total is not ours to
    undo. After a restore also whether a credit was made that our rows have forgotten."""
    if refs.own is None or record.state is not InvoiceState.VOID or _is_decided(refs):
        return []
    if refs.remembered is None and not _is_asked_for(record, refs):
        return []
    found = [questions.by_id(invoices.ENTITY, refs.own.remote_id)]
    return [*found, _made_for(refs.own, record)] if refs.remembered is not None else found


def parts(record: InvoiceRecord, refs: Refs, answers: Sequence[Rows]) -> Sequence[str]:
    if record.state is not InvoiceState.VOID or refs.own is None:
        return ()
    credited = any(marker_of(refs) in remotes.credit_memo(row).text for rows in answers[1:] for row in rows)
    if credited or _is_decided(refs):
        return PARTS
    if not _is_asked_for(record, refs):
        return ()
    for row in answers[0] if answers else ():
        _check(record, refs, refs.own, remotes.invoice(row))
    return PARTS


def _is_decided(refs: Refs) -> bool:
    """Also when the books were opened since: it is credited, not voided too."""
    return refs.choices.get(CREDIT) == DECIDED


def _is_asked_for(record: InvoiceRecord, refs: Refs) -> bool:
    """It lies in closed books, and the rule or a person wants it credited."""
    wanted = CREDIT in refs.choices or refs.settings.closed_period is ClosedPeriod.CREDIT_NOTE
    return wanted and closed_books.stop(record, record.issued_on, refs, drafting.TAKEN_BACK) is not None


def _check(record: InvoiceRecord, refs: Refs, known: Ref, now: Remote) -> None:
    """Somebody changed it over there since: what should be credited is theirs to say."""
    total = record.total if known.total is None else known.total
    pairs = {"total": (total, now.total), "customer": (known.customer, now.customer)}
    differs = [what for what, (ours, theirs) in pairs.items() if ours not in ("", theirs)]
    if differs:
        raise Unfit(_differs(record, refs, now, ", ".join(differs)))


def _differs(record: InvoiceRecord, refs: Refs, there: Remote, what: str) -> Problem:
    return telling.about(Slug.DIFFERS_THERE, record, refs, there, differs=what, deed=drafting.TAKEN_BACK)


INSTEAD = Instead(questions_about, parts)


def marker_of(refs: Refs) -> str:
    """Of the memo, seen from the invoice."""
    return f"{refs.marker}/{CREDITED}"


# -- the memo -----------------------------------------------------------------------------------------------------


def build(record: InvoiceRecord, refs: Refs) -> Draft:
    invoice = invoice_of(record, refs)
    content, tax = _said(record, refs, invoice)
    day = day_of(record, refs)
    note = f"Credits invoice {record.number} of {record.issued_on}, voided on {record.voided_on}"
    body: dict[str, Any] = {
        **content,
        **rated(record, refs, invoice),
        "CustomerRef": {"value": invoice.customer},
        "TxnDate": day,
        "PrivateNote": f"{note}; {invoices.note_about(record)}, {refs.marker}"[-invoices.NOTE :],
    }
    expected = Expected(
        marker=refs.marker,
        customer=invoice.customer,
        currency=record.currency,
        total=record.total if invoice.total is None else invoice.total,
        tax=tax,
        said=_told(record, refs, day),
    )
    return Draft(Kind.INVOICE, Verb.CREATE, ENTITY, body, expected, dated=day)


def invoice_of(record: InvoiceRecord, refs: Refs) -> Ref:
    invoice = refs.partners.get((Kind.INVOICE, record.id, ""))
    if invoice is None:
        raise Unfit(Problem(Slug.GONE_THERE, str(record.id), refusals.facts_of(record, refs)))
    return invoice


def day_of(record: InvoiceRecord, refs: Refs) -> str:
    """The day of the void, or the first open one; what was given to it before is kept while it is open."""
    days = [record.voided_on, refs.choices.get("date", "")]
    return max([*days, closed_books.first_open(refs)] if closed_books.until(refs) else days)


def rated(record: InvoiceRecord, refs: Refs, invoice: Ref) -> dict[str, Any]:
    """The rate that the invoice has over there, so that nothing is gained or lost between the two."""
    if invoice.rate is None or record.currency == refs.company.currency:
        return {}
    return {"CurrencyRef": {"value": record.currency}, "ExchangeRate": invoice.rate}


def _said(record: InvoiceRecord, refs: Refs, invoice: Ref) -> tuple[Mapping[str, Any], int | None]:
    """What was sent last is what is there, whatever was changed here or in the mappings since. An invoice that was only
    linked is said from here, if it comes to what it comes to there."""
    if invoice.sent is not None and invoice.sent.body.get("Line"):
        body = {name: value for name, value in invoice.sent.body.items() if name not in ITS_OWN}
        return body, invoice.sent.expected.tax
    if invoice.total not in (None, record.total):
        raise Unfit(_differs(record, refs, Remote(invoices.ENTITY, invoice.remote_id), "total"))
    made, tax = invoices.contents(record, refs)
    return {**currencies.header(record.currency, refs), "Line": made.body, **tax.header}, record.tax


def _told(record: InvoiceRecord, refs: Refs, day: str) -> str:
    """For the one who reads it here."""
    said = f"Voided here. Credited in {refusals.PROVIDER} on {closed_books.in_words(day)}"
    closed = closed_books.until(refs)
    return f"{said}, because the books are closed up to {closed_books.in_words(closed)}." if closed else f"{said}."


# -- looking before creating --------------------------------------------------------------------------------------


def asked(record: InvoiceRecord, refs: Refs) -> Sequence[Question]:
    if "link" in refs.choices:
        return [questions.by_id(ENTITY, refs.choices["link"])]
    reason = refs.look_first or "look" in refs.choices
    return [_made_for(invoice_of(record, refs), record)] if reason else []


def decide(record: InvoiceRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    found = [remotes.credit_memo(row) for rows in answers for row in rows]
    if "link" in refs.choices:
        if not found:
            raise Unfit(telling.gone(record, refs, ENTITY))
        return Link(found[0], LinkedBy.PERSON)
    if ours := [one for one in found if refs.marker in one.text]:
        return Link(telling.only(record, refs, ours), LinkedBy.CREATED)
    return Go({"date": day_of(record, refs)})


def _made_for(invoice: Ref, record: InvoiceRecord) -> Question:
    """Whatever day it got: none is before the invoice."""
    customer = f"CustomerRef = {api.quoted(invoice.customer)}"
    return questions.where(ENTITY, customer, f"TxnDate >= {api.quoted(record.issued_on)}")


def partner(record: InvoiceRecord, refs: Refs) -> Ref:
    """The memo, seen from its use."""
    memo = refs.partners.get((Kind.INVOICE, record.id, CREDITED))
    if memo is None:
        raise Unfit(Problem(Slug.GONE_THERE, str(record.id), refusals.facts_of(record, refs)))
    return replace(memo, customer=memo.customer or invoice_of(record, refs).customer)
