"""The world: all that one simulator holds. One per process; edge, control and books view share it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .apps import App, Apps
from .clock import VirtualClock
from .faults import Faults
from .grants import Grants
from .journal import Journal
from .limits import Limits
from .people import People
from .provider import CompanySeed, Event, Provider
from .replays import Replays
from .webhooks import Webhooks

T = TypeVar("T")

# The changes that the write now running in this thread made; the edge puts them into the journal.
_collected: ContextVar[list[Any] | None] = ContextVar("collected", default=None)


@dataclass
class Slot:
    """One company's place: known from the start, its books built when first needed."""

    provider: Provider
    environment: str
    seed: CompanySeed
    world: World = field(repr=False)
    replays: Replays = field(default_factory=Replays)
    changes: int = 0  # grows with every write; saving compares it
    saved: int = -1
    _company: Any = None
    _picture: tuple[int, Any] | None = None
    _picture_wanted: bool = False
    _building: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def id(self) -> str:
        return self.seed.ids[self.environment]

    @property
    def key(self) -> str:
        return self.seed.key

    @property
    def name(self) -> str:
        """What a saved state calls it."""
        return f"books/{self.provider.key}/{self.environment}/{self.id}"

    @property
    def built(self) -> bool:
        return self._company is not None

    @property
    def company(self) -> Any:
        if self._company is None:
            with self._building:
                if self._company is None:
                    company = self.provider.books.build(self.seed, self.environment, self.now_ms)
                    if self._picture_wanted:
                        self._take_picture(company)
                    self._fill(company)
        return self._company

    def now_ms(self) -> int:
        return self.world.clock.now_ms()

    def _fill(self, company: Any) -> None:
        company.listeners.append(self._changed)
        self._company = company

    def _changed(self, _company: Any, changes: list[Any]) -> None:
        self.changes += 1
        collected = _collected.get()
        if collected is not None:
            collected.extend(changes)
        self.world.tell(self, changes)

    def revive(self, state: dict[str, Any], replays: dict[tuple[str, ...], Any]) -> None:
        """Takes the books from a saved state."""
        self._fill(self.provider.books.revive(state, self.now_ms))
        self.replays.kept = replays

    def look_back(self) -> None:
        """Takes a picture of the books now, for reads that are to be behind (the stale-reads fault).

        Books not built yet are pictured when they are, before anything is written in them.
        """
        if self.built:
            self._take_picture(self.company)
        else:
            self._picture_wanted = True

    def _take_picture(self, company: Any) -> None:
        with company.lock:
            state = company.to_state()
        self._picture = (self.now_ms(), self.provider.books.revive(state, self.now_ms))

    def seen_from(self, behind_ms: int) -> Any:
        """The books as they were at some moment no longer ago than that."""
        company = self.company
        if self._picture is None or self.now_ms() - self._picture[0] > behind_ms:
            self._take_picture(company)
        assert self._picture is not None
        return self._picture[1]

    def forget(self) -> None:
        """Back to the seed."""
        self._company = self._picture = None
        self._picture_wanted = False
        self.replays.clear()
        self.changes, self.saved = 0, -1


class World:
    def __init__(self, providers: Sequence[Provider]) -> None:
        self.clock = VirtualClock()
        self.providers = {provider.key: provider for provider in providers}
        self.journal = Journal()
        self.faults = Faults()
        self.apps = Apps([_app(provider, each) for provider in providers for each in provider.environments])
        self.grants = Grants(self.clock.now_ms, {each.key: each.tokens for each in providers})
        self.limits = Limits(self.clock.now_ms)
        self.people = People(providers)
        self.webhooks = Webhooks(self.clock, self.providers, self._webhook_secret)
        self.slots = [
            Slot(provider, environment, seed, self)
            for provider in providers
            for environment in provider.environments
            for seed in provider.seeds
            if environment in seed.ids
        ]
        self._places = {
            (slot.provider.key, slot.environment, name): slot for slot in self.slots for name in (slot.id, slot.key)
        }
        self._after_reset: list[Callable[[], None]] = []

    def slot(self, provider: str, environment: str, id_or_key: str) -> Slot | None:
        return self._places.get((provider, environment, id_or_key))

    def slots_of(self, provider: str, environment: str) -> list[Slot]:
        return [slot for slot in self.slots if (slot.provider.key, slot.environment) == (provider, environment)]

    def role(self, slot: Slot, person: str) -> str | None:
        return self.people.role(slot.provider.key, slot.environment, slot.id, slot.key, person)

    def commit(self, slot: Slot, work: Callable[[Any], T]) -> tuple[T, list[Any]]:
        """Does a write on the books and returns what it changed. Listeners hear of it, saving sees it."""
        changes: list[Any] = []
        token = _collected.set(changes)
        try:
            with slot.company.lock:
                result = work(slot.company)
        finally:
            _collected.reset(token)
        return result, changes

    def tell(self, slot: Slot, changes: list[Any]) -> None:
        """Passes changes on to the webhook listeners, if an app is connected to the company."""
        if not self.webhooks.has_listeners(slot.provider.key, slot.environment):
            return
        if self.grants.of(slot.provider.key, slot.environment, slot.id):
            self.webhooks.tell(slot.provider.key, [_event(slot, change) for change in changes])

    def disconnect(self, slot: Slot, client_id: str | None = None, why: str = "disconnected") -> int:
        """Somebody over there takes the access away; nobody is told. Returns how many grants ended."""
        grants = self.grants.of(slot.provider.key, slot.environment, slot.id, client_id)
        for grant in grants:
            self.grants.end(grant, why)
        return len(grants)

    def _webhook_secret(self, provider: str, environment: str) -> str:
        return self.apps.of(provider, environment).webhook_secret

    def on_reset(self, action: Callable[[], None]) -> None:
        self._after_reset.append(action)

    def reset(self) -> None:
        """Everything back to the seed: books, grants, journal, faults, clock, listeners. Key pairs stay."""
        self.clock.forget()
        self.clock.offset_ms = 0
        self.webhooks.forget()
        for slot in self.slots:
            slot.forget()
        for part in (self.grants, self.limits, self.people):
            part.forget()
        self.limits.on = True
        for app in self.apps.all():
            app.redirect_uris = []
        self.journal.clear()
        self.faults.clear()
        for action in self._after_reset:
            action()


def _app(provider: Provider, environment: str) -> App:
    return App(provider.key, environment, *provider.app_credentials(environment))


def _event(slot: Slot, change: Any) -> Event:
    return Event(
        slot.world.webhooks.new_id(), slot.environment, slot.id, change.entity, change.id, change.operation,
        change.at_ms, change.more,
    )  # fmt: skip
