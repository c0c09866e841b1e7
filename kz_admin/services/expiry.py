"""Warnings before a consent ends, 14, 7 and 2 days ahead: one alert per step, not one per look."""

from __future__ import annotations

from sqlalchemy import or_, select

from kz_admin import clock
from kz_admin.domain.connection import USABLE
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading, writing
from kz_admin.providers import PROVIDERS
from kz_admin.providers.oauth import Grant
from kz_admin.services import alerts, mails

DAYS = (14, 7, 2)
CAUSES = tuple(f"expires_{days}" for days in DAYS)


def warn_before_expiry() -> int:
    """Say 14, 7 and 2 days before that a consent is about to end; one alert per step."""
    soon = clock.now_ms() + DAYS[0] * clock.DAY
    ends_soon = or_(Connection.refresh_expires_at <= soon, Connection.consent_expires_at <= soon)
    with reading() as session:
        ending = session.scalars(select(Connection).where(Connection.state.in_(USABLE), ends_soon)).all()
    warned = sum(_warn(connection) for connection in ending)
    if warned:
        mails.hurry()
    return warned


def ends_at(connection: Connection) -> int | None:
    """When access ends if nobody does anything: the earlier of both limits."""
    limits = [limit for limit in (connection.refresh_expires_at, connection.consent_expires_at) if limit]
    return min(limits) if limits else None


def is_far(grant: Grant) -> bool:
    """Whether a warning has become moot. A refresh does not move the end of the consent itself."""
    lasts_s = min(grant.refresh_lasts_s, grant.consent_lasts_s or grant.refresh_lasts_s)
    return lasts_s * clock.SECOND > DAYS[0] * clock.DAY


def _warn(connection: Connection) -> bool:
    ends = ends_at(connection)
    assert ends is not None
    left = max(0, ends - clock.now_ms())
    step = next(days for days in sorted(DAYS) if left <= days * clock.DAY)
    label, days = PROVIDERS[connection.provider].label, -(-left // clock.DAY)
    in_days = f"{days} day{'' if days == 1 else 's'}"
    sentence = f"Access to {connection.company_name} in {label} ends in {in_days}. Reconnect before."
    with writing() as session:
        earlier = [f"expires_{days}" for days in DAYS if days > step]
        alerts.close(session, connection.tenant_id, earlier, connection.id)
        return alerts.raise_alert(
            session, connection.tenant_id, f"expires_{step}", connection.id, sentence, connection_id=connection.id
        )
