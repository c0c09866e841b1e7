"""Records that are due while their connection rests are held, and due again when it comes back.

hold()      the connection is paused, lost its access, or its plan does not include it
hold_until() the same until a moment
release()   that is over
stop()      the connection ends: what was due is idle, and offered when the company is connected again
look_again() the settings changed: what was due waits until the rules have seen it anew
outdate()   the settings changed: these reasons no longer hold, and nothing goes over because of that
freeze()    a reset: what exists here is no longer updated over there
shadow()    shadow mode begins: what was due, held or failed would have gone
offer()     it ends: what it kept back is offered, and never sent by itself
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from kz_admin import clock, config
from kz_admin.domain.connection import State
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.plans import includes_integrations
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import Hold, SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading, writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tenant import Tenant

DUE, HELD, FAILED = SyncState.DUE.value, SyncState.HELD.value, SyncState.FAILED.value


def hold(session: Session, connection_id: UUID, why: Hold) -> None:
    _change(session, connection_id, [SyncRecord.state == DUE], state=HELD, reason=why.value)


def hold_until(session: Session, connection_id: UUID, why: Hold, until: int, *, held: bool = False) -> None:
    """Until a moment, when the clock looks again. `held`: what is held for it already, at another moment."""
    of = [SyncRecord.state == HELD, SyncRecord.reason == why.value] if held else [SyncRecord.state == DUE]
    _change(session, connection_id, of, state=HELD, reason=why.value, due_at=until)


def release(session: Session, connection_id: UUID, *why: Hold) -> None:
    waits = [SyncRecord.state == HELD, SyncRecord.reason.in_([one.value for one in why])]
    _change(session, connection_id, waits, state=DUE, reason=None, due_at=clock.now_ms())


def stop(session: Session, connection_id: UUID) -> None:
    waits = [SyncRecord.state.in_([DUE, HELD])]
    reason = Reason.WHILE_DISCONNECTED.value
    _change(session, connection_id, waits, state=SyncState.IDLE.value, reason=reason, due_at=None, waits_for_id=None)


def look_again(session: Session, connection_id: UUID) -> None:
    """Idle and unseen: nothing leaves under settings that no longer hold. The sweep makes due what the new ones want.

    What only goes along with a document is not wanted any more until one that goes over needs it again.
    """
    waits = [SyncRecord.state.in_([DUE, HELD])]
    anew = {"state": SyncState.IDLE.value, "reason": Reason.BEFORE_CHANGE.value, "due_at": None, "waits_for_id": None}
    along = [SyncRecord.kind.in_([kind.value for kind in NEVER_FROZEN]), SyncRecord.remote_id.is_(None)]
    _change(session, connection_id, [*waits, *along], wanted_revision=0)
    _change(session, connection_id, waits, planned_revision=0, **anew)


def outdate(session: Session, connection_id: UUID, reasons: Sequence[Reason], kinds: Sequence[Kind]) -> None:
    """Changed settings concern what changes from now on: the rest stays here and says so (decision C11)."""
    rests = [
        SyncRecord.state == SyncState.IDLE.value,
        SyncRecord.reason.in_([reason.value for reason in reasons]),
        SyncRecord.kind.in_([kind.value for kind in kinds]),
    ]
    _change(session, connection_id, rests, reason=Reason.BEFORE_CHANGE.value)


def freeze(session: Session, connection_id: UUID) -> None:
    """Also what failed: a Retry would send what is frozen now. What is unknown is still looked up, never sent again."""
    freezable = SyncRecord.kind.not_in([kind.value for kind in NEVER_FROZEN])
    waits = [SyncRecord.state.in_([DUE, HELD, FAILED]), freezable]
    reason = Reason.BEFORE_RESET.value
    gone = {"due_at": None, "waits_for_id": None, "problem": None, "cause": None, "problem_facts": None}
    _change(session, connection_id, waits, state=SyncState.IDLE.value, reason=reason, **gone)


def shadow(session: Session, connection_id: UUID) -> None:
    """Also what failed: a Retry would send it. What is on its way is found out, and rests then (push.shadowing)."""
    waits = [SyncRecord.state.in_([DUE, HELD, FAILED])]
    gone = {"due_at": None, "waits_for_id": None, "problem": None, "cause": None, "problem_facts": None}
    kept = {"state": SyncState.IDLE.value, "reason": Reason.SHADOW.value, "asked_at": None}
    _change(session, connection_id, waits, wanted_revision=SyncRecord.pushed_revision, **kept, **gone)


def offer(session: Session, connection_id: UUID) -> None:
    kept = [SyncRecord.state == SyncState.IDLE.value, SyncRecord.reason == Reason.SHADOW.value]
    values = {"wanted_revision": SyncRecord.pushed_revision, "asked_at": None}
    _change(session, connection_id, kept, reason=Reason.FROM_SHADOW.value, **values)


def follow_state(session: Session, connection_id: UUID, state: State) -> None:
    """After every change of a connection's state, in the same transaction."""
    if state is State.CONNECTED:
        release(session, connection_id, Hold.PAUSED, Hold.RECONNECT)
    elif state is State.PAUSED:
        hold(session, connection_id, Hold.PAUSED)
    elif state is State.NEEDS_RECONNECT:
        hold(session, connection_id, Hold.RECONNECT)
    else:
        stop(session, connection_id)


def release_throttled(connection_id: UUID, now: int) -> None:
    """The silence they asked for is over."""
    over = (
        SyncRecord.connection_id == connection_id,
        SyncRecord.state == HELD,
        SyncRecord.reason.in_([Hold.THROTTLED.value, Hold.LOCKED.value]),
        SyncRecord.due_at <= now,
    )
    with reading() as session:
        found = session.scalar(select(SyncRecord.id).where(*over).limit(1))
    if found is not None:
        with writing() as session:
            _change(session, connection_id, list(over), state=DUE, reason=None)


def by_plan(connection: Connection) -> bool:
    """Whether the tenant's plan lets this connection send; what is due is held or set free accordingly."""
    with writing() as session:
        plan = session.scalars(select(Tenant.plan).where(Tenant.id == connection.tenant_id)).one()
        entitled = includes_integrations(plan, config.current().plans_with_integrations)
        if entitled:
            release(session, connection.id, Hold.PLAN)
        else:
            hold(session, connection.id, Hold.PLAN)
    return not entitled


def _change(session: Session, connection_id: UUID, conditions: Sequence[ColumnElement[bool]], **values: object) -> None:
    """Rows are locked in the order everybody locks them in."""
    mine = select(SyncRecord.id).where(SyncRecord.connection_id == connection_id, *conditions)
    ids = mine.order_by(SyncRecord.id).with_for_update()
    session.execute(
        update(SyncRecord).where(SyncRecord.id.in_(ids)).values(**values).execution_options(synchronize_session=False)
    )
