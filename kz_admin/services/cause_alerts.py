"""Each cause that keeps documents back is told once: an Alert opens when it appears and closes when nothing is left.

The clock does this each minute, beside the pushes: a push that fails a thousand documents asks no statement more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update

from kz_admin import clock, failpoints, logs
from kz_admin.domain import causes as words
from kz_admin.domain.connection import LIVE
from kz_admin.domain.problems import Slug
from kz_admin.domain.status import STUCK
from kz_admin.models.alert import Alert
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading, writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import alerts, causes, chat, mails

log = logs.get(__name__)

# More at once are one message to the chat: sixty lines in a row are read by nobody.
MOST_MESSAGES = 5
# Said of the connection by Test Connection as well; the same subject makes both one alert.
OF_THE_CONNECTION = frozenset({Slug.SUBSCRIPTION_ENDED.value})


@dataclass(frozen=True)
class _Found:
    """A cause that holds something up, and whether an alert of it is open."""

    connection_id: UUID
    key: str


def look() -> int:
    """Open what is new, close what is gone; returns how many opened. Two at once open nothing twice."""
    there, told = _there(), _told()
    for alert_id, found in told.items():
        if found not in there:
            _close(alert_id, found)
    known, fresh = set(told.values()), dict[UUID, list[str]]()
    for one in there:
        if one not in known:
            fresh.setdefault(one.connection_id, []).append(one.key)
    opened = sum(_open(connection_id, keys) for connection_id, keys in fresh.items())
    if opened:
        mails.hurry()
        chat.hurry()
    return opened


def _there() -> list[_Found]:
    query = (
        select(SyncRecord.connection_id, causes.KEY)
        .join(Connection, Connection.id == SyncRecord.connection_id)
        .where(
            Connection.state.in_([state.value for state in LIVE]),
            SyncRecord.state.in_([state.value for state in STUCK]),
        )
        .group_by(SyncRecord.connection_id, causes.KEY)
        .order_by(SyncRecord.connection_id, func.min(SyncRecord.problem_at))
    )
    with reading() as session:
        return [_Found(connection_id, key) for connection_id, key in session.execute(query) if key]


def _told() -> dict[UUID, _Found]:
    query = select(Alert.id, Alert.connection_id, Alert.board_key).where(
        Alert.closed_at.is_(None), Alert.board_key.is_not(None)
    )
    with reading() as session:
        return {
            row_id: _Found(connection_id, key)
            for row_id, connection_id, key in session.execute(query)
            if connection_id is not None and key is not None
        }


def _close(alert_id: UUID, found: _Found) -> None:
    """Looked at once more inside the transaction: a failure meanwhile keeps it open."""
    still = select(SyncRecord.id).where(*causes.stuck(found.connection_id, found.key)).limit(1)
    with writing() as session:
        if session.scalar(still) is None:
            mine = (Alert.id == alert_id, Alert.closed_at.is_(None))
            session.execute(update(Alert).where(*mine).values(closed_at=clock.now_ms()))


def _open(connection_id: UUID, keys: Sequence[str]) -> int:
    with writing() as session:
        connection = session.get_one(Connection, connection_id)
        together, opened = len(keys) > MOST_MESSAGES, 0
        for key in keys:
            found = causes.board_in(session, connection, key=key).causes
            if not found:
                continue  # it went meanwhile
            slug, _, subject = key.partition(":")
            sentence = f"{len(keys)} new problems keep documents from {connection.company_name}." if together else ""
            opened += alerts.raise_alert(
                session,
                connection.tenant_id,
                slug[:60],
                connection.id if slug in OF_THE_CONNECTION else subject[:64],
                found[0].headline,
                connection_id=connection.id,
                board_key=key,
                mailed=slug in {grave.value for grave in words.GRAVE},
                chatted=not together or opened == 0,
                chat_sentence=sentence or f"{connection.company_name}: {found[0].headline}",
            )
        failpoints.reach("alert.opened")
        log.info("causes_told", connection_id=str(connection_id), opened=opened)
        return opened
