"""Access to a company. Nobody else hands out tokens, and only services that call providers ask for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select, update

from kz_admin import clock, config, crypto, logs
from kz_admin.crypto import CannotOpen
from kz_admin.domain.connection import USABLE, Environment
from kz_admin.domain.failures import Refused
from kz_admin.domain.problems import TokenRefused
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading, writing
from kz_admin.providers import PROVIDERS
from kz_admin.providers.base import Access
from kz_admin.providers.oauth import Grant
from kz_admin.services.refresh import lifetimes, needs_reconnect, refresh, usable

log = logs.get(__name__)

Result = TypeVar("Result")
EARLY = 5 * clock.MINUTE  # an access token is renewed this long before it ends


def call(connection_id: UUID, read: Callable[[Access], Result]) -> Result:
    """Read something: on a 401 once more with a renewed token, then the connection needs a new consent."""
    granted = access(connection_id)
    try:
        answer = read(granted)
    except TokenRefused:
        answer = _again(connection_id, granted, read)
    _succeeded(connection_id)
    return answer


def access(connection_id: UUID) -> Access:
    """A token that is good for the next minutes. Refreshes when it must."""
    connection = usable(connection_id)
    if (connection.access_expires_at or 0) - EARLY <= clock.now_ms() or not connection.access:
        connection = refresh(connection)
    return _access(connection)


def renewed(connection_id: UUID, refused: str) -> Access:
    """After a 401: the token somebody else has fetched meanwhile, or a refresh of our own."""
    connection = usable(connection_id)
    if connection.access and not crypto.same(connection.access, refused):
        return _access(connection)
    return _access(refresh(connection))


def refresh_now(connection_id: UUID) -> None:
    """Refresh whatever the clock says: Reset, keep-alive, and a company somebody else consented to."""
    refresh(usable(connection_id))


def refresh_due() -> int:
    """Keep alive every connection that nobody used for a week; the clock calls this."""
    with reading() as session:
        due = session.scalars(
            select(Connection.id).where(Connection.state.in_(USABLE), Connection.refresh_due_at <= clock.now_ms())
        ).all()
    return sum(_keep_alive(connection_id) for connection_id in due)


def _keep_alive(connection_id: UUID) -> bool:
    try:
        connection = usable(connection_id)
        if (connection.refresh_due_at or 0) > clock.now_ms():
            return False  # whoever looked at the same moment was faster
        refresh(connection)
    except (Refused, KeyError, CannotOpen) as problem:  # one row that cannot be read holds up no other
        log.warning("keep_alive_failed", connection_id=str(connection_id), kind=type(problem).__name__)
        return False
    return True


def stored_grant(connection: Connection, grant: Grant) -> None:
    """Put a fresh consent's tokens into its row, inside the caller's writing transaction."""
    connection.access, connection.refresh = grant.access, grant.refresh
    connection.previous_refresh, connection.previous_until = None, None
    connection.token_version += 1
    connection.refresh_holder, connection.refresh_until = None, None
    connection.scopes = grant.scopes
    for name, value in lifetimes(grant).items():
        setattr(connection, name, value)


def wipe(connection: Connection) -> None:
    """Delete every token; no copy is kept (decision C05)."""
    connection.access = connection.refresh = connection.previous_refresh = None
    connection.previous_until = connection.access_expires_at = connection.refresh_expires_at = None
    connection.consent_expires_at = connection.refresh_due_at = None
    connection.refresh_holder = connection.refresh_until = None
    connection.token_version += 1


def _access(connection: Connection) -> Access:
    environment = Environment(connection.environment)
    provider = PROVIDERS[connection.provider]
    assert connection.access
    assert connection.company
    return Access(connection.access, connection.company, environment, provider.api_base(config.current(), environment))


def _again(connection_id: UUID, refused: Access, read: Callable[[Access], Result]) -> Result:
    """A fresh token that is refused as well means that the consent is gone, whatever the token endpoint says."""
    fresh = renewed(connection_id, refused.token)
    try:
        return read(fresh)
    except TokenRefused:
        consent_is_gone(connection_id, fresh.token)
        raise


def consent_is_gone(connection_id: UUID, refused: str) -> None:
    """A brand-new token was refused: the consent is gone, unless somebody renewed it meanwhile."""
    with reading() as session:
        connection = session.get_one(Connection, connection_id)
    if connection.access and crypto.same(connection.access, refused):
        needs_reconnect(connection, Connection.token_version == connection.token_version)


def _succeeded(connection_id: UUID) -> None:
    with writing() as session:
        session.execute(update(Connection).where(Connection.id == connection_id).values(last_success_at=clock.now_ms()))
