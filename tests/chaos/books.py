"""A connected company, paid invoices, the processes that push them, and what may be done to all three.

pay          a platform says over its hook that an invoice was paid
worker       a process that drains the connection, armed or not
rest         sound workers and the clock's look, until nothing is left to do; time passes in between
check        the judge looks at both sides
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import redis
from flask import Flask
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy import and_, or_, select, update

from jobs.doors import DOORS
from kz_admin import clock
from kz_admin.domain.kinds import Source
from kz_admin.domain.paid_body import read as read_body
from kz_admin.domain.status import Lane
from kz_admin.models import Connection, Invoice, SyncRecord
from kz_admin.models.session import engine, reading, writing
from kz_admin.services import bell, paid
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents.work import Work
from kz_admin.services.paid import Sender
from kz_admin.services.push import drain, ringing, waking
from kz_admin.services.push.lease import QUIET
from simulator.quickbooks import operations
from tests.cast import Cast
from tests.chaos import moves
from tests.chaos.check import their_side
from tests.chaos.forked import Forked
from tests.chaos.judge import Evidence, Rows, Violation, verdict
from tests.chaos.judge.evidence import Span
from tests.chaos.line import Line
from tests.moments import Place, Story
from tests.platform import Platform, body
from tests.simulator.machine import Machine

CURRENCIES = {"US": "USD", "START": "USD", "CA": "CAD", "GB": "GBP", "MC": "USD"}
# What waits for its turn under a kill point that is meant for another kind.
LATER_MS = 30 * clock.DAY
# L1: ten minutes, and the quiet time of what may have been under way.
SETTLES_WITHIN_S = 600 + QUIET / 1000
MOST_LOOKS = 400
ROUND_S = 15
BOOKED_AT_ONCE = 200  # each flush looks through all that the transaction has at hand


@dataclass(frozen=True)
class Facts:
    """What our side knows of itself at a moment that many experiments share."""

    cast: Cast
    key: str = field(repr=False)
    secret: str = field(repr=False)
    connection_id: UUID
    number: int


class Books(Line):
    def __init__(
        self,
        app: Flask,
        database_url: str,
        machine: Machine,
        folder: Path,
        redis_url: str,
        company: str = "US",
    ) -> None:
        super().__init__(database_url, machine, folder, app, REDIS_URL=redis_url)
        self.company = company
        self.redis = redis.Redis.from_url(redis_url)
        self.redis.flushall()
        self.app.extensions["kz_redis"] = self.redis
        self.outages: list[Span] = []
        self.lost: list[Span] = []
        self.silence_s = 60
        self._number = 0
        self.story = Story(Place(app, database_url, machine, self.redis))

    def begin(self, before: Callable[[Books], object] | None = None) -> None:
        """Connected, its lists read; `before`: what stood on both sides before they met."""
        if before:
            self._begin(before)
        else:
            self._come_to(f"connected {self.company}", self._begin)

    def _begin(self, before: Callable[[Books], object] = lambda _books: None) -> None:
        self.assemble()
        with self.app.app_context():
            moves.write_down(engine())
        before(self)
        self.connect()

    def _come_to(self, name: str, make: Callable[[], object]) -> None:
        def made() -> Facts:
            make()
            return Facts(self.cast, self.platform.key, self.platform.secret, self.connection_id, self._number)

        facts = self.story.come_to(name, made)
        self.cast, self.connection_id, self._number = facts.cast, facts.connection_id, facts.number
        self.platform = Platform(self.app.test_client(), facts.key, facts.secret)

    def connect(self) -> None:
        answer = self.bridge.connect(self.admin(), self.company)
        assert answer.status_code in (302, 303), answer.text
        self.platform = Platform.of(self.app, self.cast.tenant_id)
        self.connection_id = self.row.id
        self.look()  # what the callback rang for

    # -- what the platform does ---------------------------------------------------------------------

    def pay(self, number: str = "", client: str = "cus-1", **changes: Any) -> str:
        """A paid hook; returns the number of its invoice."""
        said = self.said(number, client, **changes)
        self.platform.told(said)
        return str(said["invoice"]["number"])

    def said(self, number: str = "", client: str = "cus-1", **changes: Any) -> dict[str, Any]:
        self._number += not number
        number = number or f"N-{self._number}"
        said = {
            "client.id": client,
            "client.name": f"Client {client}",
            "client.email": f"{client}@example.com",
            "invoice.id": f"inv-{number}",
            "invoice.number": number,
            "invoice.currency": CURRENCIES[self.company],
            "payment.paid_at": clock.iso(self.now()),
            **changes,
        }
        return body(**said)

    def pay_many(self, count: int, client: str = "cus-1") -> None:
        for _ in range(count):
            self.pay(client=client)

    def backlog(self, count: int, clients: int = 1, *, ring: bool = True) -> None:
        """Paid invoices as a hook books them, some hundred in one transaction and for the bulk lane."""
        with self.app.app_context(), self._nobody_moves_the_clock():
            for start in range(0, count, BOOKED_AT_ONCE):
                with writing() as session:
                    work = Work(session, self.cast.tenant_id, SYSTEM, clock.now_ms())
                    for number in range(start, min(start + BOOKED_AT_ONCE, count)):
                        said = self.said(client=f"bulk-{number % clients}")
                        paid.book(work, Sender(Source.PLATFORM, "UTC"), read_body(said))
        self.make_bulk()
        if ring:
            self.ring_bulk()

    def ring_bulk(self) -> None:
        with self.app.app_context():
            bell.ring("push_bulk", str(self.connection_id), lane="bulk")

    @contextmanager
    def _nobody_moves_the_clock(self) -> Iterator[None]:
        """Asking the database for the moment of every new row takes longer than making the rows."""
        offset, advance = clock._offset, clock._advance
        assert offset
        ahead = offset()
        clock.simulate(lambda: ahead, advance)
        try:
            yield
        finally:
            clock.simulate(offset, advance)

    def known(self, client: str = "cus-1") -> None:
        """This client and the item of the invoices are over there already."""
        self._come_to(f"{client} known", lambda: self._make_known(client))

    def _make_known(self, client: str) -> None:
        self.pay(client=client)
        self.rest()

    def beside(self, company: str) -> Books:
        """The other tenant of this installation, connected to a company of its own."""
        other = copy.copy(self)
        other.company = company
        other.cast = replace(self.cast, tenant_id=self.cast.other_tenant_id, admin=self.cast.stranger)
        other.connect()
        return other

    # -- what is due --------------------------------------------------------------------------------

    def put_off(self, *kinds: str, part: str | None = None) -> None:
        """Records of these kinds are not due for a long time; of a part, if one is named."""
        parts = [] if part is None else [SyncRecord.part == part]
        self._shift(and_(SyncRecord.kind.in_(kinds), *parts), clock.now_ms() + LATER_MS)

    def bring_back(self) -> None:
        self._shift(SyncRecord.due_at > clock.now_ms() + LATER_MS // 2, clock.now_ms())

    def _shift(self, condition: Any, due_at: int) -> None:
        with self.app.app_context(), writing() as session:
            session.execute(
                update(SyncRecord)
                .where(SyncRecord.state == "due", condition)
                .values(due_at=due_at)
                .execution_options(synchronize_session=False)
            )

    def make_bulk(self) -> None:
        """What is due belongs to the backlog."""
        mine = (SyncRecord.state == "due", SyncRecord.connection_id == self.connection_id)
        with self.app.app_context(), writing() as session:
            due = update(SyncRecord).where(*mine).values(lane=Lane.BULK.value)
            session.execute(due.execution_options(synchronize_session=False))

    # -- processes ----------------------------------------------------------------------------------

    def start(self, verb: str, *arguments: object, armed: str = "", without: str = "", **more: str) -> Forked:
        self.story.leave()
        return super().start(verb, *arguments, armed=armed, without=without, **more)

    def worker(self, lane: Lane = Lane.INTERACTIVE, armed: str = "", without: str = "") -> Forked:
        process = self.start("push", self.connection_id, lane.value, armed=armed, without=without)
        self.go(process)
        return process

    def killed_at(self, failpoint: str, lane: Lane = Lane.INTERACTIVE) -> None:
        self.await_death(self.worker(lane, armed=f"{failpoint}=kill"))

    def stopped_at(self, failpoint: str, lane: Lane = Lane.INTERACTIVE, without: str = "") -> Forked:
        process = self.worker(lane, armed=f"{failpoint}=stop", without=without)
        process.await_stop()
        return process

    def ended(self, process: Forked) -> None:
        assert process.exit_code() == 0, process.output()

    def push(self, lane: Lane = Lane.INTERACTIVE, connection_id: UUID | None = None) -> None:
        """A sound worker, in this process."""
        with self.app.app_context():
            drain.run(connection_id or self.connection_id, lane)

    # -- rest ---------------------------------------------------------------------------------------

    def rest(self, within_s: float = SETTLES_WITHIN_S) -> float:
        """Until nothing is open; returns how much time had to pass for that."""
        began, seen = self.now(), 0
        for _ in range(MOST_LOOKS):
            self.look()
            moment = self.next_moment()
            if moment is None:
                break
            # After a look in which nothing could be asked the clock rings again at its next round.
            calls = self.arrived()
            least = 0.01 if calls > seen else ROUND_S
            self.let_time_pass(max((moment - self.now()) / 1000 + 0.01, least))
            seen = calls
        passed = (self.now() - began) / 1000
        assert self.next_moment() is None, f"no rest after {passed:.0f} s: {self.states()}"
        assert passed <= within_s, f"rest only after {passed:.0f} s"
        return passed

    def look(self) -> None:
        """The clock rings, and workers open the doors until all queues are empty."""
        with self.app.app_context():
            ringing.ring_due()
            while jobs := [job for lane in bell.LANES if (job := self._popped(lane))]:
                for job in jobs:
                    DOORS[job.func_name](*job.args)

    def _popped(self, lane: str) -> Job | None:
        if not len(bell.queue(lane)):
            return None
        job = Job.fetch(bell.queue(lane).pop_job_id(), connection=self.redis, serializer=JSONSerializer)
        job.delete()
        return job

    def next_moment(self) -> int | None:
        """When something can be done next; None at rest."""
        with self.app.app_context(), reading() as session:
            open_ones = or_(
                SyncRecord.state.in_(["due", "sent", "unknown"]),
                (SyncRecord.state == "held") & (SyncRecord.reason == "throttled"),
            )
            query = (
                select(SyncRecord.due_at, Connection.push_until, Connection.throttled_until, Connection.probe_at)
                .join(Connection, Connection.id == SyncRecord.connection_id)
                .where(open_ones, Connection.state == "connected")
                .where(SyncRecord.waits_for_id.is_(None) | waking.left_asleep())
            )
            return min((_moment(*row) for row in session.execute(query)), default=None)

    def now(self) -> int:
        with self.app.app_context():
            return clock.now_ms()

    def clean_up(self) -> None:
        self.story.end()
        super().clean_up()
        self.redis.close()

    # -- both sides ---------------------------------------------------------------------------------

    def evidence(self) -> Evidence:
        with self.app.app_context():
            rows = Rows.of(engine())
        journal, state = their_side(self.machine.base)
        texts = {f"the log of process {number}": one.output() for number, one in enumerate(self._running)}
        texts["Redis"] = self._redis_text()
        return Evidence(rows, journal, state, texts, self.lost, self.silence_s * 1000, self.outages)

    def _redis_text(self) -> str:
        read = {b"string": self.redis.get, b"hash": self.redis.hgetall, b"list": self._list}
        return "\n".join(str((key, read.get(self.redis.type(key), str)(key))) for key in self.redis.keys("*"))

    def _list(self, key: bytes) -> list[bytes]:
        found: list[bytes] = self.redis.lrange(key, 0, -1)
        return found

    def violations(self, *, at_rest: bool = True) -> list[Violation]:
        return verdict(self.evidence(), at_rest=at_rest)

    def check(self, *, done: bool = True) -> Evidence:
        """Everything holds; and, unless the experiment says otherwise, everything is done."""
        evidence = self.evidence()
        found = verdict(evidence)
        assert not found, "\n".join(map(str, found))
        if done:
            assert set(self.states()) == {"done"}, self.states()
        return evidence

    def states(self) -> dict[str, list[str]]:
        """State → the kinds of its records, with what keeps them."""
        found: dict[str, list[str]] = {}
        for record in self.records():
            found.setdefault(record.state, []).append(f"{record.kind} {record.problem or record.reason or ''}".strip())
        return found

    def records(self, kind: str = "") -> list[SyncRecord]:
        query = select(SyncRecord).order_by(SyncRecord.created_at, SyncRecord.id)
        with self.app.app_context(), reading() as session:
            return list(session.scalars(query.where(SyncRecord.kind == kind) if kind else query))

    def records_on(self, connection_id: UUID) -> list[SyncRecord]:
        return [one for one in self.records() if one.connection_id == connection_id]

    def record_of(self, number: str, kind: str = "invoice") -> SyncRecord:
        with self.app.app_context(), reading() as session:
            invoice_id = session.scalars(select(Invoice.id).where(Invoice.number == number)).one()
            return session.scalars(
                select(SyncRecord).where(SyncRecord.local_id == invoice_id, SyncRecord.kind == kind)
            ).one()

    def created(self, *entities: str) -> dict[str, int]:
        """How many objects our calls created over there, by their word for it."""
        return self.written("create", *entities)

    def written(self, op: str, *entities: str) -> dict[str, int]:
        """How many objects our calls created, updated, voided or deleted."""
        found: dict[str, int] = dict.fromkeys(entities, 0)
        for entry in self.machine.journal():
            for thing in entry["objects"]:
                if thing["op"] == op and (not entities or thing["type"] in entities):
                    found[thing["type"]] = found.get(thing["type"], 0) + 1
        return found

    def theirs(self, what: str, body: dict[str, Any], **params: str) -> dict[str, Any]:
        """Somebody over there writes something by hand: no request of anybody, so nothing in the journal."""
        world = self.machine.world
        slot = world.slot("quickbooks", "production", self.company)
        assert slot is not None
        answer, _ = world.commit(slot, lambda company: operations.write(company, what, body, params))
        found: dict[str, Any] = next(iter(answer.values()))
        return found

    def objects(self, entity: str) -> list[dict[str, Any]]:
        state = self.machine.sim("GET", "state", company=self.company)
        found: list[dict[str, Any]] = state["companies"][0]["objects"].get(entity, [])
        return found

    def api_company(self) -> str:
        """Their id of our company."""
        slot = self.machine.world.slot("quickbooks", "production", self.company)
        assert slot is not None
        return str(slot.id)

    def arrived(self) -> int:
        """How many requests got there: cheap enough to ask all the time, which would hold up the simulator else."""
        return self.machine.world.journal.last

    def api_calls(self) -> list[dict[str, Any]]:
        return [one for one in self.machine.journal() if "/v3/company/" in one["path"]]


def _moment(due_at: int, push_until: int | None, throttled_until: int | None, probe_at: int | None) -> int:
    """A dead worker's lease ends first; a company that does not answer is asked when its probe is due."""
    waits = (push_until, probe_at) if probe_at else (push_until, throttled_until, due_at)
    return max(filter(None, waits), default=0)
