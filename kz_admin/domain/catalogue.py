"""What people read when a document does not go over: what happened, why, what became of it, and what to do.

A Problem's slug leads here; its facts fill the sentences. Texts are plain: templates escape them. A fact that is not
known never leaves a hole: each sentence has a form without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kz_admin.domain.catalogue_entries import ENTRIES, NOT_CREATED, UNCHANGED, Do
from kz_admin.domain.problems import Problem, Slug
from kz_admin.domain.terms import is_date

LONGEST_QUOTE = 90  # of their words in a headline; the whole of it stands in the details
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


def _in_words(day: str) -> str:
    return date.fromisoformat(day).strftime("%-d %b %Y")


def _filled(forms: tuple[str, str], facts: Mapping[str, str]) -> str:
    known = {name: value for name, value in facts.items() if value}
    for form in forms:
        try:
            return form.format_map(known)
        except KeyError:
            continue
    return forms[-1]


def _possible(slug: Slug, do: Do, facts: Mapping[str, str]) -> bool:
    """What needs to know something over there is offered only when we know it."""
    if do is Do.LINK and slug is Slug.DUPLICATE_NUMBER and facts.get("differs"):
        return False  # what differs is another one, whatever its number
    if do is Do.EDIT and slug is Slug.PERIOD_CLOSED and facts.get("deed"):
        return False
    if do is Do.OTHER_DATE:
        return bool(facts.get("open_from"))
    if do in (Do.LINK, Do.OPEN_THERE, Do.REACTIVATE, Do.CREATE_AGAIN):
        return bool(facts.get("remote_id"))
    return bool(facts.get("suggestion")) if do is Do.OTHER_NUMBER else True
