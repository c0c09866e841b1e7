"""What their refusals mean (quickbooks.md 4.2). Codes decide; words only fill sentences, they are localised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kz_admin.domain import drafts
from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import List
from kz_admin.domain.money import Money
from kz_admin.domain.problems import Problem, ProviderFailure, Slug
from kz_admin.domain.pushing import Again, Draft, Refs, Verb
from kz_admin.domain.records import PaymentRecord, RefundRecord
from kz_admin.providers.quickbooks import drafting
from kz_admin.providers.quickbooks.refusal_codes import (
    BAD_REFERENCE,
    BUSINESS_RULE,
    DUPLICATE,
    NOT_FOUND,
    OF_THE_COMPANY,
    OF_THE_DOCUMENT,
    OUR_MISTAKES,
    STALE,
)

PROVIDER = "QuickBooks"
CLOSED = frozenset({"6200", "6210"})
# In their texts lists go by their tables; people know them by other words.
# What people may have shortened, from a card: never numbers, names or addresses by which a thing is found again.
SHORTENED = frozenset({"Description", "CustomerMemo", "PrivateNote", "CompanyName", "PaymentRefNum"})
TABLES = {"Names": "Customer", "Items": "Item", "Accounts": "Account", "TaxCodes": "TaxCode", "Txns": "Invoice"}
# What would be done to what is there, in a sentence.
DEEDS = {Verb.UPDATE: drafting.CHANGED, Verb.REMOVE: drafting.TAKEN_BACK}
_ELEMENT = re.compile(r"(\w+) element id (\w+)")
_LENGTHS = re.compile(r"Max:(\d+).*?length:(\d+)")
_TAX_WORDS = re.compile(r"\b(GST|HST|VAT|tax)\b", re.IGNORECASE)
_TOO_MUCH = re.compile(
    r"more than the (open balance|amount of the payment)|can't apply more|exceeds the", re.IGNORECASE
)
_BELOW_ZERO = re.compile(r"must be 0 or greater|must be (at least|greater than) (0|zero)", re.IGNORECASE)


def facts_of(record: Any, refs: Refs) -> dict[str, str]:
    """What fills the sentences about one of our documents."""
    number, name = getattr(record, "number", ""), getattr(record, "name", "")
    client_id = getattr(record, "client_id", None)
    facts = {
        "provider": PROVIDER,
        "document": number or name or _in_words(record),
        "number": number,
        "name": name or (refs.names.get(client_id, "") if client_id else ""),
        "email": getattr(record, "email", ""),
        "currency": refs.part if record.kind is Kind.CLIENT and refs.part else getattr(record, "currency", ""),
        "company_currency": refs.company.currency,
    }
    return {key: value for key, value in facts.items() if value}


def _in_words(record: Any) -> str:
    """What has neither number nor name here."""
    if isinstance(record, PaymentRecord | RefundRecord):
        return f"the {record.kind.word} of {Money(record.amount, record.currency)}"
    return ""


def mapped_inactive(record: Any, refs: Refs, of: List, row: str, remote_id: str, name: str) -> Problem:
    """One cause for all that is mapped to it; `row` is the line of the mapping page where another can be chosen."""
    there = {"option": name or remote_id, "list": of.value, "row": row}
    return Problem(Slug.MAPPED_INACTIVE, f"{of}:{remote_id}"[:60], {**facts_of(record, refs), **there})


def words_of(failure: ProviderFailure) -> dict[str, str]:
    return {"words": failure.words, "code": failure.code, "reference": failure.reference}


def common(record: Any, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    """What any kind can meet. A newer version, one that is not found and one that is there twice are read again before
    a person hears of it."""
    looked = "look" in refs.choices
    gone = failure.code == NOT_FOUND and draft.verb is not Verb.CREATE
    if failure.code == STALE or ((gone or failure.code == DUPLICATE) and not looked):
        return Again(look=True)
    if failure.code in CLOSED and "closed" not in refs.choices:
        return Again({"closed": failure.code}, company=True)  # we knew another closing date, or none
    return _problem(record, refs, draft, failure)


def _problem(record: Any, refs: Refs, draft: Draft, failure: ProviderFailure) -> Problem:
    code, facts = failure.code, {**facts_of(record, refs), **words_of(failure)}
    if code in (NOT_FOUND, BAD_REFERENCE):
        return _inactive_reference(record, facts, failure)
    if code in OF_THE_COMPANY:
        return _of_the_company(OF_THE_COMPANY[code], facts, refs, draft)
    if code == BUSINESS_RULE:
        return _business_rule(record, refs, facts, failure)
    slug = OF_THE_DOCUMENT.get(code) or (Slug.OUR_MISTAKE if code in OUR_MISTAKES else Slug.UNKNOWN)
    more = _too_long(draft, failure) if slug is Slug.TEXT_TOO_LONG else _where(record, slug)
    return Problem(slug, _subject(slug, record, facts), {**facts, **more})


def _subject(slug: Slug, record: Any, facts: Mapping[str, str]) -> str:
    """What everything that meets the same cause has in common."""
    if slug in (Slug.OUR_MISTAKE, Slug.UNKNOWN):
        return facts["code"]
    if slug is Slug.CURRENCY_OFF:
        return facts.get("currency", "")
    return str(getattr(record, "client_id", record.id) if slug is Slug.CUSTOMER_MISSING else record.id)


def _where(record: Any, slug: Slug) -> dict[str, str]:
    """The line of a mapping page where this can be mended."""
    client_id = getattr(record, "client_id", None)
    if slug is Slug.TAX_CODE_REFUSED:
        return {"list": List.TAXES.value}
    if slug is Slug.TOO_MANY_LEVELS and client_id:
        return {"list": List.CUSTOMERS.value, "row": str(client_id)}
    return {}


def _too_long(draft: Draft, failure: ProviderFailure) -> dict[str, str]:
    """They tell lengths; which of our texts has that length is found in what was sent."""
    found = _LENGTHS.search(failure.words)
    if found is None:
        return {}
    limit, length = int(found[1]), int(found[2])
    field = next((name for name, text in drafts.texts_of(draft.body) if len(text) == length > limit), "")
    return {"limit": found[1], "length": found[2], "field": field if field in SHORTENED else ""}


def unknown(facts: Mapping[str, str], failure: ProviderFailure) -> Problem:
    return Problem(Slug.UNKNOWN, failure.code, {**facts, **words_of(failure)})


def may_credit(kind: Kind, deed: str) -> str:
    """Whether a credit can undo what cannot be taken back: only an invoice has one for the whole of it."""
    return "yes" if kind is Kind.INVOICE and deed == drafting.TAKEN_BACK else ""


def _of_the_company(slug: Slug, facts: Mapping[str, str], refs: Refs, draft: Draft) -> Problem:
    account = draft.body.get("DepositToAccountRef") or draft.body.get("IncomeAccountRef") or {}
    deed = DEEDS.get(draft.verb, "")
    more = {
        "account": str(account.get("value", "")),
        "closed_until": str(refs.company.facts.get("closed_until") or ""),
        "deed": deed,
        "credit": may_credit(draft.kind, deed) if slug is Slug.PERIOD_CLOSED else "",
        "dated": str(draft.body.get("TxnDate") or draft.dated),
        "what": draft.kind.plural,
    }
    return Problem(slug, draft.kind.value if slug is Slug.EDITION_LIMIT else "", {**facts, **more})


def _inactive_reference(record: Any, facts: Mapping[str, str], failure: ProviderFailure) -> Problem:
    """They may say what it is; else everything it refers to is to be looked at, its customer first."""
    element = _ELEMENT.search(failure.words)
    if element is None:
        client_id = getattr(record, "client_id", None)
        there = {"list": List.CUSTOMERS.value, "row": str(client_id)} if client_id else {}
        return Problem(Slug.INACTIVE_REFERENCE, str(record.id), {**facts, **there})
    remote_type, remote_id = TABLES.get(element[1], element[1]), element[2]
    there = {"remote_type": remote_type, "remote_id": remote_id}
    return Problem(Slug.INACTIVE_REFERENCE, f"{remote_type}:{remote_id}"[:60], {**facts, **there})


def _business_rule(record: Any, refs: Refs, facts: Mapping[str, str], failure: ProviderFailure) -> Problem:
    """One code for everything else. What we know of the company tells more than the words do, which are localised."""
    currency, words = facts.get("currency", ""), failure.words
    if currency and currency != refs.company.currency and not refs.company.facts.get("multicurrency"):
        return Problem(Slug.CURRENCY_OFF, currency, facts)
    if isinstance(record, PaymentRecord) and _TOO_MUCH.search(words):
        return Problem(Slug.PAYMENT_TOO_BIG, str(record.id), facts)
    if _BELOW_ZERO.search(words):
        return Problem(Slug.NEGATIVE_AMOUNT, str(record.id), facts)
    if refs.company.facts.get("taxes") and refs.company.country != "US" and _TAX_WORDS.search(words):
        return Problem(Slug.TAX_UNMAPPED, "", facts)
    return unknown(facts, failure)
