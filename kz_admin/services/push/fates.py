"""What becomes of one record: each function is one fate, and moves its locked row accordingly."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain import backoff
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.problems import Problem, SlowDown, Slug
from kz_admin.domain.pushing import CREDIT, SOUGHT, UNLINKED, Again, Link, Remote, marked_by, unlinked_of
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import Hold, SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import record_states
from kz_admin.services.push import watching
from kz_admin.services.push.lease import QUIET

# Choices that later changes need as well; all others belong to one try.
SHORT = "short"  # a text of it may go over shortened: its name over there and the length
ACCEPTED = "accepted"  # the difference of both sides that a person accepted, word for word
LASTING = ("number", "name", "suffix", "date", SHORT, ACCEPTED, watching.WATCH, UNLINKED, SOUGHT, CREDIT)
# Workers that died with a record in their hands and no result in between: it is set aside.
MOST_KILLS = 3


def tie(row: SyncRecord, remote: Remote) -> None:
    """Our document and their object belong together, and this is how it stands over there."""
    row.remote_id, row.remote_type = remote.remote_id, remote.remote_type
    row.remote_version = remote.version or row.remote_version
    row.remote_number = remote.number[:60] or row.remote_number
    row.remote_customer = remote.customer or row.remote_customer
    row.remote_total = remote.total if remote.total is not None else row.remote_total
    row.remote_rate = remote.rate if remote.rate is not None else row.remote_rate
    row.remote_balance = remote.balance if remote.balance is not None else row.remote_balance


def link(session: Session, row: SyncRecord, revision: int, found: Link) -> None:
    """It was there already: nothing is written, and what we have counts as what is there (decision C26)."""
    if _belongs_to_another(session, row, found.remote):
        there = found.remote
        facts = {"remote_type": there.remote_type, "remote_id": there.remote_id, "number": there.number}
        fail(row, Problem(Slug.SEVERAL_MATCHES, str(row.local_id), facts))
        return
    tie(row, found.remote)
    row.linked_by = found.how.value
    row.choices = linked_to(row, found.remote.remote_id)
    row.pushed_revision = max(row.pushed_revision, revision)
    row.pushed_at = clock.now_ms()
    finish(row)


def note_difference(row: SyncRecord, said: str | None) -> None:
    """What a person accepted is not told again; another difference is."""
    row.note = None if said is not None and choices_of(row).get(ACCEPTED) == said else said


def finish(row: SyncRecord) -> None:
    """A result came: whatever was counted against the record is forgotten, and a newer revision is due at once."""
    row.kills = row.tries = 0
    row.failing_since, row.waits_for_id, row.look_first = None, None, False
    set_choices(row, {key: value for key, value in choices_of(row).items() if key in LASTING})
    if row.wanted_revision > row.pushed_revision:
        record_states.move(row, SyncState.DUE, due_at=clock.now_ms())
    else:
        record_states.move(row, SyncState.DONE, due_at=watching.next_look(choices_of(row)))


def fail(row: SyncRecord, problem: Problem) -> None:
    """For a person; what they say afterwards begins anew."""
    row.kills = 0
    set_choices(row, {key: value for key, value in choices_of(row).items() if key in LASTING})
    record_states.move(row, SyncState.FAILED, problem=problem)


def park(row: SyncRecord, slug: Slug) -> None:
    record_states.move(row, SyncState.PARKED, problem=Problem(slug, str(row.local_id), {"kills": str(row.kills)}))


def again(row: SyncRecord, reaction: Again) -> None:
    """A refusal that another try answers: with other words, or after looking over there."""
    choices = {**choices_of(row), **reaction.choices}
    choices["rounds"] = str(int(choices.get("rounds", "0")) + 1)
    if reaction.look:
        choices["look"] = "1"
    set_choices(row, choices)
    row.kills = 0
    record_states.move(row, SyncState.DUE, due_at=clock.now_ms())


def leave_unknown(row: SyncRecord) -> None:
    """Nobody knows whether it happened; looked up after the quiet time, later each time they do not answer."""
    _count_trouble(row)
    record_states.move(row, SyncState.UNKNOWN, due_at=clock.now_ms() + max(QUIET, _delay(row)))


def never_happened(connection: Connection, row: SyncRecord, opened_at: int) -> None:
    """It goes in a new call, unless a reset came meanwhile: what is frozen is looked up, never sent again.

    Who was there when a worker died for the second time stays a suspect, and one more death sets it aside."""
    row.kills = MOST_KILLS - 1 if row.kills >= MOST_KILLS else 0
    record_states.move(row, SyncState.DUE, due_at=clock.now_ms())
    if is_frozen(connection, row.as_kind, opened_at):
        record_states.move(row, SyncState.IDLE, reason=Reason.BEFORE_RESET.value)


def put_off(connection: Connection, row: SyncRecord) -> None:
    """Nothing was written over there. Later, after a growing pause, unless it has had trouble of its own too long."""
    _count_trouble(row)
    record_states.move(row, SyncState.DUE, due_at=clock.now_ms() + _delay(row))
    if gives_up(connection, row):
        park(row, Slug.TRIED_TOO_LONG)


def keep_still(row: SyncRecord, until: int, why: Hold = Hold.THROTTLED) -> None:
    """Nobody may write now, whatever it is: neither a try nor the time counts."""
    row.kills = 0
    if row.as_state is not SyncState.DUE:
        record_states.move(row, SyncState.DUE)
    record_states.move(row, SyncState.HELD, reason=why.value, due_at=until)


def slow_down(row: SyncRecord, failure: SlowDown) -> None:
    why = Hold.LOCKED if failure.locked else Hold.THROTTLED
    keep_still(row, clock.now_ms() + failure.retry_after_s * clock.SECOND, why)


def at_once(row: SyncRecord) -> None:
    """With a renewed token, or after another look: nothing was written, and it was not the document's fault."""
    row.kills = 0
    record_states.move(row, SyncState.DUE, due_at=clock.now_ms())


def ask_again_later(connection: Connection, row: SyncRecord) -> None:
    """They did not tell what became of it."""
    _count_trouble(row)
    if gives_up(connection, row):
        park(row, Slug.TRIED_TOO_LONG)
    else:
        row.due_at = clock.now_ms() + _delay(row)


def is_frozen(connection: Connection, kind: Kind, since: int) -> bool:
    return connection.reset_at is not None and kind not in NEVER_FROZEN and since < connection.reset_at


def gives_up(connection: Connection, row: SyncRecord) -> bool:
    """Three days of trouble of its own: others of this connection went over meanwhile, so it is no outage."""
    if row.failing_since is None or not backoff.gives_up(row.failing_since, clock.now_ms()):
        return False
    return (connection.last_success_at or 0) > row.failing_since


def choices_of(row: SyncRecord) -> dict[str, str]:
    found: dict[str, str] = json.loads(row.choices) if row.choices else {}
    return found


def set_choices(row: SyncRecord, choices: Mapping[str, str]) -> None:
    row.choices = _text(choices)


def _text(choices: Mapping[str, str]) -> str | None:
    return json.dumps(dict(choices), sort_keys=True) if choices else None


def linked_to(row: SyncRecord, remote_id: str, **more: str) -> str | None:
    """Its choices once it belongs, or is to belong, to this one of theirs: it is what it was said not to be."""
    ended = (watching.WATCH, SOUGHT, UNLINKED)
    kept = {key: value for key, value in choices_of(row).items() if key not in ended}
    others = sorted(unlinked_of(choices_of(row)) - {remote_id})
    return _text({**kept, **({UNLINKED: ",".join(others)} if others else {}), **more})


def _belongs_to_another(session: Session, row: SyncRecord, remote: Remote) -> bool:
    """Two clients of ours may be one customer over there; two invoices never are one invoice.

    Another one's is also what carries its marker, though its record has forgotten that (a restore from a copy)."""
    if row.as_kind in NEVER_FROZEN:
        return False
    tied = (SyncRecord.remote_type == remote.remote_type) & (SyncRecord.remote_id == remote.remote_id)
    query = select(SyncRecord.id).where(
        SyncRecord.connection_id == row.connection_id,
        SyncRecord.kind == row.kind,
        or_(tied, SyncRecord.local_id.in_(marked_by(remote.text) - {row.local_id})),
        SyncRecord.id != row.id,
    )
    taken: UUID | None = session.scalar(query.limit(1))
    return taken is not None


def _count_trouble(row: SyncRecord) -> None:
    row.kills = 0
    row.tries += 1
    row.failing_since = row.failing_since or clock.now_ms()


def _delay(row: SyncRecord) -> int:
    return backoff.delay_ms(row.tries, random.random())  # noqa: S311 - spreads tries, keeps no secret
