"""What a person had us record although their side was expected to record it itself: looked at again, once a day.

Should theirs come after all, it is in the books twice, and a person is told (catalogue: paid_twice). The record is
done meanwhile; `due_at` of a done record is the moment of the next look.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.status import SyncState
from kz_admin.models.session import writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import record_states

WATCH = "watch"  # the choice that keeps until when
INSTEAD_OF = "instead_of"  # what is to be gone over there before theirs is linked
LOOK_EVERY, LOOK_FOR = clock.DAY, 14 * clock.DAY


def chosen(record: SyncRecord, choice: str, value: str) -> dict[str, str]:
    """What is kept of an answer on the card, beside the answer itself."""
    if choice == "anyway":
        return {choice: value, WATCH: str(clock.now_ms() + LOOK_FOR)}
    if choice == "link" and record.remote_id:
        return {choice: value, INSTEAD_OF: record.remote_id}
    return {} if choice == "both" else {choice: value}


def next_look(choices: Mapping[str, str]) -> int | None:
    """Of what has just been done."""
    until, now = int(choices.get(WATCH, "0")), clock.now_ms()
    return now + LOOK_EVERY if now < until else None


def bring_back(connection_id: UUID) -> None:
    """Done ones whose moment has come are looked at like any other; what is unchanged is done again without a write."""
    now = clock.now_ms()
    query = select(SyncRecord).where(
        SyncRecord.connection_id == connection_id, SyncRecord.state == SyncState.DONE.value, SyncRecord.due_at <= now
    )
    with writing() as session:
        for row in session.scalars(query.order_by(SyncRecord.id).with_for_update()):
            record_states.move(row, SyncState.DUE, due_at=now)
