"""Which customer over there a client of ours is (decisions C04, C25): by e-mail, else by name where it counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kz_admin.domain.names import name_key

_BETWEEN_ADDRESSES = re.compile(r"[,;\s]+")
_INACTIVE_ENDING = re.compile(r" \(deleted(-\d+)?\)$")


@dataclass(frozen=True)
class Candidate:
    """A customer of theirs, as far as choosing looks at it."""

    remote_id: str
    name: str
    email: str = ""  # may hold several addresses
    currency: str = ""
    active: bool = True
    top_level: bool = True

    @property
    def plain_name(self) -> str:
        """Making a customer inactive put an ending behind its name."""
        return self.name if self.active else _INACTIVE_ENDING.sub("", self.name)


@dataclass(frozen=True)
class Sought:
    name: str
    email: str
    currency: str
    by_name: bool  # an equal name alone makes it the same customer
    taken: bool = False  # a create under this name was refused: somebody has it


@dataclass(frozen=True)
class Fits:
    candidate: Candidate


@dataclass(frozen=True)
class Twin:
    """The same one, made inactive over there: whether it comes back is for a person to say."""

    candidate: Candidate


@dataclass(frozen=True)
class New:
    """Nobody is it. `suffix` goes behind the name, because the bare name belongs to somebody else."""

    suffix: str = ""


def choose(sought: Sought, candidates: Sequence[Candidate]) -> Fits | Twin | New:
    top = sorted((one for one in candidates if one.top_level), key=_age)
    fitting = [one for one in top if one.active and _same_currency(sought, one)]
    if found := [one for one in fitting if shares_address(sought.email, one.email)]:
        return Fits(found[0])
    named = [one for one in fitting if _same_name(sought, one) and sought.by_name and _no_other_email(sought, one)]
    if len(named) == 1:
        return Fits(named[0])
    for one in top:
        if not one.active and _same_currency(sought, one) and _same_name(sought, one) and _same_person(sought, one):
            return Twin(one)
    holder = next((one for one in top if one.active and _same_name(sought, one)), None)
    return New(_suffix(sought, holder))


def addresses(text: str) -> frozenset[str]:
    return frozenset(filter(None, _BETWEEN_ADDRESSES.split(text.casefold())))


def shares_address(one: str, other: str) -> bool:
    return not addresses(one).isdisjoint(addresses(other))


def _age(candidate: Candidate) -> tuple[int, str]:
    """The lowest id is the oldest."""
    is_number = candidate.remote_id.isascii() and candidate.remote_id.isdigit()
    return (int(candidate.remote_id) if is_number else 0, candidate.remote_id)


def _same_name(sought: Sought, candidate: Candidate) -> bool:
    return name_key(sought.name, 1000) == name_key(candidate.plain_name, 1000)


def _same_currency(sought: Sought, candidate: Candidate) -> bool:
    return not sought.currency or not candidate.currency or sought.currency == candidate.currency


def _no_other_email(sought: Sought, candidate: Candidate) -> bool:
    return not addresses(sought.email) or not addresses(candidate.email)


def _same_person(sought: Sought, candidate: Candidate) -> bool:
    by_name = sought.by_name and _no_other_email(sought, candidate)
    return by_name or shares_address(sought.email, candidate.email)


def _suffix(sought: Sought, holder: Candidate | None) -> str:
    if holder is None:
        return " (customer)" if sought.taken else ""  # a vendor or an employee has the name
    if not _same_currency(sought, holder) and (shares_address(sought.email, holder.email) or not sought.email):
        return f" ({sought.currency})"
    return f" ({sought.email})" if sought.email else " (customer)"


def next_suffix(refused: str) -> str:
    """After a name with this ending was refused as well."""
    counted = re.fullmatch(r"(.*) \((\d+)\)", refused)
    return f"{counted[1]} ({int(counted[2]) + 1})" if counted else f"{refused} (2)"
