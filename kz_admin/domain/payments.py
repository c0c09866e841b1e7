"""How money comes in, and how much of it one invoice can take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Method(StrEnum):
    CARD = "card"
    BANK_TRANSFER = "bank_transfer"
    E_TRANSFER = "e_transfer"
    CHEQUE = "cheque"
    CASH = "cash"
    QUICKBOOKS_PAYMENTS = "quickbooks_payments"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Method.CARD: "Card",
    Method.BANK_TRANSFER: "Bank transfer",
    Method.E_TRANSFER: "E-transfer",
    Method.CHEQUE: "Cheque",
    Method.CASH: "Cash",
    Method.QUICKBOOKS_PAYMENTS: "QuickBooks Payments",
    Method.OTHER: "Other",
}


class Outcome(StrEnum):
    """What a paid hook, a Stripe event or a click on Mark paid came to."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    ALREADY_PAID = "already_paid"


@dataclass(frozen=True)
class Split:
    """A payment spread over open invoices: a part for each, and what none of them could take."""

    parts: tuple[int, ...]
    rest: int


def split(amount: int, open_amounts: Sequence[int]) -> Split:
    """The first invoice first; never more than is open on each."""
    parts, rest = [], amount
    for still_open in open_amounts:
        part = max(0, min(rest, still_open))
        parts.append(part)
        rest -= part
    return Split(tuple(parts), rest)
