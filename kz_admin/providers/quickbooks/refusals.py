"""What their refusals mean (quickbooks.md 4.2). Codes decide; words only fill sentences, they are localised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import List
from kz_admin.domain.problems import Problem, ProviderFailure, Slug
from kz_admin.domain.pushing import Again, Draft, Refs, Verb
from kz_admin.providers.quickbooks import drafting

PROVIDER = "QuickBooks"
STALE = "5010"
NOT_FOUND = "610"
BAD_REFERENCE = "2500"
TOO_LONG = "2050"
BUSINESS_RULE = "6000"
CLOSED = frozenset({"6200", "6210"})

# One cause for all documents that meet it: what has to be done is done once, over there or on a page of ours.
OF_THE_COMPANY: Mapping[str, Slug] = {
    "5020": Slug.PERMISSION,
    "5030": Slug.EDITION_LIMIT,
    "6190": Slug.SUBSCRIPTION_ENDED,
    "6200": Slug.PERIOD_CLOSED,
    "6210": Slug.PERIOD_CLOSED,
    "6430": Slug.ACCOUNT_TYPE,
}
OF_THE_DOCUMENT: Mapping[str, Slug] = {
    "620": Slug.WRONG_CUSTOMER_LINK,
    "2210": Slug.EMAIL_FORMAT,
    "2280": Slug.TAX_UNMAPPED,
    "6100": Slug.TAX_UNMAPPED,
    "6160": Slug.TAX_UNMAPPED,
    "6230": Slug.TAX_UNMAPPED,
    "6250": Slug.CUSTOMER_MISSING,
    "6420": Slug.EMAIL_FORMAT,
    "6470": Slug.TAX_UNMAPPED,
    "6540": Slug.DEPOSITED,
}
# In their texts lists go by their tables; people know them by other words.
TABLES = {"Names": "Customer", "Items": "Item", "Accounts": "Account", "TaxCodes": "TaxCode", "Txns": "Invoice"}
# What would be done to what is there, in a sentence.
DEEDS = {Verb.UPDATE: drafting.CHANGED, Verb.REMOVE: drafting.TAKEN_BACK}
_ELEMENT = re.compile(r"(\w+) element id (\w+)")
_LENGTHS = re.compile(r"Max:(\d+).*?length:(\d+)")
_TAX_WORDS = re.compile(r"\b(GST|HST|VAT|tax)\b", re.IGNORECASE)


def facts_of(record: Any, refs: Refs) -> dict[str, str]:
    """What fills the sentences about one of our documents."""
    number, name = getattr(record, "number", ""), getattr(record, "name", "")
    client_id = getattr(record, "client_id", None)
    facts = {
        "provider": PROVIDER,
        "document": number or name,
        "number": number,
        "name": name or (refs.names.get(client_id, "") if client_id else ""),
        "email": getattr(record, "email", ""),
        "currency": refs.part if record.kind is Kind.CLIENT and refs.part else getattr(record, "currency", ""),
        "company_currency": refs.company.currency,
    }
    return {key: value for key, value in facts.items() if value}


def mapped_inactive(record: Any, refs: Refs, of: List, row: str, remote_id: str, name: str) -> Problem:
    """One cause for all that is mapped to it; `row` is the line of the mapping page where another can be chosen."""
    there = {"option": name or remote_id, "list": of.value, "row": row}
    return Problem(Slug.MAPPED_INACTIVE, f"{of}:{remote_id}"[:60], {**facts_of(record, refs), **there})


def words_of(failure: ProviderFailure) -> dict[str, str]:
    return {"words": failure.words, "code": failure.code, "reference": failure.reference}


def common(record: Any, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    """What any kind can meet. A newer version, or one that is not found, is read again before a person hears of it."""
    gone = failure.code == NOT_FOUND and draft.verb is not Verb.CREATE and "look" not in refs.choices
    if failure.code == STALE or gone:
        return Again(look=True)
    if failure.code in CLOSED and "closed" not in refs.choices:
        return Again({"closed": failure.code}, company=True)  # we knew another closing date, or none
    return _problem(record, refs, draft, failure)


def _problem(record: Any, refs: Refs, draft: Draft, failure: ProviderFailure) -> Problem:
    code, facts = failure.code, {**facts_of(record, refs), **words_of(failure)}
    if code in (NOT_FOUND, BAD_REFERENCE):
        return _inactive_reference(facts, failure)
    if code in OF_THE_COMPANY:
        return Problem(OF_THE_COMPANY[code], "", {**facts, **_of_the_company(refs, draft)})
    if code == TOO_LONG:
        return Problem(Slug.TEXT_TOO_LONG, str(record.id), {**facts, **_lengths(failure)})
    if code in OF_THE_DOCUMENT:
        return Problem(OF_THE_DOCUMENT[code], str(record.id), facts)
    return _business_rule(refs, facts, failure) if code == BUSINESS_RULE else unknown(facts, failure)


def _lengths(failure: ProviderFailure) -> dict[str, str]:
    found = _LENGTHS.search(failure.words)
    return {"limit": found[1], "length": found[2]} if found else {}


def unknown(facts: Mapping[str, str], failure: ProviderFailure) -> Problem:
    return Problem(Slug.UNKNOWN, failure.code, {**facts, **words_of(failure)})


def _of_the_company(refs: Refs, draft: Draft) -> dict[str, str]:
    return {
        "account": str(draft.body.get("DepositToAccountRef", draft.body.get("IncomeAccountRef", {})).get("value", "")),
        "closed_until": str(refs.company.facts.get("closed_until") or ""),
        "deed": DEEDS.get(draft.verb, ""),
        "dated": str(draft.body.get("TxnDate") or draft.dated),
        "what": draft.kind.plural,
    }


def _inactive_reference(facts: Mapping[str, str], failure: ProviderFailure) -> Problem:
    element = _ELEMENT.search(failure.words)
    if element is None:
        return Problem(Slug.INACTIVE_REFERENCE, failure.code, facts)
    remote_type, remote_id = TABLES.get(element[1], element[1]), element[2]
    there = {"remote_type": remote_type, "remote_id": remote_id}
    return Problem(Slug.INACTIVE_REFERENCE, f"{remote_type}:{remote_id}"[:60], {**facts, **there})


def _business_rule(refs: Refs, facts: Mapping[str, str], failure: ProviderFailure) -> Problem:
    """One code for everything else. What we know of the company tells more than the words do."""
    currency = facts.get("currency", "")
    if currency and currency != refs.company.currency and not refs.company.facts.get("multicurrency"):
        return Problem(Slug.CURRENCY_OFF, currency, facts)
    if refs.company.facts.get("taxes") and refs.company.country != "US" and _TAX_WORDS.search(failure.words):
        return Problem(Slug.TAX_UNMAPPED, "", facts)
    return unknown(facts, failure)
