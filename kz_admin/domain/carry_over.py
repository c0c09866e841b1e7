"""What was chosen in one company, found again in another one: by number, e-mail and name, and only where one fits.

Ids of the old company mean nothing in the new one (decision C12), so the evidence is what both call it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kz_admin.domain.lists import List
from kz_admin.domain.matching import addresses
from kz_admin.domain.names import name_key, number_key

ANY_GROUP = frozenset({List.ITEMS})  # a service may be a non-inventory item there
CODES = ("code", "number")
MUST_AGREE = ("rate", "days")  # what makes two of the same name different things


@dataclass(frozen=True)
class Known:
    """An option as its company has it."""

    remote_id: str
    name: str
    group: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def evidence(self) -> dict[str, frozenset[str]]:
        """What it can be found by, in the words of the reason."""
        codes = {number_key(self.details[one]) for one in CODES if self.details.get(one)}
        return {
            "same number": frozenset(codes),
            "same e-mail": addresses(self.details.get("email", "")),
            "same name": frozenset({name_key(self.name, 500)} - {""}),
        }


@dataclass(frozen=True)
class Same:
    """The one option over there, and why."""

    option: Known
    why: str


class Company:
    """The options of the company that is connected now, by what each can be found by."""

    def __init__(self, which: List, options: Iterable[Known]) -> None:
        self._which = which
        self._found: dict[tuple[str, str], list[Known]] = {}
        for option in options:
            for why, words in option.evidence.items():
                for word in words:
                    self._found.setdefault((why, word), []).append(option)

    def same_as(self, was: Known) -> Same | None:
        """None where nothing fits, and where the evidence leads to more than one."""
        fitting: dict[str, Known] = {}
        reasons: list[str] = []
        for why, words in was.evidence.items():
            here = [one for word in words for one in self._found.get((why, word), ()) if self._fits(was, one)]
            fitting |= {one.remote_id: one for one in here}
            reasons += [why] if here else []
        if len(fitting) != 1:
            return None
        (option,) = fitting.values()
        return Same(option, " and ".join(reasons))

    def _fits(self, was: Known, now: Known) -> bool:
        if self._which not in ANY_GROUP and was.group != now.group:
            return False
        both = [one for one in MUST_AGREE if one in was.details or one in now.details]
        return all(was.details.get(one) == now.details.get(one) for one in both)
