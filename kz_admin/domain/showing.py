"""A draft as a person reads it, in words all providers have. Ids stay ids: whoever shows it knows their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class ShownLine:
    text: str
    amount: Decimal
    item: str = ""
    quantity: Decimal | None = None
    price: Decimal | None = None
    tax_code: str = ""
    tax_word: str = ""  # what the code says, where it is known without a list
    is_discount: bool = False


@dataclass(frozen=True)
class Shown:
    """What a draft says; empty where it says nothing."""

    customer: str = ""
    number: str = ""
    date: str = ""
    due: str = ""
    lines: tuple[ShownLine, ...] = ()
    tax: Decimal | None = None
    total: Decimal | None = None
    rate: Decimal | None = None  # of exchange, where it is ours
    name: str = ""
    email: str = ""
    account: str = ""
    method: str = ""
    reference: str = ""

    @property
    def net(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


def flat(body: Mapping[str, Any], place: str = "") -> dict[str, str]:
    """Field by field, so that two bodies can be laid side by side; places in lists are counted from one."""
    found: dict[str, str] = {}
    for name, value in body.items():
        found |= _flat_value(f"{place} {name}".strip(), value)
    return found


def _flat_value(place: str, value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return flat(value, place)
    if isinstance(value, list | tuple):
        return {k: v for n, one in enumerate(value, start=1) for k, v in _flat_value(f"{place} {n}", one).items()}
    return {place: format(value, "f") if isinstance(value, Decimal) else str(value)}
