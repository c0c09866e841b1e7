"""What goes over, in words both sides of the engine share: providers build and read these, services move them.

    Record + Refs ──build──► Draft ──pack──► Request ──send──► bytes ──read──► Remote, or a ProviderFailure

Everything here is plain frozen data. Amounts are minor units; prices, quantities and the numbers in bodies are Decimal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import List
from kz_admin.domain.presets import Settings
from kz_admin.domain.problems import Problem


class Verb(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"  # void or delete, whichever their side offers for it


class LinkedBy(StrEnum):
    """How a document of ours and an object of theirs came to belong together."""

    CREATED = "created"  # we made it there
    MATCH = "match"  # it was there already, found by the rules
    PERSON = "person"  # somebody said so
    MERGE = "merge"  # it became part of another one over there


@dataclass(frozen=True)
class Ref:
    """One of our documents as it is known over there."""

    remote_id: str
    remote_type: str = ""
    version: str = ""
    number: str = ""
    customer: str = ""  # whom it was booked to; money on it goes to the same one
    balance: int | None = None  # what is open on it, by the last answer
    created_by_us: bool = False
    dated: str = ""  # the date we last sent for it
    total: int | None = None  # by the last answer
    rate: Decimal | None = None  # of exchange, as they used it
    sent: Draft | None = None  # what we last sent for it, where somebody has to say the same again


@dataclass(frozen=True)
class Company:
    """What builders must know of the company. `facts` are the provider's own words, read when it was connected."""

    country: str
    currency: str
    plan: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


# The part of a credit note that is its use for invoices, where that is an object of its own over there.
APPLIED = "applied"
# The parts of an invoice that is voided here and cannot be over there: a credit over all of it, and its use for it.
CREDITED, CREDITED_APPLIED = "credited", "credited_applied"
OF_A_CREDIT = frozenset({CREDITED, CREDITED_APPLIED})
CREDIT = "credit"  # the choice of the invoice itself: a person asked for it, or it is decided and never undone
ASKED, DECIDED = "asked", "decided"

Key = tuple[Kind, UUID, str]  # kind, id, part


@dataclass(frozen=True)
class Chosen:
    """The option of theirs that a mapping chose, as it was last read; an empty id is none, on purpose."""

    remote_id: str
    name: str = ""
    active: bool = True
    details: Mapping[str, str] = field(default_factory=dict)


# Choices that a person's word about a link leaves with a document.
UNLINKED = "unlinked"  # ids of theirs, with commas between them: what it was linked to and is not
SOUGHT = "sought"  # the number or id over there that it is to be linked to


@dataclass(frozen=True)
class Refs:
    """All that a builder needs beside the document itself."""

    company: Company
    settings: Settings
    marker: str  # kz:<uuid of the document>
    part: str = ""
    own: Ref | None = None  # set when it is over there already
    partners: Mapping[Key, Ref] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(
        default_factory=dict
    )  # purpose → their id; "" is none on purpose, absent is open
    methods: Mapping[str, str] = field(default_factory=dict)  # our payment method → their id of it
    choices: Mapping[str, str] = field(default_factory=dict)  # what people or an earlier refusal decided for this one
    names: Mapping[UUID, str] = field(default_factory=dict)  # what people call the partners, for sentences
    look_first: bool = False  # there is a reason to look over there before creating (decision C26)
    # After a restore from a copy: the markers of ours that may stand beside this one over there. What carries another
    # marker is of a document that was forgotten with what happened since the copy. None: nothing was forgotten.
    remembered: frozenset[str] | None = None
    mapped: Mapping[tuple[List, str], Chosen] = field(default_factory=dict)  # list and subject → their option
    inactive: Mapping[str, str] = field(default_factory=dict)  # items that were made inactive: id → name
    own_currency: str = ""  # the tenant's, in which rates of ours are given
    rates: Mapping[UUID, Decimal] = field(default_factory=dict)  # invoice → the exchange rate somebody gave for it
    our_numbers: frozenset[str] = frozenset()  # of the endings its number may get: what is a number of ours (as keys)
    paid_by_provider: bool = False  # the invoice was paid through the provider's own payments, which books it itself

    @property
    def unlinked(self) -> frozenset[str]:
        """What a person said that it is not: never found to be it again, although it looks like it."""
        return unlinked_of(self.choices)


def unlinked_of(choices: Mapping[str, str]) -> frozenset[str]:
    return frozenset(filter(None, choices.get(UNLINKED, "").split(",")))


@dataclass(frozen=True)
class Expected:
    """What a found or answered object must agree in to be ours. Empty and None: not compared."""

    marker: str = ""
    number: str = ""
    customer: str = ""
    currency: str = ""
    total: int | None = None
    name: str = ""
    email: str = ""
    tax: int | None = None
    theirs: int | None = None  # the total by their own rules, where we can work it out beforehand
    why: str = ""  # what the reason is, should their total or tax differ
    said: str = ""  # what people should know of it although all is well, such as another date


@dataclass(frozen=True)
class Draft:
    """Exactly what would be written for one document; a preview shows it, sending packs it."""

    kind: Kind
    verb: Verb
    entity: str  # their word: "Invoice"
    body: Mapping[str, Any]
    expected: Expected
    operation: str = ""  # their word for a removal: "void", "delete"
    remote_id: str = ""  # of what is changed or removed
    dated: str = ""  # the date it has over there with it
    stopped: Problem | None = None  # why it may not leave, unless it says what is there already


@dataclass(frozen=True)
class Reference:
    """Something of theirs that a body names."""

    entity: str  # their word: "Customer"
    remote_id: str
    words: str  # what people call it where it stands


@dataclass(frozen=True)
class Remote:
    """An object of theirs, as far as we look at it."""

    remote_type: str
    remote_id: str
    version: str = ""
    number: str = ""
    name: str = ""
    email: str = ""
    customer: str = ""
    currency: str = ""
    total: int | None = None
    balance: int | None = None
    tax: int | None = None
    rate: Decimal | None = None  # of exchange
    text: str = ""  # where our marker would stand
    active: bool = True
    voided: bool = False  # it is kept, and counts for nothing
    links: tuple[tuple[str, str], ...] = ()  # (type, id) of what is tied to it, such as an invoice's payments
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Question:
    """One look-up in the provider's own language; several travel together."""

    entity: str
    statement: str


Rows = list[dict[str, Any]]  # what one question brought


@dataclass(frozen=True)
class Request:
    """A write, ready to leave: the same bytes every time it is sent. `path` is below the company."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Limits:
    """What the provider lets one company do, and how long an answer may be under way."""

    per_minute: int
    per_second: int | None
    at_once: int
    bulk_items: int
    bulk_per_minute: int | None
    per_day: int | None
    throttled_s: int  # after a 429 that names no time


# -- what came of looking, and of a refusal ---------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """It is there already: tie our document to it, write nothing."""

    remote: Remote
    how: LinkedBy = LinkedBy.MATCH


@dataclass(frozen=True)
class Go:
    """Build and send, with these decisions added to the choices; they are kept, so that later changes hold to them."""

    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """Their side is expected to write it itself: look again later."""

    seconds: int
    words: str  # the second line of the pill


@dataclass(frozen=True)
class Needless:
    """Nothing is left for it to do over there, and `words` say what that means, where it means something."""

    words: str = ""


@dataclass(frozen=True)
class Again:
    """After a refusal: once more with these decisions; `look` asks over there first, `company` reads its facts anew."""

    choices: Mapping[str, str] = field(default_factory=dict)
    look: bool = False
    company: bool = False


def decimal_of(minor: int, digits: int) -> Decimal:
    return Decimal(minor).scaleb(-digits)


MARKER = "kz:"  # stands in the notes of what we made there


_MARKED = re.compile(MARKER + r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


def marker_of(local_id: UUID) -> str:
    return f"{MARKER}{local_id}"


def marked_by(text: str) -> set[UUID]:
    """The documents of ours whose markers stand in a note of theirs."""
    return {UUID(found) for found in _MARKED.findall(text)}
