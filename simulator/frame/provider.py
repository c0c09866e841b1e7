"""What the frame has to be told about one simulated provider. Differences between providers are data here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import threading

    from flask import Blueprint

    from simulator.frame.world import World

NowMs = Callable[[], int]


@dataclass(frozen=True)
class Change:
    """One object that a committed write created or altered."""

    entity: str
    id: str
    operation: str  # Create, Update, Delete, Void, Merge, Emailed
    more: Mapping[str, Any] = field(default_factory=dict)


class Company(Protocol):
    """The books of one company, as far as the frame has to know them."""

    lock: threading.RLock

    def take_changes(self) -> list[Change]:
        """The changes since the last call, oldest first."""

    def attach(self, now_ms: NowMs) -> None:
        """Gives the clock back after unpickling."""

    def describe(self) -> dict[str, Any]:
        """Name, country, currency, plan, counts per kind, trial balance."""

    def objects(self) -> dict[str, list[Any]]:
        """Everything it holds, by kind."""


@dataclass(frozen=True)
class CompanySeed:
    """A company every start has: its id per environment, and how to build its books."""

    key: str
    name: str
    country: str
    plan: str
    ids: Mapping[str, str]
    build: Callable[[str, NowMs], Any]  # (environment, clock) -> Company


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
class Event:
    """A change on its way to the listeners."""

    company_id: str
    environment: str
    change: Change
    at_ms: int
    id: str


@dataclass(frozen=True)
class WebhookForm:
    """How a provider words and signs what it tells listeners."""

    formats: Mapping[str, Callable[[Sequence[Event]], bytes]]
    headers: Callable[[str, bytes, str], dict[str, str]]  # (secret, body, format) -> headers
    tells: Callable[[Change], bool]
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
    tokens: TokenRules
    webhooks: WebhookForm
    app_credentials: Callable[[str], tuple[str, str, str]]  # environment -> client id, secret, webhook secret
    blueprints: Callable[[World], Sequence[Blueprint]]
