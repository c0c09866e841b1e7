"""Which option of theirs each subject of ours probably is. It only suggests; people accept.

Which customer a push takes is decided elsewhere, by stricter rules: `domain/matching.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kz_admin.domain.likeness import Name, address_words, likeness, read, shared
from kz_admin.domain.matching import Candidate, addresses
from kz_admin.domain.names import number_key
from kz_admin.domain.shortlist import Shortlist

MOST_OPTIONS = 3
ALIKE = 0.80  # less is not suggested
STRONG = 0.95  # from here, where addresses are known, 995 of 1,000 first options are right (bench/matching.py)
CLOSE = 0.02  # two strong ones this near to each other are equally good
SAME_ADDRESS, OTHER_ADDRESS = 0.5, 0.2  # how many of the smaller address's words the other one has
INACTIVE_LESS = 0.2


@dataclass(frozen=True)
class Side:
    """One subject of ours or one option of theirs."""

    key: str  # our subject or their remote id
    name: str
    email: str = ""
    code: str = ""  # a number or SKU where there is one
    active: bool = True
    address: str = ""  # street, town, postal code, telephone: whatever there is; it only supports a name


class Certainty(StrEnum):
    EXACT = "exact"  # a person may accept many at once
    NEAR = "near"  # a person looks at each
    AMBIGUOUS = "ambiguous"  # several are equally good: never chosen


@dataclass(frozen=True)
class Suggestion:
    subject: str
    options: tuple[str, ...]  # best first; exactly one when EXACT
    certainty: Certainty
    why: str
    score: float


@dataclass(frozen=True)
class _Read:
    """A side, taken apart once."""

    side: Side
    name: Name
    emails: frozenset[str]
    code: str
    address: frozenset[str]


@dataclass(frozen=True)
class _Found:
    option: _Read
    score: float
    why: str
    sure: bool = False  # enough to be accepted without a look, when it is the only one


def match(ours: Sequence[Side], theirs: Sequence[Side]) -> dict[str, Suggestion]:
    """Only subjects that have something to suggest."""
    options = [_read(side) for side in theirs]
    shortlist = Shortlist([(option.name, _identities(option)) for option in options])
    suggestions = {}
    for side in ours:
        subject = _read(side)
        same = [options[place] for place in shortlist.same(subject.name, _identities(subject))]
        found = _judged_all(subject, same)
        if not any(one.sure for one in found):
            near = [options[place] for place in shortlist.near(subject.name)]
            found += _judged_all(subject, [option for option in near if option not in same])
        if found:
            suggestions[side.key] = _suggestion(side.key, found)
    return suggestions


def contested(suggestions: Mapping[str, Suggestion]) -> frozenset[str]:
    """Subjects whose exact option another subject has too: never accepted unasked."""
    exact = {key: one.options[0] for key, one in suggestions.items() if one.certainty is Certainty.EXACT}
    subjects_of = Counter(exact.values())
    return frozenset(key for key, option in exact.items() if subjects_of[option] > 1)


def _read(side: Side) -> _Read:
    plain = Candidate(side.key, side.name, active=side.active).plain_name
    return _Read(side, read(plain), addresses(side.email), number_key(side.code), address_words(side.address))


def _identities(one: _Read) -> list[str]:
    """What two sides can share beside a name. All figures of an address are one: house number with postal code."""
    figures = " ".join(sorted(word for word in one.address if word[0].isdigit()))
    return [*one.emails, *([f"code {one.code}"] if one.code else []), *([f"at {figures}"] if " " in figures else [])]


def _judged_all(subject: _Read, options: Sequence[_Read]) -> list[_Found]:
    return [found for option in options if (found := _judged(subject, option)).score >= ALIKE - INACTIVE_LESS]


def _suggestion(subject: str, all_found: list[_Found]) -> Suggestion:
    found = sorted(all_found, key=lambda one: (not one.sure, -one.score, one.option.side.key))
    best, certainty, why = found[0], Certainty.NEAR, found[0].why
    shown = found[:MOST_OPTIONS]
    if best.sure:
        equal = [one for one in found if one.sure and (one.score == best.score or _divided(best, one))]
        certainty, shown = (Certainty.AMBIGUOUS, equal) if len(equal) > 1 else (Certainty.EXACT, [best])
        if any(_divided(best, one) for one in equal):
            why = "one has the same e-mail, another the same name"
    elif best.score >= STRONG:
        equal = [one for one in found if one.score >= max(STRONG, best.score - CLOSE)]
        if len(equal) > 1:
            certainty, shown = Certainty.AMBIGUOUS, equal
    return Suggestion(subject, tuple(one.option.side.key for one in shown), certainty, why, round(best.score, 3))


def _divided(best: _Found, other: _Found) -> bool:
    return best.why == "same e-mail" and other.why != best.why and other.sure


def _judged(subject: _Read, option: _Read) -> _Found:
    found = _compared(subject, option)
    if found.score < ALIKE:
        return replace(found, score=0.0)
    if not option.side.active:
        return _Found(option, found.score - INACTIVE_LESS, f"{found.why}, inactive over there")
    return found


def _compared(subject: _Read, option: _Read) -> _Found:
    same_name = bool(subject.name.key) and subject.name.key == option.name.key
    if not subject.emails.isdisjoint(option.emails):
        return _Found(
            option, 1.0 if same_name else 0.99, "same e-mail and name" if same_name else "same e-mail", sure=True
        )
    if same_name:
        return _same_name(subject, option)
    return _alike(subject, option)


def _same_name(subject: _Read, option: _Read) -> _Found:
    one, other = subject.name, option.name
    if one.full == other.full:
        score, why = 0.98, "same name"
    elif one.form == other.form:
        score, why = 0.975, "same name, written another way"
    elif one.form is None or other.form is None:
        score, why = 0.97, "same name but for the legal form"
    else:
        return _Found(option, 0.9, "same name with another legal form")
    if against := _against(subject, option):
        return _Found(option, score - 0.08, f"{why}, {against}")
    if subject.code and subject.code == option.code:
        return _Found(option, score + 0.009, f"{why}, same code", sure=True)
    return _Found(option, score, why, sure=True)


def _alike(subject: _Read, option: _Read) -> _Found:
    one, other = subject.name, option.name
    in_order = one.sorted_key != other.sorted_key
    alike = min(likeness(one, other), 0.94)
    why = f"name {int(alike * 100)} % alike" if in_order else "same words in another order"
    near = shared(subject.address, option.address) or 0.0
    if subject.code and subject.code == option.code:
        return _Found(option, 0.94, f"same code, {why}")
    if against := _against(subject, option):
        return _Found(option, alike - 0.04, f"{why}, {against}")
    if near >= SAME_ADDRESS and alike >= ALIKE - 0.1:
        return _Found(option, STRONG + 0.02 * near * alike, f"{why}, same address")
    return _Found(option, alike, why)


def _against(subject: _Read, option: _Read) -> str:
    """What speaks against the same one, though the name is the same."""
    if subject.emails and option.emails:
        return "other e-mail"
    if subject.code and option.code and subject.code != option.code:
        return "other code"
    near = shared(subject.address, option.address)
    return "other address" if near is not None and near < OTHER_ADDRESS else ""
