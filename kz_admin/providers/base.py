"""What a provider is: a frozen table. What is in the table is what it can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kz_admin.config import Config
from kz_admin.config_reader import Addresses, KeyPair
from kz_admin.domain.connection import Environment
from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import Choice, List, Purpose
from kz_admin.domain.payments import Method
from kz_admin.domain.presets import Setting
from kz_admin.domain.problems import Problem, ProviderFailure
from kz_admin.domain.pushing import (
    Again,
    Company,
    Draft,
    Go,
    Limits,
    Link,
    Needless,
    Question,
    Ref,
    Reference,
    Refs,
    Remote,
    Request,
    Rows,
    Wait,
)
from kz_admin.domain.showing import Shown
from kz_admin.providers.http import Answer, origin
from kz_admin.providers.oauth import Dialect


@dataclass(frozen=True)
class Access:
    """The right to call one company, for the length of one use case. Only a few services may hold it."""

    token: str
    company: str
    environment: Environment
    base_url: str

    def __repr__(self) -> str:
        return f"Access(environment={self.environment})"  # tokens and company ids never reach a log


@dataclass(frozen=True)
class CompanyFacts:
    """The company as it describes itself, read back with the new token before anything is stored."""

    company: str
    name: str
    country: str
    currency: str
    plan: str
    subscription: str  # their word: TRIAL, SUBSCRIBED, EXPIRED …
    writable: bool  # whether the subscription lets anybody write
    facts: Mapping[str, Any] = field(default_factory=dict)  # what builders must know, in the provider's own words


# What earlier lines of the same test have read already.
Seen = dict[str, Any]


@dataclass(frozen=True)
class Check:
    """One line of Test Connection: reads only, raises a ProviderFailure or returns what is wrong."""

    label: str
    run: Callable[[Access, Mapping[str, str], Seen], Finding]


@dataclass(frozen=True)
class Finding:
    ok: bool
    sentence: str
    fix: str = ""
    fix_link: str = ""  # a page of ours, below the provider's address


@dataclass(frozen=True)
class Watch:
    """Of what a person had us make although their side makes it itself: what to ask now and then, and what it means."""

    questions: Callable[[Any, Refs], Sequence[Question]]
    seen: Callable[[Any, Refs, Sequence[Rows]], Problem | None]


@dataclass(frozen=True)
class Instead:
    """What cannot be taken back over there, and is undone by objects of its own: parts of the same document.

    Asked about the document itself. `parts` is empty for what is taken back like any other; once they were made for
    it (the choice CREDIT), it says the same for ever."""

    questions: Callable[[Any, Refs], Sequence[Question]]  # the first one reads the object as it is now
    parts: Callable[[Any, Refs, Sequence[Rows]], Sequence[str]]  # without answers: as far as we know (a preview)


@dataclass(frozen=True)
class Pusher:
    """How one kind goes over. Everything but `Provider.ask` and `.send` is pure, so that a preview is what happens."""

    build: Callable[[Any, Refs], Draft]  # raises Unfit with the Problem that names what is missing
    # Before the first create: what to ask over there, and what the answers mean. Both may raise Unfit.
    questions: Callable[[Any, Refs], Sequence[Question]]
    decide: Callable[[Any, Refs, Sequence[Rows]], Link | Go | Wait | Needless]
    # A 4xx: another try with other words, or the Problem for a person.
    refused: Callable[[Any, Refs, Draft, ProviderFailure], Again | Problem]
    # An unknown outcome: what to ask (sent at this moment, milliseconds), and whether one of the answers is ours.
    # Raises Unfit when something carries our marker and yet differs.
    find: Callable[[Draft, int], Sequence[Question]]
    recognise: Callable[[Draft, Sequence[Rows]], Remote | None]
    # For an update or a removal that met a newer version over there: how to read the object as it is now.
    reread: Callable[[Ref], Question]
    as_remote: Callable[[Mapping[str, Any]], Remote]
    # A draft in words of all providers, for a preview; without it the preview shows the body alone.
    shown: Callable[[Draft, Company], Shown] | None = None
    watch: Watch | None = None
    # The parts that are objects of their own over there, beside the document itself: a record for each.
    further: Callable[[Any, Refs], Sequence[str]] | None = None
    instead: Instead | None = None
    once: frozenset[str] = frozenset()  # parts that are made and never changed
    longest_number: int = 0  # of the numbers it gives its documents; 0: they have none


@dataclass(frozen=True)
class Dated:
    """An invoice of theirs with what a list of them shows."""

    remote: Remote
    issued_on: str
    customer_name: str


@dataclass(frozen=True)
class PastInvoices:
    """Their invoices of a span of days, read only; a page costs one call."""

    page: Callable[[Access, str, str, int], Sequence[Dated]]  # first day, last day, how many were read before
    page_size: int  # fewer than that: it was the last page


@dataclass(frozen=True)
class Sending:
    """How documents go over. A kind without a pusher stays here."""

    pushers: Mapping[Kind, Pusher]
    limits: Limits
    ask: Callable[[Access, Sequence[Question]], Sequence[Rows]]  # several travel as one call
    pack: Callable[[Sequence[Draft], str], Request]  # one, or several in the bulk form, under this request id
    send: Callable[[Access, Request], Answer]
    read: Callable[[Answer, Sequence[Draft]], Sequence[Remote | ProviderFailure]]  # in the order of the drafts
    link_to: Callable[[Config, str, str, str], str]  # company, type, id → the object in their web application
    applied_apart: frozenset[Kind] = frozenset()  # whose use for invoices is an object of its own over there
    references: Callable[[Draft], Sequence[Reference]] | None = None  # what of theirs a draft names
    past_invoices: PastInvoices | None = None  # without it those of before the connection are linked one by one


@dataclass(frozen=True)
class Provider:
    key: str  # in addresses and rows
    label: str  # in sentences: "Copy to QuickBooks"
    product: str  # the full name, where people choose
    owner: str  # who asks for the consent
    company_word: str  # what they call a set of books
    connect_word: str  # the button on the pre-connect page
    role_needed: str
    plan_needed: str
    permissions: tuple[tuple[str, str], ...]  # what is asked for, and why, in plain words
    support_link: str
    remove_app: str  # how people end the connection over there
    usual_discovery: Mapping[Environment, str]

    dialect: Dialect
    key_pair: Callable[[Config, Environment], KeyPair | None]
    addresses: Callable[[Config, Environment], Addresses]
    api_base: Callable[[Config, Environment], str]
    company_from_callback: Callable[[Mapping[str, str]], str | None]
    read_company: Callable[[Access], CompanyFacts]
    checks: tuple[Check, ...]
    options: Mapping[List, Callable[[Access], Sequence[Choice]]]
    purposes: tuple[Purpose, ...]
    likely: Callable[[Purpose, Sequence[Choice]], Choice | None]
    likely_method: Callable[[Method, Sequence[Choice]], Choice | None]  # our way of paying → theirs of the same name

    settings: frozenset[Setting] = frozenset()  # what people can choose because it has an effect here
    sending: Sending | None = None  # without it documents wait here, and pages say so

    @property
    def pushers(self) -> Mapping[Kind, Pusher]:
        return self.sending.pushers if self.sending else {}

    def consent_origin(self, config: Config) -> str:
        """Where its consent page lives, without asking anybody: pages name it in their policy."""
        at = self.addresses(config, Environment.PRODUCTION)
        if at.authorize:
            return origin(at.authorize)
        is_usual = at.discovery == self.usual_discovery[Environment.PRODUCTION]
        return origin(self.dialect.usual.authorize if is_usual else at.discovery)

    def environments(self, config: Config) -> tuple[Environment, ...]:
        """The worlds this installation has a key pair for."""
        return tuple(environment for environment in Environment if self.key_pair(config, environment))
