"""From legs in the document's currency to balanced postings in the home currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ..ledger import Name, Posting
from ..money import ZERO, cents


@dataclass(frozen=True, slots=True)
class Leg:
    """Debit positive, in the document's currency."""

    account: str
    amount: Decimal
    name: Name | None = None

    def reversed(self) -> Leg:
        return replace(self, amount=-self.amount)


def in_home(counter: Leg, legs: Sequence[Leg], rate: Decimal) -> list[Posting]:
    """The counter leg (what is owed or paid) is exact; cents that rounding leaves go to the largest other leg."""
    first = Posting(counter.account, cents(counter.amount * rate), counter.amount, counter.name)
    others = [Posting(leg.account, cents(leg.amount * rate), leg.amount, leg.name) for leg in legs]
    left = -(first.amount + sum((each.amount for each in others), ZERO))
    if left and others:
        place = max(range(len(others)), key=lambda index: abs(others[index].amount))
        others[place] = replace(others[place], amount=cents(others[place].amount + left))
    return [first, *others]
