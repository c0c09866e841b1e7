"""Invoices, with the number, the lines and the dates they have here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kz_admin.domain.invoices import Prices
from kz_admin.domain.kinds import Kind
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Draft, Expected, Refs
from kz_admin.domain.records import InvoiceRecord, SalesRecord
from kz_admin.domain.regions import minor_digits
from kz_admin.providers.quickbooks import (
    closed_books,
    currencies,
    drafting,
    line_items,
    lines,
    numbering,
    refusals,
    removing,
    tax_codes,
    taxes,
    terms,
    texts,
)
from kz_admin.providers.quickbooks.lines import Sale

ENTITY = "Invoice"
MEMO, NOTE = 1000, 4000
MOST_TAXED_LINES = 750
CENTS = 2  # what they count, whatever the currency counts


def build(record: InvoiceRecord, refs: Refs) -> Draft:
    if record.state is InvoiceState.VOID:
        return removing.void(record, refs, ENTITY, record.issued_on)
    check(record, refs)
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
        said=told_apart(record, body),
    )
    stopped = closed_books.stop(record, record.issued_on, refs, drafting.CHANGED)
    return drafting.create_or_change(Kind.INVOICE, ENTITY, body, expected, refs, stopped)


def told_apart(record: SalesRecord, body: Mapping[str, Any]) -> str:
    """What over there is not as it is here, on purpose."""
    found = (closed_books.said(record.issued_on, body["TxnDate"]), numbering.said(record, body.get("DocNumber")))
    return " ".join(one for one in found if one)


def contents(record: SalesRecord, refs: Refs, *, discounts: bool | None = None) -> tuple[lines.Lines, taxes.Said]:
    """Lines and tax of a sale as they go over, or the Problem that names what is missing for them."""
    code = tax_codes.code_of(record, refs)
    may_discount = bool(refs.company.facts.get("discounts")) if discounts is None else discounts
    inclusive = taxes.includes_tax(record, refs, code)
    made = lines.build(Sale(record, line_items.items_of(record, refs), code, may_discount, inclusive))
    if made.comes_to != record.total or not _adds_up(record):
        raise Unfit(Problem(Slug.TOTALS_DIFFER, str(record.id), refusals.facts_of(record, refs)))
    return made, taxes.said(record, refs, code, made.bases, off=made.off)


def _body(record: InvoiceRecord, refs: Refs, customer: str) -> tuple[dict[str, Any], taxes.Said]:
    made, tax = contents(record, refs)
    dated = closed_books.date_of(record, record.issued_on, refs)
    note = f"{closed_books.note(record.issued_on, dated)}{note_about(record)}, {refs.marker}"
    body: dict[str, Any] = {
        "CustomerRef": {"value": customer},
        "DocNumber": numbering.sent(record, refs),
        "TxnDate": dated,
        # Left out, theirs would follow from terms of theirs; without a date here it is due when it is sent.
        "SalesTermRef": {"value": term} if (term := terms.chosen(record, refs)) else None,
        "DueDate": max(record.due_on or record.issued_on, dated),
        **currencies.header(record.currency, refs, record.exchange_rate),
        "PrivateNote": note[-NOTE:],
        "CustomerMemo": {"value": texts.cut(record.note, MEMO)} if record.note else None,
        "Line": made.body,
    }
    return {**{key: value for key, value in body.items() if value}, **tax.header}, tax


def note_about(record: InvoiceRecord) -> str:
    """What companies that number by themselves still tell of our number."""
    return f"kz-admin invoice {record.number}"


def check(record: SalesRecord, refs: Refs) -> None:
    """What keeps this invoice from going over, before anything is asked or sent."""
    facts, number = refusals.facts_of(record, refs), numbering.of(record, refs)
    if record.currency != refs.company.currency and not refs.company.facts.get("multicurrency"):
        raise Unfit(Problem(Slug.CURRENCY_OFF, record.currency, facts))
    if refs.company.facts.get("own_numbers") and len(number) > numbering.LONGEST:
        lengths = {"limit": str(numbering.LONGEST), "length": str(len(number))}
        raise Unfit(Problem(Slug.NUMBER_TOO_LONG, str(record.id), {**facts, **lengths}))
    tax_codes.code_of(record, refs)
    if record.tax and len(record.lines) > MOST_TAXED_LINES:
        lengths = {"limit": str(MOST_TAXED_LINES), "length": str(len(record.lines))}
        raise Unfit(Problem(Slug.TOO_MANY_LINES, str(record.id), {**facts, **lengths}))
    if _counts_finer(record):
        raise Unfit(Problem(Slug.TOTALS_DIFFER, str(record.id), facts))


def _counts_finer(record: SalesRecord) -> bool:
    """A dinar has a thousand fils; they keep hundredths."""
    finer = 10 ** max(0, minor_digits(record.currency) - CENTS)
    return any(amount % finer for amount in (record.tax, record.total, *(line.amount for line in record.lines)))


def _adds_up(record: SalesRecord) -> bool:
    """What does not even add up here must not become a discount nobody gave."""
    lines_net = sum(line.amount for line in record.lines) - record.discount
    return lines_net + (record.tax if record.prices is Prices.EXCLUSIVE else 0) == record.total


def customer_of(record: SalesRecord, refs: Refs) -> str:
    """A changed invoice stays with whom it was booked to; relinking a client concerns later ones."""
    if refs.own is not None and refs.own.customer:
        return refs.own.customer
    if record.project_id and (sub := refs.partners.get((Kind.PROJECT, record.project_id, record.currency))):
        return sub.remote_id
    client = refs.partners.get((Kind.CLIENT, record.client_id, record.currency))
    if client is None:
        raise Unfit(Problem(Slug.CUSTOMER_MISSING, str(record.client_id), refusals.facts_of(record, refs)))
    return client.remote_id
