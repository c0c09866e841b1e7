"""How long the bodies of what came and went are kept: they hold people's data and are of no use any more.

Only bodies go. Ids, hashes and outcomes stay: a repeated hook is still known as repeated, and the timeline of a
document still says what was tried. Nothing goes that somebody may still need: a call whose outcome is open, a hook
call that waits. In small batches, so that nobody waits for a lock.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, UpdateBase, delete, exists, select, update

from kz_admin import clock
from kz_admin.models.call import Attempt, Call
from kz_admin.models.notice import ChatMessage, Digest
from kz_admin.models.receipt import Receipt
from kz_admin.models.session import changed_rows, reading, writing
from kz_admin.services import chat, receipts

CALLS_KEPT = 180 * clock.DAY
RECEIPTS_KEPT = 30 * clock.DAY
FAILED_RECEIPTS_KEPT = CALLS_KEPT  # a person may still mend what they failed for, and work them again
MESSAGES_KEPT = 30 * clock.DAY
DIGESTS_KEPT = 30 * clock.DAY
AT_A_TIME = 500
MOST_ROUNDS = 400  # of one sweep; what is left has its turn in an hour


def sweep() -> dict[str, int]:
    """How many lost their body or went, by table."""
    return {
        "call": _calls(),
        "receipt": _receipts(),
        "chat_message": _in_batches(
            select(ChatMessage.id).where(
                ChatMessage.state != chat.WAITING, ChatMessage.created_at < clock.now_ms() - MESSAGES_KEPT
            ),
            lambda ids: delete(ChatMessage).where(ChatMessage.id.in_(ids)),
        ),
        "digest": _in_batches(
            select(Digest.id).where(Digest.created_at < clock.now_ms() - DIGESTS_KEPT),
            lambda ids: delete(Digest).where(Digest.id.in_(ids)),
        ),
    }


def _calls() -> int:
    """Of calls that are over; what was meant goes with the bytes. An unknown one is looked up by it, however old."""
    is_open = exists().where(Attempt.call_id == Call.id, Attempt.closed_at.is_(None))
    over = (Call.last_sent_at < clock.now_ms() - CALLS_KEPT, Call.body.is_not(None), Call.closed_at.is_not(None))
    return _in_batches(
        select(Call.id).where(*over, ~is_open),
        lambda ids: update(Attempt).where(Attempt.call_id.in_(ids), Attempt.closed_at.is_not(None)).values(draft=""),
        lambda ids: update(Call).where(Call.id.in_(ids), Call.closed_at.is_not(None)).values(body=None),
    )


def _receipts() -> int:
    done = 0
    for kept, outcome in (
        (RECEIPTS_KEPT, Receipt.outcome.not_in((receipts.WAITING, receipts.FAILED))),
        (FAILED_RECEIPTS_KEPT, Receipt.outcome == receipts.FAILED),
    ):
        old = (Receipt.created_at < clock.now_ms() - kept, Receipt.body.is_not(None), outcome)
        done += _in_batches(
            select(Receipt.id).where(*old),
            lambda ids: (
                update(Receipt).where(Receipt.id.in_(ids), Receipt.outcome != receipts.WAITING).values(body=None)
            ),
        )
    return done


def _in_batches(which: Select[Any], *changes: Any) -> int:
    """The last change counts; each batch is a transaction of its own."""
    done = 0
    for _ in range(MOST_ROUNDS):
        with reading() as session:
            ids = session.scalars(which.limit(AT_A_TIME)).all()
        if not ids:
            break
        with writing() as session:
            made: list[UpdateBase] = [change(ids).execution_options(synchronize_session=False) for change in changes]
            changed = [changed_rows(session, one) for one in made][-1]
        done += changed
        if not changed:
            break
    return done
