"""Push everything that is due on one connection, in order (DESIGN section 4).

    run()             take the lease, drain, let go, look once more
    _round()          what came back, what is unknown, what goes next
    _start_next()     one call: its slot, its records counted, gathered, prepared, written down, launched
    _land()           one answer, recorded under the fence

Only this thread touches the database; the threads of sending.py get bytes and return bytes.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import partial
from uuid import UUID

from sqlalchemy import select

from kz_admin import logs
from kz_admin.domain.failures import Refused
from kz_admin.domain.problems import ProviderFailure, Rejected
from kz_admin.domain.request_ids import Place
from kz_admin.domain.status import Lane
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services import bell, company_facts, holds, installation
from kz_admin.services.pace import NoPace, Slot
from kz_admin.services.push import (
    lease,
    picking,
    postponing,
    refusals,
    results,
    shadowing,
    silence,
    slots,
    subscription,
    tries,
    unknown,
    waking,
    watching,
)
from kz_admin.services.push.access import Pass
from kz_admin.services.push.gathering import gather
from kz_admin.services.push.lease import Lease, LeaseLost
from kz_admin.services.push.picking import Chunk
from kz_admin.services.push.preparing import prepare
from kz_admin.services.push.sending import Air, Flight, Landing
from kz_admin.services.push.turn import Drain, Unpaced
from kz_admin.services.push.writing_down import write_down

log = logs.get(__name__)

LOOK_EVERY_S = 0.25  # a click may come while calls are on their way


class End(Enum):
    LOOK = auto()  # nothing was left to do: let go, and look once more
    HAND_OVER = auto()  # more is left, for a bulk worker's turn
    STOP = auto()  # the clock rings when there is a reason to go on


def run(connection_id: UUID, lane: Lane) -> None:
    """Rung for by the doors push_now and push_bulk, and by the clock."""
    if installation.is_copy():
        return  # the original speaks for this database
    while (held := lease.take(connection_id)) is not None:
        try:
            end = _drain(held, lane)
        finally:
            lease.release(held)
        if end is End.HAND_OVER:
            ring(connection_id, Lane.BULK)
        if end is not End.LOOK or not _ready(held):
            return


def ring(connection_id: UUID, lane: Lane) -> bool:
    door = "push_now" if lane is Lane.INTERACTIVE else "push_bulk"
    return bell.ring(door, str(connection_id), lane=lane.value)


def _drain(held: Lease, lane: Lane) -> End:
    provider = PROVIDERS[held.connection.provider]
    if provider.sending is None or holds.by_plan(held.connection):
        return End.STOP
    waking.wake_all(held.connection.id)
    watching.bring_back(held.connection.id)
    with Air(provider.sending) as air:
        drain = Drain(held, provider, provider.sending, lane, _place(held), Pass(held.connection), air)
        try:
            drain.tests = subscription.at_the_door(held)
            if held.connection.facts_read_at is None:
                company_facts.refresh(held.connection)
            while _round(drain):
                pass
        except LeaseLost:
            log.info("push_lease_lost", connection_id=str(held.connection.id))
            return End.STOP
        except (Refused, ProviderFailure, Unpaced, NoPace) as failure:  # NoPace: Redis is away, and the clock looks
            log.warning("push_stopped", connection_id=str(held.connection.id), kind=type(failure).__name__)
            _await_the_rest(drain)
            return End.STOP
        return _end(drain)


def _await_the_rest(drain: Drain) -> None:
    """Nothing more is started, but what is on its way has its answer recorded rather than looked up later."""
    try:
        while len(drain.air):
            for landing in drain.air.landed(lease.RENEW_AFTER_S):
                results.record(drain.lease, landing, {})
            lease.renew(drain.lease)
    except LeaseLost:
        log.info("push_lease_lost", connection_id=str(drain.connection_id))


def _end(drain: Drain) -> End:
    """What is left although this drain ended is another lane's, or another turn's."""
    if drain.paced or drain.lease.connection.silent_since is not None:
        return End.STOP
    if not _ready(drain.lease):
        return End.LOOK
    if drain.lane is Lane.INTERACTIVE or drain.turn_is_over:
        return End.HAND_OVER
    return End.LOOK if drain.started else End.STOP


def _round(drain: Drain) -> bool:
    """False when there is nothing left to start or to await."""
    if drain.lease.ages:
        lease.renew(drain.lease)
    started = drain.may_start and (_look_at_unknown(drain) or _start_next(drain))
    busy = started and drain.may_start
    landings = drain.air.landed(0 if busy else LOOK_EVERY_S) if len(drain.air) else []
    for landing in landings:
        _land(drain, landing)
    return bool(started or landings or len(drain.air))


def _look_at_unknown(drain: Drain) -> bool:
    """The oldest call whose outcome is open, once its quiet time is over."""
    outbound = unknown.oldest(drain.lease)
    if outbound is None:
        return False
    drain.started += 1
    access = drain.entry.get()
    if not unknown.look(drain.lease, drain.provider, outbound, drain.ask):
        return True
    slot = drain.slot(drain.lane, bulk=len(outbound.places) > 1)
    if slot is None:
        drain.paced = not len(drain.air)
        return False
    outbound = unknown.send_again(drain.lease, outbound)
    drain.air.launch(Flight(outbound, slot, None, access))
    return True


def _start_next(drain: Drain) -> bool:
    """The next call, if there is one and the company's pace allows it."""
    chunk = _next(drain)
    if chunk is None or (chunk.lane is Lane.BULK and drain.lane is Lane.INTERACTIVE):
        return False
    if chunk.suspect and len(drain.air):
        return False  # should it kill this worker, nobody beside it is suspected
    slot = drain.slot(chunk.lane, bulk=len(chunk.ids) > 1)
    if slot is None:
        drain.paced = not len(drain.air)
        return False
    drain.started += 1
    drain.taken += len(chunk.ids)
    drain.alone = chunk.suspect
    launched = False
    try:
        launched = _send(drain, chunk, slot)
    finally:
        if not launched:
            slots.give_back(drain.lease, slot, used=False)
    return True


def _next(drain: Drain) -> Chunk | None:
    now = drain.lease.now_ms()
    holds.release_throttled(drain.connection_id, now)
    at_most = 1 if drain.lease.probes or drain.tests else slots.bulk_size(drain.lease, drain.sending.limits)
    with reading() as session:
        return picking.next_chunk(
            session,
            drain.connection_id,
            drain.provider.pushers.keys(),
            None if drain.lease.probes else now,
            at_most,
            under_way=drain.air.wave,
        )


def _send(drain: Drain, chunk: Chunk, slot: Slot) -> bool:
    """Whether a call left. What cannot go says why, in the same transaction that opens the call for the others."""
    access = drain.entry.get()
    counted = tries.count(drain.lease, chunk.ids)
    if not counted:
        return False
    with reading() as session:
        query = select(SyncRecord).where(SyncRecord.id.in_(counted)).order_by(SyncRecord.due_at, SyncRecord.id)
        rows = session.scalars(query).all()
        gathered = shadowing.lay_down(session, drain.lease, rows) or gather(session, drain.lease.connection, rows)
    try:
        prepared = prepare(drain.provider, gathered, partial(drain.ask, within=slot))
    except (ProviderFailure, Refused, Unpaced, NoPace) as failure:
        postponing.postpone(drain.lease, counted, failure)
        if isinstance(failure, Rejected):
            return False  # these have their Problem; what comes next may fare better
        raise
    outbound = write_down(drain.lease, drain.sending, drain.place, prepared, chunk.lane)
    if outbound is None:
        return False
    drain.air.launch(Flight(outbound, slot, chunk.wave, access))
    return True


def _land(drain: Drain, landing: Landing) -> None:
    reactions = refusals.reactions(drain.lease, drain.provider, drain.entry, landing)
    results.record(drain.lease, landing, reactions)
    _learn_of_subscription(drain, landing, reactions)
    slots.give_back(drain.lease, landing.flight.slot)
    for slow_down in slots.slow_downs(landing)[:1]:
        postponing.keep_silence(drain.lease, slots.throttled(drain.lease, slow_down))
        drain.paced = True
    if landing.answered:
        silence.answered(drain.lease, landing.took_ms)
    else:
        silence.failed(drain.lease, landing.took_ms)
    drain.entry.learn(landing)


def _learn_of_subscription(drain: Drain, landing: Landing, reactions: results.Reactions) -> None:
    if subscription.has_ended(reactions):
        subscription.ended(drain.lease)
        drain.tests = False
    elif drain.tests:
        drain.tests = not subscription.renewed(drain.lease, landing.results)


def _ready(held: Lease) -> bool:
    """Whether anything can be done now; for the look after letting go."""
    kinds = PROVIDERS[held.connection.provider].pushers.keys()
    with reading() as session:
        return bool(picking.anything(session, held.connection.id, kinds, held.now_ms()))


def _place(held: Lease) -> Place:
    connection = held.connection
    return Place(installation.identity(), connection.provider, connection.environment, connection.company or "")
