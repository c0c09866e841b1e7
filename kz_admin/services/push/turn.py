"""One holder's turn on one connection: what it may start, how long it may take, and asking over there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from kz_admin import clock
from kz_admin.domain.problems import ProviderFailure
from kz_admin.domain.pushing import Question, Rows
from kz_admin.domain.request_ids import Place
from kz_admin.domain.status import Lane
from kz_admin.providers.base import Access, Provider, Sending
from kz_admin.services import bell, paced
from kz_admin.services.pace import Slot
from kz_admin.services.push import lease as leases
from kz_admin.services.push import picking, silence, slots
from kz_admin.services.push.access import Pass
from kz_admin.services.push.lease import Lease
from kz_admin.services.push.sending import Air

BULK_TURN_S = 20.0  # then others have their turn: the queue is the round robin between tenants
# A worker waits for the pace of a company this long; longer only while nobody else wants the worker.
SHORT_S, LONG_S = 2.0, 20.0


class Unpaced(Exception):
    """The company's pace allows no look-up now: nothing was asked, everything stays due."""


@dataclass
class Drain:
    """One holder's work on one connection."""

    lease: Lease
    provider: Provider
    sending: Sending
    lane: Lane
    place: Place
    entry: Pass
    air: Air
    began: float = field(default_factory=clock.monotonic)
    started: int = 0
    taken: int = 0  # records, by this turn
    alone: bool = False  # what is under way may kill this worker
    tests: bool = False  # whether the subscription was renewed: one call tells, before any other leaves
    paced: bool = False  # this company's pace allows nothing more for longer than we wait

    @property
    def connection_id(self) -> UUID:
        return self.lease.connection.id

    @property
    def turn_is_over(self) -> bool:
        if self.lane is Lane.INTERACTIVE:
            return self.taken >= picking.INTERACTIVE_AT_MOST
        return clock.monotonic() - self.began > BULK_TURN_S

    @property
    def may_start(self) -> bool:
        """A connection that does not answer gets one call, which tries whether it does again."""
        if self.paced or self.turn_is_over or ((self.alone or self.tests) and len(self.air)):
            return False
        if self.lease.probes or self.lease.connection.silent_since is not None:
            return self.lease.probes and self.started == 0
        return len(self.air) < self.sending.limits.at_once

    def ask(self, questions: Sequence[Question], within: Slot | None = None) -> Sequence[Rows]:
        """Look-ups share the company's pace, and tell like every call whether anybody answers.

        What several want to know is asked once: documents of one customer have most of their questions in common."""
        size, distinct = self.sending.limits.bulk_items, list(dict.fromkeys(questions))
        parts = [distinct[begin : begin + size] for begin in range(0, len(distinct), size)]
        answers = [rows for part in parts for rows in self._ask_together(part, within)]
        found = dict(zip(distinct, answers, strict=True))
        return [found[question] for question in questions]

    def _ask_together(self, questions: Sequence[Question], within: Slot | None) -> Sequence[Rows]:
        calls = _LookUp(self, within, bulk=len(questions) > 1)
        try:
            rows = self.entry.read(calls.paced(lambda access: self.sending.ask(access, questions)))
        except ProviderFailure as failure:
            silence.note(self.lease, failure)
            raise
        finally:
            calls.give_back()
        calls.answered()
        return rows

    def slot(
        self, lane: Lane, *, bulk: bool, patience_s: float | None = None, within: Slot | None = None
    ) -> Slot | None:
        """With calls on their way their answers come first; else there is time to wait a little."""
        patience = self._patience_s if patience_s is None else patience_s
        return slots.take(self.lease, self.sending.limits, lane, bulk=bulk, patience_s=patience, within=within)

    @property
    def _patience_s(self) -> float:
        if len(self.air):
            return 0.0
        return LONG_S if self.lane is Lane.BULK and bell.is_empty(self.lane.value) else SHORT_S


class _LookUp:
    """A slot for each of its calls: an answer that takes several pages is several calls to them."""

    def __init__(self, drain: Drain, within: Slot | None, *, bulk: bool) -> None:
        self._drain, self._within, self._bulk = drain, within, bulk
        self._slot: Slot | None = self._take(bulk=bulk)
        self._slot_is_used = False
        self._pages = 0  # asked for since the access is what it is
        self._began = clock.monotonic()

    def paced(self, ask: Callable[[Access], Sequence[Rows]]) -> Callable[[Access], Sequence[Rows]]:
        """With a renewed access everything is asked anew."""

        def asked(access: Access) -> Sequence[Rows]:
            self._pages = 0
            with paced.before_each_call(self._next_call):
                return ask(access)

        return asked

    def answered(self) -> None:
        """How long they took; what we waited for a slot is not theirs."""
        silence.answered(self._drain.lease, round((clock.monotonic() - self._began) * 1000))

    def give_back(self) -> None:
        if self._slot is not None:
            slots.give_back(self._drain.lease, self._slot)
        self._slot = None

    def _next_call(self) -> None:
        if self._pages:
            self.answered()  # at once: as a probe this is what lets the next page leave
        if self._slot_is_used:
            self.give_back()
            if self._drain.lease.ages:
                leases.renew(self._drain.lease)
            self._slot = self._take(bulk=self._bulk and not self._pages)
        self._slot_is_used, self._pages, self._began = True, self._pages + 1, clock.monotonic()

    def _take(self, *, bulk: bool) -> Slot:
        slot = self._drain.slot(self._drain.lane, bulk=bulk, patience_s=LONG_S, within=self._within)
        if slot is None:
            raise Unpaced
        return slot
