"""What the frame has to be told about one simulated provider. Differences between providers are data here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import threading

    from flask import Blueprint

    from .consent import Desk
    from .world import World

NowMs = Callable[[], int]


class Change(Protocol):
    """One object that a committed write created or altered."""

    entity: str
    id: str
    operation: str  # Create, Update, Delete, Void, Merge, Emailed
    at_ms: int
    more: dict[str, Any]


class Company(Protocol):
    """The books of one company, as far as the frame has to know them."""

    lock: threading.RLock
    listeners: list[Callable[[Any, list[Any]], None]]  # called under the lock once a write is whole

    def to_state(self) -> dict[str, Any]:
        """Plain data, for saving and for looking back."""


@dataclass(frozen=True)
class CompanySeed:
    """A company every start has, and its id in each environment."""

    key: str
    name: str
    country: str
    plan: str
    ids: Mapping[str, str]


@dataclass(frozen=True)
class Books:
    """How a provider makes, revives and shows its companies."""

    build: Callable[[CompanySeed, str, NowMs], Any]  # (seed, environment, clock) -> Company
    revive: Callable[[dict[str, Any], NowMs], Any]
    describe: Callable[[Any], dict[str, Any]]  # a summary for GET state
    objects: Callable[[Any], dict[str, list[Any]]]  # everything it holds, by kind


@dataclass(frozen=True)
class TokenRules:
    """How long things live, in seconds."""

    code_s: int
    access_s: int
    refresh_s: int
    hard_s: int
    rotate_after_s: int
    new_access: Callable[[], str]
    new_refresh: Callable[[int], str]
    new_code: Callable[[], str]


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in at the provider, and what they may do in which company (by seed key)."""

    id: str
    name: str
    email: str
    role: str
    admin_of: frozenset[str]
    member_of: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scope:
    """What an app may ask for, in plain words."""

    headline: str
    words: str
    of_company: bool = True  # False: about the person only


@dataclass(frozen=True)
class ConsentWords:
    """How the provider's consent pages speak."""

    identity: str  # whose sign-in it is: "Intuit"
    service: str  # "QuickBooks"
    company: str  # "company", "organisation"
    scopes: Mapping[str, Scope]
    usual_scopes: Sequence[str]
    only_admins: str  # why somebody else cannot connect a company


@dataclass(frozen=True)
class Asked:
    """An authorize request as the provider understood it."""

    client_id: str
    redirect_uri: str
    state: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """A change on its way to the listeners."""

    id: str
    environment: str
    company_id: str
    entity: str
    object_id: str
    operation: str
    at_ms: int
    more: Mapping[str, Any]


@dataclass(frozen=True)
class WebhookForm:
    """How a provider words and signs what it tells listeners."""

    formats: Mapping[str, Callable[[Sequence[Event]], bytes]]
    headers: Callable[[str, bytes, str], dict[str, str]]  # (secret, body, format) -> headers
    tells: Callable[[str, str], bool]  # (entity, operation) -> whether listeners hear of it
    default_format: str
    answer_within_s: float
    retry_after_s: Sequence[int]


@dataclass(frozen=True)
class Provider:
    key: str
    label: str
    environments: Sequence[str]
    seeds: Sequence[CompanySeed]
    people: Sequence[Person]
    books: Books
    consent: ConsentWords
    company_parameter: str  # what the redirect calls the company's id: "realmId"
    read_authorize: Callable[[Mapping[str, str]], Asked]
    tokens: TokenRules
    webhooks: WebhookForm
    app_credentials: Callable[[str], tuple[str, str, str]]  # environment -> client id, secret, webhook secret
    blueprints: Callable[[World, Desk], Sequence[Blueprint]]
