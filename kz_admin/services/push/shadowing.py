"""The last gate of shadow mode: whatever made a record due, nothing of it leaves while the mode is on.

Entering lays down what is due; what was on its way then is found out, and comes to rest here instead of going again.
The settings are read anew each time: those of the lease are as old as the lease.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin.domain import presets
from kz_admin.domain.rules import Reason
from kz_admin.models.connection import Connection
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services.push.gathering import Item, Stays
from kz_admin.services.push.lease import Lease, LeaseLost


def is_on(session: Session, connection_id: UUID) -> bool:
    text = session.scalars(select(Connection.settings).where(Connection.id == connection_id)).one()
    return presets.read(text).shadow


def lay_down(session: Session, lease: Lease, rows: Sequence[SyncRecord]) -> list[Item | Stays]:
    """All of these stay, or nothing is said about them."""
    return [Stays(row.id, reason=Reason.SHADOW) for row in rows] if is_on(session, lease.connection.id) else []


def refuse(session: Session, lease: Lease) -> None:
    """In the transaction that would send the same bytes once more: the next look closes the call instead."""
    if is_on(session, lease.connection.id):
        raise LeaseLost(str(lease.connection.id))
