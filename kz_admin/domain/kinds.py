"""The kinds of our documents, and the order in which they travel (DESIGN section 4)."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """In the order in which they are pushed: what others need comes first."""

    CLIENT = "client"
    PROJECT = "project"
    SERVICE = "service"
    VENDOR = "vendor"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REFUND = "refund"
    TIME_ENTRY = "time_entry"
    EXPENSE = "expense"

    @property
    def word(self) -> str:
        return self.value.replace("_", " ")

    @property
    def plural(self) -> str:
        return _PLURALS.get(self, f"{self.word}s")


_PLURALS = {Kind.TIME_ENTRY: "time entries"}

# Removals travel before everything else and backwards: money first, then what it paid.
REMOVAL_ORDER = (Kind.REFUND, Kind.PAYMENT, Kind.CREDIT_NOTE, Kind.INVOICE)

# Partners and things we sell are never frozen by a reset; what carries an amount is (DESIGN section 5).
NEVER_FROZEN = frozenset({Kind.CLIENT, Kind.PROJECT, Kind.SERVICE, Kind.VENDOR})


class Origin(StrEnum):
    """Where a document was made. What was imported is never created over there again."""

    OURS = "ours"
    IMPORTED = "imported"


class Source(StrEnum):
    """Who calls a document by an id of their own (ExternalRef), or brought a payment."""

    PLATFORM = "platform"
    STRIPE = "stripe"
    CSV = "csv"
    PERSON = "person"
