"""The morning's mail: what keeps documents back, once a day for each tenant, at seven in its own time zone.

Only where something is open since before that hour. The row of the day and its mails are one transaction, and the row
is unique: whatever crashes or looks twice, nobody gets two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kz_admin import clock, config, failpoints
from kz_admin.domain.money import Money
from kz_admin.models.alert import Alert
from kz_admin.models.notice import Digest
from kz_admin.models.session import reading, writing
from kz_admin.models.tenant import Tenant
from kz_admin.services import alerts, causes, connections, mails, notifications
from kz_admin.services.causes import Cause

HOUR = 7
# Alerts of the connection that keep documents back; a consent that ends in two weeks was mailed by itself.
KEEP_BACK = (alerts.RECONNECT, "subscription_ended")


@dataclass(frozen=True)
class Line:
    """One cause, as the mail says it."""

    headline: str
    waits: str  # "38 invoices, 12,400.00 USD; 3 payments, 90.00 USD"
    is_new: bool


def seven(now: int, zone: str) -> tuple[str, int]:
    """The day it is there, and when the hour of its digest was or will be."""
    local = datetime.fromtimestamp(now / clock.SECOND, UTC).astimezone(ZoneInfo(zone))
    hour = datetime.combine(local.date(), time(HOUR), ZoneInfo(zone))
    return local.date().isoformat(), int(hour.timestamp() * clock.SECOND)


def write_due() -> int:
    """Write the digests whose hour has come; returns for how many tenants."""
    latest = select(func.max(Digest.day)).where(Digest.tenant_id == Tenant.id).scalar_subquery()
    query = (
        select(Tenant.id, Tenant.time_zone, func.min(Alert.created_at), latest)
        .join(Alert, Alert.tenant_id == Tenant.id)
        .where(Alert.closed_at.is_(None), or_(Alert.board_key.is_not(None), Alert.cause.in_(KEEP_BACK)))
        .group_by(Tenant.id, Tenant.time_zone)
    )
    with reading() as session:
        found = session.execute(query).all()
    now, written = clock.now_ms(), 0
    troubles: list[Exception] = []
    for tenant_id, zone, since, last in found:
        day, hour = seven(now, zone)
        if since < hour <= now and (last is None or last < day):
            try:
                written += _write(tenant_id, day)
            except Exception as trouble:  # of one tenant: the others have their mail, then the job fails as it should
                troubles.append(trouble)
    if written:
        mails.hurry()
    if troubles:
        raise troubles[0]
    return written


def _write(tenant_id: UUID, day: str) -> bool:
    try:
        with writing() as session:
            return _written(session, tenant_id, day)
    except IntegrityError:
        return False  # another worker was first, which is as good


def _written(session: Session, tenant_id: UUID, day: str) -> bool:
    before = session.scalar(select(func.max(Digest.created_at)).where(Digest.tenant_id == tenant_id)) or 0
    context = _context(session, tenant_id, before)
    if context is None:
        return False
    readers = notifications.digested(session, tenant_id)
    session.add(Digest(tenant_id=tenant_id, day=day, mails=len(readers)))
    session.flush()  # the unique key decides here, before a mail is written
    for email, name in readers:
        mails.write(session, "digest", to=email, tenant_id=tenant_id, name=name, **context)
    failpoints.reach("digest.written")
    return True


def _context(session: Session, tenant_id: UUID, before: int) -> dict[str, Any] | None:
    """What it says; None where what was open is gone in this very moment."""
    open_now = session.scalars(
        select(Alert).where(Alert.tenant_id == tenant_id, Alert.closed_at.is_(None)).order_by(Alert.created_at)
    ).all()
    others = [alert.sentence for alert in open_now if not alert.board_key]
    fresh = {alert.board_key for alert in open_now if alert.created_at > before}
    connection = connections.live_in(session, tenant_id)
    board = causes.board_in(session, connection) if connection is not None else causes.Board()
    lines = [Line(cause.headline, in_words(cause), cause.key in fresh) for cause in board.causes]
    if not lines and not others:
        return None
    tenant = session.get_one(Tenant, tenant_id)
    company = connection.company_name if connection is not None else ""
    return {
        "subject": _subject(tenant.name, board.total, others),
        "others": others,
        "lines": lines,
        "more": board.total - len(lines),
        "company": company,
        "link": config.current().base_url + alerts.BOARD,
        "settings": config.current().base_url + "/kz-admin/settings/notifications",
    }


def _subject(tenant: str, total: int, others: Sequence[str]) -> str:
    if not total:
        return f"{tenant}: {others[0]}"[:200]
    return f"{tenant}: {total} {'cause keeps' if total == 1 else 'causes keep'} documents from the books"[:200]


def in_words(cause: Cause) -> str:
    """How much waits for it, money by kind and currency."""
    said = []
    for one in cause.sums:
        word = one.kind.word if one.documents == 1 else one.kind.plural
        money = f", {Money(one.minor, one.currency)}" if one.currency else ""
        said.append(f"{one.documents:,} {word}{money}")
    return "; ".join(said)
