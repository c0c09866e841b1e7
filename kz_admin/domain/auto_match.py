"""Which option of theirs each subject of ours probably is. It suggests; a person accepts (promise K-QBO-26).

Which customer a push takes is decided elsewhere, by stricter rules: `domain/matching.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kz_admin.domain.likeness import Name, likeness, read
from kz_admin.domain.matching import Candidate, addresses
from kz_admin.domain.names import number_key

MOST_OPTIONS = 3
ALIKE = 0.80  # less is not suggested


@dataclass(frozen=True)
class Side:
    """One subject of ours or one option of theirs."""

    key: str
    name: str
    email: str = ""
    code: str = ""
    active: bool = True
    address: str = ""


class Certainty(StrEnum):
    EXACT = "exact"  # a person may accept many at once
    NEAR = "near"  # a person looks at each
    AMBIGUOUS = "ambiguous"  # several are equally good: never chosen


@dataclass(frozen=True)
class Suggestion:
    subject: str
    options: tuple[str, ...]
    certainty: Certainty
    why: str
    score: float


@dataclass(frozen=True)
class _Read:
    """A side, taken apart."""

    side: Side
    name: Name
    emails: frozenset[str]
    code: str

    @classmethod
    def of(cls, side: Side) -> _Read:
        plain = Candidate(side.key, side.name, active=side.active).plain_name
        return cls(side, read(plain), addresses(side.email), number_key(side.code))


@dataclass(frozen=True)
class _Found:
    option: _Read
    score: float
    why: str
    sure: bool  # on its own enough to be accepted without a look


def match(ours: Sequence[Side], theirs: Sequence[Side]) -> dict[str, Suggestion]:
    """Only subjects that have something to suggest."""
    index = _Index([_Read.of(side) for side in theirs])
    found: dict[str, Suggestion] = {}
    for side in ours:
        subject = _Read.of(side)
        suggestion = _suggestion(subject, [_judged(subject, option) for option in index.near(subject)])
        if suggestion:
            found[side.key] = suggestion
    return found


def contested(suggestions: Mapping[str, Suggestion]) -> frozenset[str]:
    """Subjects whose exact option another subject has too: never accepted unasked."""
    exact = {key: one.options[0] for key, one in suggestions.items() if one.certainty is Certainty.EXACT}
    often = Counter(exact.values())
    return frozenset(key for key, option in exact.items() if often[option] > 1)


def _suggestion(subject: _Read, all_found: Iterable[_Found | None]) -> Suggestion | None:
    found = sorted((one for one in all_found if one), key=lambda one: (-one.score, one.option.side.key))
    if not found:
        return None
    best = found[0]
    equal = [one for one in found if one.sure == best.sure and one.score == best.score]
    if best.sure and len(equal) > 1:
        certainty, shown = Certainty.AMBIGUOUS, equal
    elif best.sure:
        certainty, shown = Certainty.EXACT, [best]
    else:
        certainty, shown = Certainty.NEAR, found[:MOST_OPTIONS]
    options = tuple(one.option.side.key for one in shown)
    return Suggestion(subject.side.key, options, certainty, best.why, best.score)


def _judged(subject: _Read, option: _Read) -> _Found | None:
    score, why, sure = _compared(subject, option)
    if score < ALIKE:
        return None
    if not option.side.active:
        return _Found(option, score - 0.1, f"{why}, inactive over there", sure=False)
    return _Found(option, score, why, sure)


def _compared(subject: _Read, option: _Read) -> tuple[float, str, bool]:
    one, other = subject.name, option.name
    if not subject.emails.isdisjoint(option.emails):
        same = one.core_key == other.core_key
        return (1.0, "same e-mail and name", True) if same else (0.99, "same e-mail", True)
    conflict = bool(subject.emails and option.emails)
    if one.core_key == other.core_key:
        score, why = (
            (0.98, "same name") if one.full_key == other.full_key else (0.97, "same name but for the legal form")
        )
        if conflict:
            return score - 0.1, f"{why}, other e-mail", False
        if one.form != other.form and None not in (one.form, other.form):
            return score - 0.05, "same name with another legal form", False
        return score, why, True
    if one.sorted_key == other.sorted_key:
        return 0.95, "same words in another order", False
    alike = min(likeness(one, other), 0.94)
    return alike, f"name {alike:.0%} alike".replace("%", " %"), False


class _Index:
    """Options by what they share with a subject, so that not every pair is compared."""

    def __init__(self, options: Sequence[_Read]) -> None:
        self._options = options
        self._by: dict[str, list[int]] = defaultdict(list)
        for place, option in enumerate(options):
            for key in _keys(option):
                self._by[key].append(place)

    def near(self, subject: _Read) -> list[_Read]:
        places = {place for key in _keys(subject) for place in self._by.get(key, [])[:200]}
        return [self._options[place] for place in sorted(places)]


def _keys(side: _Read) -> set[str]:
    words = {f"word {word[:4]}" for word in side.name.core}
    return words | {f"mail {address}" for address in side.emails} | {f"name {side.name.core_key}"}
