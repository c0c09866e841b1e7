"""Before a record is built, sent or asked for, it is counted in a commit of its own: what kills its worker three times
is set aside, and everything beside it goes on (reliability.md 2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from kz_admin import failpoints, logs
from kz_admin.domain.problems import Slug
from kz_admin.models.connection import Connection
from kz_admin.models.session import writing
from kz_admin.services.push import fates, results
from kz_admin.services.push.lease import Lease, confirm, mine

log = logs.get(__name__)


def count(lease: Lease, record_ids: Sequence[UUID]) -> list[UUID]:
    """Those that may be touched now; any result sets their count back."""
    with writing() as session:
        confirm(session, lease)
        rows = results.locked(session, record_ids)
        killers = [row for row in rows.values() if row.kills >= fates.MOST_KILLS]
        for row in rows.values():
            if row in killers:
                log.warning("record_parked", record_id=str(row.id), kills=row.kills)
                fates.park(row, Slug.KILLED_WORKERS)
            else:
                row.kills += 1
        parked = {row.id for row in killers}
    failpoints.reach("push.counted")
    return [record_id for record_id in record_ids if record_id in rows and record_id not in parked]


def take_back(lease: Lease, record_ids: Sequence[UUID]) -> None:
    """They were not touched after all, and their worker lives. What earlier deaths left on them stays: this is no
    result."""
    with writing() as session:
        if session.scalar(select(Connection.id).where(*mine(lease)).with_for_update()) is None:
            return  # somebody else counts by now
        for row in results.locked(session, record_ids).values():
            row.kills = max(row.kills - 1, 0)
