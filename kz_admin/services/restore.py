"""After the database came back from a copy (K14): our rows lack what happened since, and over there it has happened.

Until an operator says that it is over, everything is looked up before it is made: by our marker, and by number, client
and total. What an open Attempt of the copy left is looked up anyway. The tokens of the copy may be old ones: then the
connections ask for a new consent, and everything waits for it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, update

from kz_admin import clock
from kz_admin.domain.connection import LIVE
from kz_admin.domain.failures import Wrong
from kz_admin.models.connection import Connection
from kz_admin.models.session import changed_rows, writing
from kz_admin.services import audit
from kz_admin.services.audit import Actor


def doubt_since(moment: str, actor: Actor) -> int:
    """How many connections look first from now on."""
    since = _moment(moment)
    return _set(since, actor, "restore.doubted")


def trust_again(actor: Actor) -> int:
    return _set(None, actor, "restore.trusted")


def _set(since: int | None, actor: Actor, action: str) -> int:
    live = [state.value for state in LIVE]
    with writing() as session:
        for connection in session.scalars(select(Connection).where(Connection.state.in_(live))):
            subject = ("connection", connection.id, connection.company_name)
            audit.record(session, actor, action, subject, tenant_id=connection.tenant_id, after={"since": since})
        return changed_rows(
            session,
            # A worker of the copy may have held the lease: whoever takes it next stamps what it left.
            update(Connection)
            .where(Connection.state.in_(live))
            .values(doubt_since=since, push_holder=None, push_until=None)
            .execution_options(synchronize_session=False),
        )


def _moment(text: str) -> int:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise Wrong("since", "Write the moment as 2026-11-27T14:30 (UTC), or with an offset.") from None
    found = int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)
    if found > clock.now_ms():
        raise Wrong("since", "A copy cannot be from the future.")
    return found
