"""`python -m bench._worker CONNECTION`: the application as jobs.worker loads it, and one child forked from it that
drains this connection until nothing is left, as RQ forks one for each job. Prints as JSON what the child has grown to.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from uuid import UUID

import psutil
from sqlalchemy import func, select

import jobs.worker  # what it imports is what a worker holds
from kz_admin import clock, create_app
from kz_admin.domain.status import Lane, SyncState
from kz_admin.models import SyncRecord
from kz_admin.models.base import db
from kz_admin.models.session import reading
from kz_admin.services.push import drain

OPEN = [one.value for one in (SyncState.DUE, SyncState.SENT, SyncState.HELD)]
EARLY, MB = 1000, 1e6
IN_MAXRSS = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kilobytes


def still_open() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).where(SyncRecord.state.in_(OPEN))) or 0


def drain_all(connection_id: UUID) -> float:
    """Returns what the child was when its first thousand records were done."""
    all_of_them, early = still_open(), 0.0
    while left := still_open():
        drain.run(connection_id, Lane.BULK)
        if not early and all_of_them - left >= EARLY:
            early = psutil.Process().memory_info().rss / MB
        if still_open() == left:  # the pace of the company: the clock's next look
            clock.wait(1)
    return early


def told(records: int, own_before: int, early: float) -> dict[str, float]:
    """`own`: what it shares with nobody. `resident`: with what it shares with its parent, as the machine counts it."""
    at_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * IN_MAXRSS
    before_collecting = psutil.Process().memory_full_info()
    gc.collect()
    return {
        "records": records,
        "own_before": own_before / MB,
        "own": before_collecting.uss / MB,
        "own_after_collecting": psutil.Process().memory_full_info().uss / MB,
        "resident_early": early,
        "resident": before_collecting.rss / MB,
        "resident_at_peak": at_peak / MB,
    }


def main(connection_id: str) -> None:
    assert jobs.worker
    app = create_app()
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return
    with app.app_context():
        db.engine.dispose(close=False)
        records, own_before = still_open(), psutil.Process().memory_full_info().uss
        early = drain_all(UUID(connection_id))
        print(json.dumps(told(records, own_before, early)), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
