"""When the company's subscription over there has ended: nothing is written until it is renewed, and nothing is lost.

    at_the_door()  a drain begins: what is due is held until the next test, or one record is let go to test with
    ended()        a write was refused for it: everything that waits is held for a day, and the admins are told once
    renewed()      a write went through: everything goes again

The open alert is the memory of it, the held rows know when the next test is. Reading works all the while, so what is of
unknown outcome is still found out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kz_admin import clock, logs
from kz_admin.domain.catalogue import subscription_ended
from kz_admin.domain.problems import Problem, Slug
from kz_admin.domain.pushing import Again, Remote
from kz_admin.domain.status import Hold, SyncState
from kz_admin.models.alert import Alert
from kz_admin.models.session import reading, writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import label_of
from kz_admin.services import alerts, holds
from kz_admin.services.push.lease import Lease

log = logs.get(__name__)

CAUSE = Slug.SUBSCRIPTION_ENDED.value
TEST_EVERY = clock.DAY


def at_the_door(lease: Lease) -> bool:
    """Whether this drain is a test: one call at a time, until one of them tells."""
    connection_id, now = lease.connection.id, lease.now_ms()
    if not is_told(connection_id):
        return False
    with reading() as session:
        next_test = session.scalar(select(func.min(SyncRecord.due_at)).where(*_held(connection_id)))
    with writing() as session:
        if next_test is not None and next_test > now:
            holds.hold_until(session, connection_id, Hold.SUBSCRIPTION, next_test)
            return False
        holds.release(session, connection_id, Hold.SUBSCRIPTION)
    return True


def has_ended(reactions: Mapping[UUID, Again | Problem]) -> bool:
    return any(isinstance(one, Problem) and one.slug is Slug.SUBSCRIPTION_ENDED for one in reactions.values())


def ended(lease: Lease) -> None:
    connection = lease.connection
    card = subscription_ended(label_of(connection.provider), connection.company_name)
    with writing() as session:
        holds.hold_until(session, connection.id, Hold.SUBSCRIPTION, next_test(lease.now_ms()))
        alerts.raise_alert(
            session,
            connection.tenant_id,
            CAUSE,
            connection.id,
            f"{card.headline} {card.why}",
            connection_id=connection.id,
        )
    log.warning("subscription_ended", connection_id=str(connection.id))


def renewed(lease: Lease, results: Iterable[Any]) -> bool:
    """Whether something went over, which ends the test."""
    if not any(isinstance(result, Remote) for result in results):
        return False
    with writing() as session:
        holds.release(session, lease.connection.id, Hold.SUBSCRIPTION)
        alerts.close(session, lease.connection.tenant_id, [CAUSE], lease.connection.id)
    log.info("subscription_renewed", connection_id=str(lease.connection.id))
    return True


def test_now(session: Session, connection_id: UUID) -> bool:
    """Somebody renewed it and does not want to wait: what is held may be tried now. False when nothing is."""
    held = session.scalar(select(SyncRecord.id).where(*_held(connection_id)).limit(1))
    if held is not None:
        holds.hold_until(session, connection_id, Hold.SUBSCRIPTION, clock.now_ms(), held=True)
    return held is not None


def next_test(now: int) -> int:
    return now + TEST_EVERY


def is_told(connection_id: UUID) -> bool:
    """The admins know that it has ended, and nothing has gone over since."""
    query = select(Alert.id).where(
        Alert.connection_id == connection_id, Alert.cause == CAUSE, Alert.closed_at.is_(None)
    )
    with reading() as session:
        return session.scalar(query.limit(1)) is not None


def _held(connection_id: UUID) -> tuple[Any, ...]:
    return (
        SyncRecord.connection_id == connection_id,
        SyncRecord.state == SyncState.HELD.value,
        SyncRecord.reason == Hold.SUBSCRIPTION.value,
    )
