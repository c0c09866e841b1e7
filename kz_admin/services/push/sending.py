"""Bytes out, bytes back, in threads that touch nothing else (DESIGN section 4, step 3)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from types import TracebackType

from kz_admin import clock, logs
from kz_admin.domain.problems import NotReached, OutcomeUnknown, ProviderFailure
from kz_admin.domain.pushing import Draft, Remote
from kz_admin.domain.waves import Wave
from kz_admin.providers.base import Access, Sending
from kz_admin.services.pace import Slot
from kz_admin.services.push.calls import Outbound

log = logs.get(__name__)

# A call whose first byte has not left by then stays here: somebody else may take it for lost and look over there.
LEAVES_WITHIN_S = 10.0


@dataclass(frozen=True)
class Flight:
    """One call on its way."""

    outbound: Outbound
    slot: Slot
    wave: Wave | None  # None: a call that is sent again
    access: Access


@dataclass(frozen=True)
class Landing:
    """What came of one call: a result for each document, or one failure for all of them."""

    flight: Flight
    results: Sequence[Remote | ProviderFailure]
    took_ms: int
    answered: bool  # they said something sensible, if only a refusal

    @property
    def refused_token(self) -> bool:
        return any(type(result).__name__ == "TokenRefused" for result in self.results)


@dataclass
class Air:
    """All calls of one drain that are on their way."""

    sending: Sending
    flights: dict[Future[Landing], Flight] = field(default_factory=dict)
    _pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Air:
        self._pool = ThreadPoolExecutor(self.sending.limits.at_once, thread_name_prefix="push")
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        # What is still on its way is not waited for: its outcome is unknown, and the next holder finds it out.
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def launch(self, flight: Flight) -> None:
        assert self._pool is not None
        self.flights[self._pool.submit(_fly, self.sending, flight)] = flight

    def landed(self, seconds: float) -> list[Landing]:
        """Those that came back within this time."""
        done, _ = wait(self.flights, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            del self.flights[future]
        return [future.result() for future in done]

    @property
    def wave(self) -> Wave | None:
        return next((flight.wave for flight in self.flights.values() if flight.wave is not None), None)

    def __len__(self) -> int:
        return len(self.flights)


def _fly(sending: Sending, flight: Flight) -> Landing:
    began = clock.monotonic()
    results = _results(sending, flight, began)
    took_ms = round((clock.monotonic() - began) * 1000)
    answered = not any(isinstance(result, OutcomeUnknown | NotReached) for result in results)
    return Landing(flight, results, took_ms, answered)


def _results(sending: Sending, flight: Flight, began: float) -> Sequence[Remote | ProviderFailure]:
    drafts: Sequence[Draft] = flight.outbound.drafts
    if began - flight.outbound.made > LEAVES_WITHIN_S:
        return [NotReached("it was held up here and did not leave")] * len(drafts)
    try:
        return sending.read(sending.send(flight.access, flight.outbound.request), drafts)
    except ProviderFailure as failure:
        return [failure] * len(drafts)
    except Exception as error:  # an answer nobody could foresee must not end the drain with the call half-known
        log.exception("answer_not_read", kind=type(error).__name__)
        return [OutcomeUnknown(f"the answer could not be read ({type(error).__name__})")] * len(drafts)
