"""Everything that one cause holds up goes again at once: one update, whether it is three documents or fifty thousand.

A dependent carries its partner's Problem, so what names the cause finds it as well; one that carries another and
waits for these is taken along.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from kz_admin import clock
from kz_admin.domain import rules
from kz_admin.domain.problems import Slug
from kz_admin.domain.status import STUCK, Lane, SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.session import changed_rows
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import outbox
from kz_admin.services.documents.work import Work

FEW = 30  # more than a click is about: they wait their turn behind single clicks
# What a switch of the company decides: somebody may have changed it since it was read.
OF_THE_COMPANY = frozenset({Slug.PERIOD_CLOSED, Slug.CURRENCY_OFF, Slug.TAX_OFF})
NO_PROBLEM: dict[str, Any] = {
    "problem": None,
    "cause": None,
    "problem_facts": None,
    "problem_at": None,
    "waits_for_id": None,
}


def all_again(work: Work, connection_id: UUID, *which: ColumnElement[bool]) -> int:
    """How many records go; none in shadow mode, where what they held up is offered with the rest."""
    planner = outbox.planner_of(work.session, work.tenant_id)
    if planner is None or planner.connection.id != connection_id or planner.place.settings.shadow:
        return 0
    stuck = [state.value for state in STUCK]
    mine = (SyncRecord.tenant_id == work.tenant_id, SyncRecord.connection_id == connection_id)
    chosen = and_(*mine, SyncRecord.state.in_(stuck), *which)
    found, of_company = _found(work, chosen)
    if not found:
        return 0
    if of_company:
        read_company_first(work, connection_id)
    waits = SyncRecord.waits_for_id.in_(select(SyncRecord.id).where(chosen))
    along = and_(*mine, SyncRecord.state == SyncState.FAILED.value, waits)
    held = rules.hold_of(planner.place)
    lane = Lane.INTERACTIVE if found <= FEW else Lane.BULK
    moved = move(
        work,
        or_(chosen, along),
        state=(SyncState.HELD if held else SyncState.DUE).value,
        reason=held.value if held else None,
        due_at=clock.now_ms(),
        lane=lane.value,
        kills=0,
        tries=0,
        failing_since=None,
        **NO_PROBLEM,
    )
    planner.lane, planner.made_due = lane, planner.made_due or held is None
    return moved


def move(work: Work, which: ColumnElement[bool], **values: Any) -> int:
    """Rows are locked in the order everybody locks them in; what is at hand is read anew."""
    ids = select(SyncRecord.id).where(which).order_by(SyncRecord.id).with_for_update()
    work.session.flush()
    changed = update(SyncRecord).where(SyncRecord.id.in_(ids)).values(**values)
    moved = changed_rows(work.session, changed.execution_options(synchronize_session=False))
    if moved:
        _read_anew(work)
    return moved


def _read_anew(work: Work) -> None:
    """What this transaction has at hand already shows what the update did."""
    ids = [row.id for row in work.session.identity_map.values() if isinstance(row, SyncRecord)]
    for start in range(0, len(ids), 500):
        some = select(SyncRecord).where(SyncRecord.id.in_(ids[start : start + 500]))
        work.session.scalars(some.execution_options(populate_existing=True)).all()


def read_company_first(work: Work, connection_id: UUID) -> None:
    """Somebody may have opened the books since they were read: the worker reads them before it goes on."""
    stale = update(Connection).where(Connection.id == connection_id).values(facts_read_at=None)
    work.session.execute(stale.execution_options(synchronize_session=False))


def _found(work: Work, chosen: ColumnElement[bool]) -> tuple[int, bool]:
    """How many there are, counted no further than matters, and whether the company decides about one of them."""
    some = select(SyncRecord.problem).where(chosen).limit(FEW + 1)
    found = work.session.scalars(some).all()
    company = [slug.value for slug in OF_THE_COMPANY]
    asked = select(func.count()).select_from(SyncRecord).where(chosen, SyncRecord.problem.in_(company))
    return len(found), bool(found and work.session.scalar(asked))
