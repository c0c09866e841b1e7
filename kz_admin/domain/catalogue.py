"""What people read when a document does not go over: what happened, why, what became of it, and what to do.

A Problem's slug leads here; its facts fill the sentences. Texts are plain: templates escape them. A fact that is not
known never leaves a hole: each sentence has a form without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from kz_admin.domain import catalogue_entries
from kz_admin.domain.catalogue_entries import NOT_CREATED, UNCHANGED, Do, Entry
from kz_admin.domain.catalogue_refusals import REFUSALS
from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import List
from kz_admin.domain.problems import Problem, Slug
from kz_admin.domain.terms import is_date

ENTRIES: Mapping[Slug, Entry] = {**catalogue_entries.ENTRIES, **REFUSALS}
LONGEST_QUOTE = 90  # of their words in a headline; the whole of it stands in the details
CLIENT = Kind.CLIENT.word
PURPOSES = ("income", "expense", "deposit")


@dataclass(frozen=True)
class Card:
    """One Problem in words."""

    slug: str
    headline: str
    why: str
    created: str
    actions: tuple[Do, ...]
    said: str  # the provider's own words
    code: str
    reference: str
    facts: Mapping[str, str]


def card_of(problem: Problem, label: str = "", *, over_there: bool = False) -> Card:
    """`over_there`: it was there before, and what failed is a change of it."""
    entry, facts = ENTRIES[problem.slug], _facts(problem, label)
    return Card(
        slug=problem.slug.value,
        headline=_filled(entry.headline, facts),
        why=_filled(entry.why, facts),
        created=UNCHANGED if over_there and entry.created == NOT_CREATED else entry.created,
        actions=tuple(do for do in entry.actions if _possible(problem.slug, do, facts)),
        said=problem.facts.get("words", ""),
        code=facts.get("code", ""),
        reference=facts.get("reference", ""),
        facts=facts,
    )


def headline_of(problem: Problem, label: str) -> str:
    return _filled(ENTRIES[problem.slug].headline, _facts(problem, label))


def token_expired(label: str, company: str) -> Card:
    """Of the connection, not of one document: everything waits for the same thing (decision C27)."""
    return Card(
        slug="reconnect",
        headline=f"{label} token expired",
        why=f"Access to {company} has ended. What waits goes over after a reconnect; nothing is lost.",
        created="",
        actions=(Do.RECONNECT,),
        said="",
        code="",
        reference="",
        facts={"provider": label},
    )


def _facts(problem: Problem, label: str) -> dict[str, str]:
    """As people write them: dates in words, thousands apart."""
    facts = {"provider": label, **problem.facts}
    if len(words := " ".join(facts.get("words", "").split())) > LONGEST_QUOTE:
        facts["words"] = words[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
    if problem.slug is Slug.TAX_UNMAPPED:
        facts.setdefault("list", List.TAXES.value)
    if problem.slug is Slug.CUSTOMER_MISSING and problem.subject and facts.get("what", CLIENT) == CLIENT:
        facts |= {"list": List.CUSTOMERS.value, "row": problem.subject}
    if facts.get("currency") == facts.get("company_currency"):
        facts.pop("company_currency", None)  # it is not that one which is off
    if problem.slug is Slug.ACCOUNT_MISSING:
        facts["purpose"] = problem.subject if problem.subject in PURPOSES else PURPOSES[0]
    for name in ("limit", "length"):
        if facts.get(name, "").isdecimal():
            facts[name] = f"{int(facts[name]):,}"
    for name in ("closed_until", "dated"):
        facts |= {name: _in_words(facts[name])} if is_date(facts.get(name, "")) else {}
    if is_date(facts.get("open_from", "")):
        facts["open_day"] = _in_words(facts["open_from"])
    return facts


def subscription_ended(label: str, company: str) -> Card:
    """Of the company: everything that waits is held, and tried again once a day."""
    return replace(card_of(Problem(Slug.SUBSCRIPTION_ENDED, "", {"company": company}), label), created="")


def _in_words(day: str) -> str:
    return date.fromisoformat(day).strftime("%-d %b %Y")


def _filled(forms: tuple[str, str], facts: Mapping[str, str]) -> str:
    known = {name: value for name, value in facts.items() if value}
    for form in forms:
        try:
            return _begun(form.format_map(known))
        except KeyError:
            continue
    return forms[-1]


def _begun(sentence: str) -> str:
    """What is told in words of ours begins a sentence like any other; a name keeps its letters."""
    return f"The {sentence[4:]}" if sentence.startswith("the ") else sentence


# What a step needs to know; without it the card does not offer it.
NEEDED: Mapping[Do, tuple[str, ...]] = {
    Do.LINK: ("remote_id",),
    Do.OPEN_THERE: ("remote_id",),
    Do.REACTIVATE: ("remote_id",),
    Do.CREATE_AGAIN: ("remote_id",),
    Do.OTHER_DATE: ("open_from",),
    Do.CREDIT_INSTEAD: ("credit",),
    Do.OTHER_NUMBER: ("suggestion",),
    Do.CHOOSE_MAPPING: ("list",),
    Do.SHORTEN: ("field",),
    Do.REVIVE: ("row",),
    Do.NEW_CUSTOMER: ("row",),
}


def _possible(slug: Slug, do: Do, facts: Mapping[str, str]) -> bool:
    if do is Do.LINK and slug is Slug.DUPLICATE_NUMBER and facts.get("differs"):
        return False  # what differs is another one, whatever its number
    if do is Do.LINK and slug is Slug.DIFFERS_THERE and facts.get("deed"):
        return False  # it is linked, and to be taken back
    if do is Do.EDIT and slug is Slug.PERIOD_CLOSED and facts.get("deed"):
        return False
    if do in (Do.REVIVE, Do.NEW_CUSTOMER) and facts.get("list") != List.CUSTOMERS.value:
        return False
    return all(facts.get(name) for name in NEEDED.get(do, ()))
