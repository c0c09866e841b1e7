"""How a tenant's connection does, in figures: what waits, what went well, what the provider allows, what we keep.

From our own rows alone, each figure bounded, so that the page is as fast for a large tenant as for a small one.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain.status import WAITING, SyncState
from kz_admin.domain.windows import MINUTE
from kz_admin.models.call import Attempt, Call
from kz_admin.models.connection import Connection
from kz_admin.models.mail import Mail
from kz_admin.models.notice import ChatMessage
from kz_admin.models.receipt import Receipt
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services import expiry, pace
from kz_admin.services.csv_lines import csv_line
from kz_admin.services.pace import NoPace

DAYS = 30
BUCKET = 15 * clock.MINUTE  # every time zone differs from UTC by whole quarters of an hour
COUNTED_AT_MOST = 20_000
WELL, BADLY = ("applied", "adopted"), ("refused",)


@dataclass(frozen=True)
class Day:
    """What came of the documents that were tried on one day of the tenant."""

    day: str
    well: int = 0
    badly: int = 0

    @property
    def tried(self) -> int:
        return self.well + self.badly

    @property
    def per_cent(self) -> int | None:
        """Rounded down: ninety-nine of a hundred is not all."""
        return None if not self.tried else self.well * 100 // self.tried


@dataclass(frozen=True)
class Budget:
    """Calls against what the provider allows; None where nobody knows or nothing limits."""

    this_minute: int | None
    per_minute: int | None
    today: int
    per_day: int | None


@dataclass(frozen=True)
class Size:
    what: str
    rows: int
    size: int  # bytes of their bodies
    kept: str

    @property
    def is_more(self) -> bool:
        return self.rows > COUNTED_AT_MOST


@dataclass(frozen=True)
class Health:
    connection: Connection
    states: Mapping[SyncState, int]
    oldest: SyncRecord | None  # of what waits, by when it became due
    days: Sequence[Day]
    budget: Budget
    ends_at: int | None
    sizes: Sequence[Size]
    as_of: int

    @property
    def well(self) -> int:
        return sum(day.well for day in self.days)

    @property
    def badly(self) -> int:
        return sum(day.badly for day in self.days)

    @property
    def life_passed(self) -> float | None:
        """How much of the time between the consent and its end is over, from 0 to 1."""
        if self.ends_at is None or self.ends_at <= self.connection.connected_at:
            return None
        whole = self.ends_at - self.connection.connected_at
        return min(1.0, max(0.0, (self.as_of - self.connection.connected_at) / whole))


def of(connection: Connection, zone: str) -> Health:
    now = clock.now_ms()
    with reading() as session:
        states = _states(session, connection)
        oldest = session.scalar(_oldest(connection, now))
        days = _days(session, connection, zone, now)
        today = _calls_since(session, connection, _midnight(now, zone))
        sizes = _sizes(session, connection.tenant_id)
    return Health(
        connection=connection,
        states=states,
        oldest=oldest,
        days=days,
        budget=_budget(connection, now, today),
        ends_at=expiry.ends_at(connection),
        sizes=sizes,
        as_of=now,
    )


def as_csv(connection: Connection, zone: str) -> Generator[str]:
    with reading() as session:
        days = _days(session, connection, zone, clock.now_ms())
    yield csv_line(("Day", "Went over", "Refused", "Per cent"))
    for day in days:
        yield csv_line((day.day, day.well, day.badly, "" if day.per_cent is None else day.per_cent))


def _states(session: Session, connection: Connection) -> dict[SyncState, int]:
    """Counted up to a limit: beyond it the page says "and more"."""
    parts = []
    for state in SyncState:
        mine = (SyncRecord.connection_id == connection.id, SyncRecord.state == state.value)
        some = select(literal(1)).select_from(SyncRecord).where(*mine).limit(COUNTED_AT_MOST + 1).subquery()
        parts.append(select(func.count()).select_from(some).scalar_subquery().label(state.value))
    row = session.execute(select(*parts)).one()
    return {state: row._mapping[state.value] for state in SyncState}


def _oldest(connection: Connection, now: int) -> Select[SyncRecord]:
    waits = [state.value for state in WAITING]
    return (
        select(SyncRecord)
        .where(SyncRecord.connection_id == connection.id, SyncRecord.state.in_(waits), SyncRecord.due_at <= now)
        .order_by(SyncRecord.due_at, SyncRecord.id)
        .limit(1)
    )


def _days(session: Session, connection: Connection, zone: str, now: int) -> list[Day]:
    today = clock.local_date(now, zone)
    names = [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]
    bucket = Attempt.closed_at // BUCKET
    query = (
        select(bucket, Attempt.outcome, func.count())
        .where(
            Attempt.connection_id == connection.id,
            Attempt.closed_at >= now - (DAYS + 1) * clock.DAY,
            Attempt.outcome.in_((*WELL, *BADLY)),
        )
        .group_by(bucket, Attempt.outcome)
    )
    well, badly = dict[str, int](), dict[str, int]()
    for quarter, outcome, count in session.execute(query):
        day = clock.local_date(int(quarter or 0) * BUCKET, zone).isoformat()
        counts = well if outcome in WELL else badly
        counts[day] = counts.get(day, 0) + count
    return [Day(name, well.get(name, 0), badly.get(name, 0)) for name in names]


def _calls_since(session: Session, connection: Connection, since: int) -> int:
    mine = (Call.connection_id == connection.id, Call.last_sent_at >= since)
    return session.scalar(select(func.coalesce(func.sum(Call.sends), 0)).where(*mine)) or 0


def _midnight(now: int, zone: str) -> int:
    local = clock.to_datetime(now, zone)
    return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()) * clock.SECOND


def _budget(connection: Connection, now: int, writes_today: int) -> Budget:
    """The limiter knows reads as well; our rows know writes, also when Redis was emptied."""
    sending = PROVIDERS[connection.provider].sending if connection.provider in PROVIDERS else None
    limits = sending.limits if sending else None
    try:
        seen = pace.seen(connection, now)
        ended = [at for at in (*seen.interactive, *seen.bulk) if at > now - MINUTE]
        this_minute = len(ended) + sum(1 for slot in seen.slots if slot.until > now)
        today = max(writes_today, sum(calls for _, calls in seen.day))
    except NoPace:
        this_minute, today = None, writes_today
    return Budget(this_minute, limits.per_minute if limits else None, today, limits.per_day if limits else None)


def _sizes(session: Session, tenant_id: UUID) -> list[Size]:
    """Rows and the bytes of their bodies, of the newest so many."""
    wanted: Sequence[tuple[str, Any, Any, str]] = (
        ("Calls to the provider", Call, Call.body, "bodies for 180 days, what came of each for ever"),
        ("Hook calls", Receipt, Receipt.body, "bodies for 30 days, while one waits or failed for longer"),
        ("Mails", Mail, Mail.text_sealed, "30 days after they were sent"),
        ("Chat messages", ChatMessage, ChatMessage.text, "30 days after they were sent"),
    )
    parts = []
    for number, (_, model, body, _) in enumerate(wanted):
        size = func.length(body).label("size")
        some = select(size).where(model.tenant_id == tenant_id).limit(COUNTED_AT_MOST + 1).subquery()
        total = cast(func.coalesce(func.sum(some.c.size), 0), BigInteger)
        parts.append(
            select(literal(number).label("number"), func.count().label("rows"), total.label("bytes")).select_from(some)
        )
    found = {row.number: row for row in session.execute(union_all(*parts))}
    return [Size(what, found[n].rows, int(found[n].bytes), kept) for n, (what, _, _, kept) in enumerate(wanted)]
