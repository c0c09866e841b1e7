"""Telling listeners: gathered, worded and signed by the provider, in order, until they answer.

One thread delivers. Each listener has its own queue, so a stuck one delays only itself. Delays and retries
follow the virtual clock; the time a listener gets to answer is real.
"""

from __future__ import annotations

import itertools
import random
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import requests

from .clock import VirtualClock
from .faults import SEED
from .provider import Event, Provider

GATHER_MS = 100  # events this close together travel in one message
KEEP_DELIVERIES = 1000
RETRIED = {408, 500, 502, 503, 504}


@dataclass
class Listener:
    """An address that wants to hear. `environment` None: of both."""

    id: str
    provider: str
    url: str
    secret: str | None  # None: that of the app of the event's environment
    format: str
    environment: str | None = None
    duplicate: int = 1  # how often each message is sent
    shuffle: bool = False
    delay_s: float = 0
    waiting: list[tuple[int, Event]] = field(default_factory=list)  # (due, event)
    sending: deque[Message] = field(default_factory=deque)

    def public(self) -> dict[str, Any]:
        names = ("id", "provider", "environment", "url", "format", "duplicate", "shuffle", "delay_s")
        return {
            **{name: getattr(self, name) for name in names},
            "waiting": len(self.waiting) + len(self.sending),
        }


@dataclass
class Message:
    """One body on its way; frozen when made, so that a retry is the same bytes."""

    body: bytes
    headers: dict[str, str]
    due: int
    attempt: int = 0


@dataclass(frozen=True)
class Delivery:
    """One try, for control to show."""

    listener: str
    at: int
    attempt: int
    status: int | None  # None: no answer in time
    body: str


class Webhooks:
    def __init__(
        self, clock: VirtualClock, providers: Mapping[str, Provider], secret_of: Callable[[str, str], str]
    ) -> None:
        self._secret_of = secret_of
        self._clock = clock
        self._providers = providers
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._thread: threading.Thread | None = None
        self._session = requests.Session()
        self._session.trust_env = False
        self.forget()

    def forget(self) -> None:
        with self._lock:
            self._listeners: dict[str, Listener] = {}
            self.deliveries: deque[Delivery] = deque(maxlen=KEEP_DELIVERIES)
            self._dice = random.Random(SEED)

    def new_id(self) -> str:
        return str(uuid.uuid4())

    # -- listeners ----------------------------------------------------------------------------------

    def listen(self, listener: Listener) -> Listener:
        """Adds a listener; the same address for the same provider and environment is changed instead."""
        with self._lock:
            for held in self._listeners.values():
                if (held.provider, held.environment, held.url) == (
                    listener.provider, listener.environment, listener.url,
                ):  # fmt: skip
                    listener.id, listener.waiting, listener.sending = held.id, held.waiting, held.sending
            self._listeners[listener.id] = listener
            self._start()
        return listener

    def new_listener_id(self) -> str:
        return f"listener-{next(self._numbers)}"

    def remove(self, listener_id: str) -> bool:
        with self._lock:
            return self._listeners.pop(listener_id, None) is not None

    def all(self) -> list[Listener]:
        with self._lock:
            return list(self._listeners.values())

    def has_listeners(self, provider: str, environment: str) -> bool:
        return any(_wants(each, provider, environment) for each in self.all())

    # -- telling ------------------------------------------------------------------------------------

    def tell(self, provider: str, events: Sequence[Event]) -> None:
        tells = self._providers[provider].webhooks.tells
        told = [event for event in events if tells(event.entity, event.operation)]
        now = self._clock.now_ms()
        with self._lock:
            for listener in self._listeners.values():
                due = now + int(listener.delay_s * 1000) + GATHER_MS
                mine = [each for each in told if _wants(listener, provider, each.environment)]
                listener.waiting.extend((due, event) for event in mine)
        self._clock.wake()

    def idle(self) -> bool:
        """Nothing waits that is due now."""
        now = self._clock.now_ms()
        with self._lock:
            return all(
                all(due > now for due, _ in each.waiting) and all(message.due > now for message in each.sending)
                for each in self._listeners.values()
            )

    # -- delivering ---------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._clock.stopped:
            for listener in self.all():
                self._gather(listener)
                self._deliver(listener)
            self._clock.wait(self._next_due())
        self._session.close()

    def _next_due(self) -> int | None:
        with self._lock:
            waiting = [each.waiting[0][0] for each in self._listeners.values() if each.waiting]
            sending = [each.sending[0].due for each in self._listeners.values() if each.sending]
        return min(waiting + sending, default=None)

    def _gather(self, listener: Listener) -> None:
        """Due events become one message, or with `shuffle` one each and in any order."""
        now = self._clock.now_ms()
        with self._lock:
            ripe = [event for due, event in listener.waiting if due <= now]
            if not ripe:
                return
            listener.waiting = [pair for pair in listener.waiting if pair[0] > now]
            groups = self._shuffled(ripe) if listener.shuffle else _by_environment(ripe)
            messages = [self._message(listener, group, now) for group in groups]
            messages = [replace(message) for message in messages for _ in range(listener.duplicate)]
            if listener.shuffle:
                self._dice.shuffle(messages)
            listener.sending.extend(messages)

    def _shuffled(self, events: list[Event]) -> list[list[Event]]:
        self._dice.shuffle(events)
        return [[event] for event in events]

    def _message(self, listener: Listener, events: Sequence[Event], now: int) -> Message:
        form = self._providers[listener.provider].webhooks
        body = form.formats[listener.format](events)
        secret = listener.secret or self._secret_of(listener.provider, events[0].environment)
        return Message(body, form.headers(secret, body, listener.format), now)

    def _deliver(self, listener: Listener) -> None:
        """Sends the queue from its head; the first that fails stays there and holds up the rest."""
        while listener.id in self._listeners and listener.sending:
            message = listener.sending[0]
            if message.due > self._clock.now_ms():
                return
            status = self._post(listener, message)
            message.attempt += 1
            self.deliveries.append(
                Delivery(listener.id, self._clock.now_ms(), message.attempt, status, message.body.decode())
            )
            if status is None or status in RETRIED:
                message.due = self._next_try(listener, message)
            else:
                listener.sending.popleft()

    def _next_try(self, listener: Listener, message: Message) -> int:
        pauses = self._providers[listener.provider].webhooks.retry_after_s
        return self._clock.now_ms() + pauses[min(message.attempt, len(pauses)) - 1] * 1000

    def _post(self, listener: Listener, message: Message) -> int | None:
        seconds = self._providers[listener.provider].webhooks.answer_within_s
        try:
            answer = self._session.post(
                listener.url,
                data=message.body,
                headers=message.headers,
                timeout=seconds,
                allow_redirects=False,
            )
        except requests.RequestException:
            return None
        return answer.status_code

    # -- saved form ---------------------------------------------------------------------------------

    def to_state(self) -> list[Listener]:
        with self._lock:
            return [
                Listener(**{**each.__dict__, "waiting": list(each.waiting), "sending": deque(each.sending)})
                for each in self._listeners.values()
            ]

    def from_state(self, listeners: list[Listener]) -> None:
        with self._lock:
            self._listeners = {each.id: each for each in listeners}
            self._numbers = itertools.count(len(listeners) + 1)
            if listeners:
                self._start()


def _by_environment(events: Sequence[Event]) -> list[list[Event]]:
    """Production and sandbox have portals of their own: one message never speaks of both."""
    groups: dict[str, list[Event]] = {}
    for event in events:
        groups.setdefault(event.environment, []).append(event)
    return list(groups.values())


def _wants(listener: Listener, provider: str, environment: str) -> bool:
    return listener.provider == provider and listener.environment in (None, environment)
