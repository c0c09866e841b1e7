"""Reads outside a drain keep the company's pace too: one limiter for all who call it (reliability.md 2.5). What a drain
looks up asks before each call as well (turn.py).

    tokens.call(connection.id, paced.read(connection, provider.options[which]))

Every request that the wrapped function sends takes a slot first, however many pages it reads. Token calls are made
around it and are not the company's. Nobody goes without a slot because waiting took too long: one call too many
would silence the company for a minute and halve its rate, for the sake of one line on a page. While Redis is away
no drain runs, and the few reads that people ask for go uncounted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from kz_admin import clock, crypto, logs
from kz_admin.domain.failures import Throttled
from kz_admin.domain.problems import SlowDown
from kz_admin.domain.pushing import Limits
from kz_admin.domain.status import Lane
from kz_admin.models.connection import Connection
from kz_admin.providers import PROVIDERS
from kz_admin.providers.base import Access, Provider
from kz_admin.providers.http import guard
from kz_admin.services import pace
from kz_admin.services.pace import NoPace, Slot, Wait, Why

log = logs.get(__name__)

PATIENCE_S = 2.0
LASTS = 130 * clock.SECOND  # longer than any read may take

Result = TypeVar("Result")


def read(
    connection: Connection,
    ask: Callable[[Access], Result],
    *,
    patience_s: float = PATIENCE_S,
    despite_silence: bool = False,
) -> Callable[[Access], Result]:
    """The same function at the company's pace. Throttled when its calls would have to wait longer than this.

    `despite_silence`: somebody asks whether they answer, so an open breaker is no reason not to.
    """
    provider = PROVIDERS[connection.provider]
    if provider.sending is None:
        return ask
    reader = _Reader(connection, provider, provider.sending.limits, patience_s, despite_silence)

    def paced(access: Access) -> Result:
        try:
            with before_each_call(reader.next_call):
                return ask(access)
        except SlowDown as failure:
            reader.throttled(failure)
            raise
        finally:
            reader.give_back()

    return paced


@contextmanager
def before_each_call(deed: Callable[[], None]) -> Iterator[None]:
    """Of this thread, while it lasts: whoever pages through an answer makes several."""
    outer, _here.deed = _here.deed, deed
    try:
        yield
    finally:
        _here.deed = outer


@dataclass
class _Reader:
    connection: Connection
    provider: Provider
    limits: Limits
    patience_s: float
    despite_silence: bool
    holder: str = field(default_factory=lambda: crypto.token(size=9))
    slot: Slot | None = None

    def next_call(self) -> None:
        self.give_back()
        try:
            self._take()
        except NoPace:
            log.warning("read_not_counted", connection_id=str(self.connection.id))

    def _take(self) -> None:
        while True:
            now = clock.now_ms()
            got = pace.take(
                self.connection,
                self.limits,
                now,
                Lane.INTERACTIVE,
                bulk=False,
                holder=self.holder,
                until=now + LASTS,
            )
            if isinstance(got, Slot):
                self.slot = got
                return
            if got.why is Why.SILENT and self.despite_silence:
                return
            self._wait(got, (got.until - now) / clock.SECOND)

    def _wait(self, wait: Wait, seconds: float) -> None:
        if seconds > self.patience_s:
            raise Throttled(self._sentence(wait.why), round(seconds) + 1)
        self.patience_s -= seconds
        clock.wait(seconds)

    def _sentence(self, why: Why) -> str:
        label = self.provider.label
        if why is Why.THROTTLED:
            return f"{label} asks us to wait."
        if why is Why.SILENT:
            return f"{label} is not answering."
        return f"{label} allows only so many calls, and other work is using them right now."

    def give_back(self) -> None:
        if self.slot is None:
            return
        slot, self.slot = self.slot, None
        try:
            pace.give_back(self.connection, slot, clock.now_ms())
        except NoPace:
            log.warning("slot_not_given_back", connection_id=str(self.connection.id))

    def throttled(self, failure: SlowDown) -> None:
        """They asked for silence: the whole company keeps it, drains as well."""
        now = clock.now_ms()
        try:
            pace.throttled(self.connection, now, now + failure.retry_after_s * clock.SECOND)
        except NoPace:
            log.warning("throttle_not_shared", connection_id=str(self.connection.id))


class _Here(threading.local):
    deed: Callable[[], None] | None = None


_here = _Here()


def _before_call() -> None:
    if _here.deed is not None:
        _here.deed()


guard(_before_call)
