"""Before a record is built, sent or asked for, it is counted in a commit of its own: what kills its worker three times
is set aside, and everything beside it goes on (reliability.md 2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from kz_admin import failpoints, logs
from kz_admin.domain.problems import Slug
from kz_admin.models.session import writing
from kz_admin.services.push import fates, results
from kz_admin.services.push.lease import Lease, confirm

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
