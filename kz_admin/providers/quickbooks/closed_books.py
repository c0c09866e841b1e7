"""Where the books are closed: what is dated in there waits for a person, or gets the first open day (the rule).

Nothing dated on or before the closing date is made, changed or taken back over there (quickbooks.md 4.2: 6200, 6210).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from kz_admin.domain.presets import ClosedPeriod
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Go, Refs
from kz_admin.domain.terms import is_date
from kz_admin.providers.quickbooks import api, refusals


def until(refs: Refs) -> str:
    """The last closed day; empty while the books are open."""
    day = str(refs.company.facts.get("closed_until") or "")
    return day if is_date(day) else ""


def first_open(refs: Refs) -> str:
    return (date.fromisoformat(until(refs)) + timedelta(days=1)).isoformat()


def date_of(record: Any, ours: str, refs: Refs) -> str:
    """Which date it has over there: ours, a later one that was given to it, or the first open day."""
    day = max(ours, refs.choices.get("date", ""))
    closed = until(refs)
    if day > closed or (refs.own is not None and _there(day, refs) <= closed):
        return day  # what lies in there already keeps its date: whether it may change is `stop`'s question
    # Whoever credits what was reported wants nothing more in there: what is new has its place in the open period too.
    if refs.settings.closed_period in (ClosedPeriod.REDATE, ClosedPeriod.CREDIT_NOTE):
        return first_open(refs)
    raise Unfit(problem(record, ours, refs))


def go(record: Any, ours: str, refs: Refs, **choices: str) -> Go:
    """Make it, on a day that is open; a day that is not ours is kept, so that later changes hold to it."""
    there = date_of(record, ours, refs)
    return Go({**choices, "date": there} if there != ours else choices)


def stop(record: Any, ours: str, refs: Refs, deed: str) -> Problem | None:
    """Why what is over there cannot be changed or taken back: it lies in the closed period."""
    day = max(ours, refs.choices.get("date", ""))
    if refs.own is None or _there(day, refs) > until(refs):
        return None
    return problem(record, day, refs, deed)


def _there(day: str, refs: Refs) -> str:
    """As we last sent it; of what was only linked we know our own date."""
    return (refs.own.dated if refs.own else "") or day


def note(ours: str, there: str) -> str:
    """For the one who reads it over there."""
    return "" if there == ours else f"Dated {ours} where it was made; "


def said(ours: str, there: str) -> str:
    """For the one who reads it here."""
    if there == ours:
        return ""
    return f"Dated {in_words(there)} in {refusals.PROVIDER}, where the books are closed for {in_words(ours)}."


def in_words(day: str) -> str:
    return date.fromisoformat(day).strftime("%-d %b %Y")


def days(ours: str, refs: Refs) -> str:
    """Where to look for it: on our date, and on the one it got or gets instead.

    After a restore from a copy the closing date may have been another one: then on any later day.
    """
    if refs.remembered is not None:
        return f"TxnDate >= {api.quoted(ours)}"
    chosen, closed = refs.choices.get("date", ""), until(refs)
    later = [chosen] if chosen > ours else []
    if ours <= closed:
        later.append(first_open(refs))
    found = list(dict.fromkeys((ours, *later)))
    if len(found) == 1:
        return f"TxnDate = {api.quoted(ours)}"
    return f"TxnDate IN ({', '.join(api.quoted(day) for day in found)})"


def problem(record: Any, day: str, refs: Refs, deed: str = "") -> Problem:
    """One cause for everything that meets it. What is not over there yet can be given the first open day, and an
    invoice that cannot be voided can be credited."""
    facts = refusals.facts_of(record, refs)
    closed = until(refs)
    known = {
        "document": facts.get("document") or f"this {record.kind.word}",
        "dated": day,
        "closed_until": closed,
        "open_from": first_open(refs) if closed and not deed else "",
        "deed": deed,
        "credit": refusals.may_credit(record.kind, deed),
    }
    return Problem(Slug.PERIOD_CLOSED, "", {**facts, **{key: value for key, value in known.items() if value}})
