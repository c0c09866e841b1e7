"""What can be mapped. These words stand in addresses and rows alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class List(StrEnum):
    ACCOUNTS = "accounts"
    PAYMENT_METHODS = "payment-methods"
    ITEMS = "items"
    TAXES = "taxes"
    TERMS = "terms"


# Subjects that are no document of ours.
DEFAULT = "*"  # what has no row of its own
UNTAXED = "untaxed"  # lines without tax, where the company's code for them is not named Exempt


@dataclass(frozen=True)
class Choice:
    """One option on their side, as a provider read it."""

    remote_id: str
    name: str
    group: str  # what kind of thing it is over there, which decides what it can be chosen for
    active: bool
    details: dict[str, str]


@dataclass(frozen=True)
class Purpose:
    """What an account is chosen for: the subject of a default."""

    subject: str
    label: str
    explanation: str
    groups: frozenset[str]  # only options of these groups fit
    required: bool
