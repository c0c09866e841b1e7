"""A company's pace after Redis lost it: from what this process saw last, and from our rows of what was sent.

What this process does not know of and no row tells, other processes' look-ups within the last minute, is allowed for
as one beside every write.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, func, select

from kz_admin import logs
from kz_admin.domain import breaker as breakers
from kz_admin.domain import pace
from kz_admin.domain.pace import Pace
from kz_admin.domain.pushing import Limits
from kz_admin.domain.windows import DAY, MINUTE, QUARTER, SECOND
from kz_admin.models.call import Call
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading

log = logs.get(__name__)

MOST_COMPANIES = 2_000
# A call may leave a little after its row says so (services.push.sending), and then it is as good as there.
LEAVES_WITHIN = 15 * SECOND


def keep(name: str, state: Pace) -> None:
    memory = _memory()
    if len(memory) >= MOST_COMPANIES and name not in memory:
        memory.clear()  # it matters only if Redis is emptied within the next minute
    memory[name] = state


def rebuilt(connection: Connection, name: str, now: int, limits: Limits | None) -> Pace:
    state = _memory().get(name, Pace())
    if state.seen > now + MINUTE:
        state = Pace()  # a clock was set back meanwhile
    if limits is None:
        return state
    with reading() as session:
        row = session.get(Connection, connection.id) if connection.id else None  # no row yet while it is connected
        sent = session.execute(_sent(connection, max(state.seen, now - MINUTE - LEAVES_WITHIN))).all()
        day = session.execute(_by_quarter(connection, now)).all() if limits.per_day is not None else []
    log.info("pace_rebuilt", connection_id=str(connection.id), sent=len(sent))
    ended = [(min(now, closed_at or at + LEAVES_WITHIN), items > 1) for at, closed_at, items in sent]
    state = pace.remembered(state, limits, now, ended, tuple((quarter, calls) for quarter, calls in day))
    return _with_facts(state, now, row or connection)


def _with_facts(state: Pace, now: int, row: Connection) -> Pace:
    """A silence they asked for, or keep themselves, is in our rows as well."""
    if row.throttled_until is not None and row.throttled_until > max(now, state.silent_until):
        state = pace.throttled(state, now, row.throttled_until)
    if row.silent_since is not None and state.breaker.open_since is None:
        opened = breakers.opened(state.breaker, row.silent_since)
        state = replace(state, breaker=replace(opened, probe_at=row.probe_at or now))
    return state


def _sent(connection: Connection, since: int) -> Select[int, int | None, int]:
    query = select(Call.last_sent_at, Call.closed_at, Call.items)
    return query.where(Call.connection_id.in_(_same_company(connection)), Call.last_sent_at > since)


def _by_quarter(connection: Connection, now: int) -> Select[int, int]:
    quarter = (Call.last_sent_at // QUARTER).label("quarter")
    query = select(quarter, func.count()).group_by(quarter)
    return query.where(Call.connection_id.in_(_same_company(connection)), Call.last_sent_at > now - DAY)


def _same_company(connection: Connection) -> Select[UUID]:
    """Of whatever tenant: they count the company's calls, not ours."""
    return select(Connection.id).where(
        Connection.provider == connection.provider,
        Connection.environment == connection.environment,
        Connection.company_key == connection.company_key,
    )


def _memory() -> dict[str, Pace]:
    found: dict[str, Pace] = current_app.extensions.setdefault("kz_pace_memory", {})
    return found
