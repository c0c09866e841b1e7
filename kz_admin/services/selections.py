"""What people do with several documents at once that is more than one by one: link what was found, leave out.

Each says how many it was done for; what stays, stays as it was. Copy and retry for several are in services.records.
foresee() tells beforehand what any of them would do.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from kz_admin.domain.catalogue import card_of
from kz_admin.domain.catalogue_entries import Do
from kz_admin.domain.failures import Conflict, Wrong
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.problems import Slug
from kz_admin.domain.pushing import UNLINKED
from kz_admin.domain.status import IN_FLIGHT, NOT_SYNCED, STUCK, Pill, SyncState
from kz_admin.models.call import Attempt
from kz_admin.models.document import Document, document_models
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import needless, outbox, pills, record_states, records
from kz_admin.services.audit import Actor
from kz_admin.services.documents.saving import all_mine, note
from kz_admin.services.documents.work import Work, carry_out
from kz_admin.services.planner import Planner
from kz_admin.services.push import fates

T = TypeVar("T")
Went = Callable[[Pill], bool]  # whether a document stands afterwards as the deed leaves what it is done for
ON_THEIR_WAY = "Are on their way already"
NOT_CONNECTED = "No accounting connection is live. Connect QuickBooks first."


def link(work: Work, kind: Kind, ids: Sequence[UUID]) -> int:
    """Those whose card names exactly one match become that one; returns how many.

    Two of ours that found the same over there are left to people: only one of them can be it."""
    planner, documents = _planner(work), all_mine(work, document_models()[kind], ids)
    if planner.place.settings.shadow:
        raise Conflict(records.SHADOWED)
    planner.look_up(ids)
    found = {one.id: match for one in documents for match in [_match(planner, one)] if match is not None}
    times = Counter(remote_id for _, remote_id in found.values())
    linked = {row_id: match for row_id, match in found.items() if times[match[1]] == 1}
    for record, remote_id in linked.values():
        kept = {key: value for key, value in fates.choices_of(record).items() if key == UNLINKED}
        fates.set_choices(record, {**kept, "link": remote_id})
    records.go_again(work, [record for record, _ in linked.values()])
    for document in documents:
        if document.id in linked:
            note(work, "document.decided", document, _label(document), after={"link": linked[document.id][1]})
    return len(linked)


def ignore(work: Work, kind: Kind, ids: Sequence[UUID], reason: str) -> int:
    """Leave these out, and say why once for all; returns how many stay here for that reason from now on."""
    said = reason.strip()[: records.LONGEST_REASON]
    if not said:
        raise Wrong("reason", "Say in a few words why these stay here.")
    planner, documents = _planner(work), all_mine(work, document_models()[kind], ids)
    planner.look_up(ids)
    mine = {one.id: planner.of(kind, one.id) or [planner.record(kind, one.id)] for one in documents}
    in_doubt = _in_doubt(work, [record.id for of_one in mine.values() for record in of_one])
    left_out = [one for one in documents if _may_be_left_out(mine[one.id], in_doubt)]
    partners = needless.partners_of(work, SyncRecord.id.in_([one.id for row in left_out for one in mine[row.id]]))
    for document in left_out:
        for record in mine[document.id]:
            planner.hold(record)
            record.ignored_at, record.ignored_by, record.note = work.at, work.actor.name[:300], said
            if record.as_state is SyncState.PARKED:
                record_states.move(record, SyncState.DUE)
    if left_out:
        outbox.plan_all(work.session, left_out)
        needless.rest(work, partners)
    for document in left_out:
        note(work, "document.ignored", document, _label(document), after={"reason": said})
    return len(left_out)


@dataclass(frozen=True)
class Foreseen:
    """What a deed would do to a selection: for how many it is done, and what becomes of the others."""

    done: int
    others: Sequence[tuple[str, int]] = ()


class _Rehearsed(Exception):
    """Ends the transaction, so that nothing of the deed stays."""


def foresee(
    tenant_id: UUID, actor: Actor, ids: Sequence[UUID], deed: Callable[[Work], int], went: Went, already: str
) -> Foreseen:
    """The deed itself is done and taken back, so that the page before it cannot promise anything else.

    `went` tells by its pill whether a document stands as the deed leaves it, `already` what is said of those that
    stood so before."""

    def counted(work: Work) -> Foreseen:
        done = deed(work)
        work.session.flush()
        shown = pills.in_session(work.session, tenant_id, ids)
        return _counted(done, [shown.get(row_id, NOT_SYNCED) for row_id in ids], went, already)

    return rehearse(tenant_id, actor, counted)


def rehearse(tenant_id: UUID, actor: Actor, deed: Callable[[Work], T]) -> T:
    """What the deed would answer."""
    found = list[T]()

    def rehearsed(work: Work) -> None:
        found.append(deed(work))
        raise _Rehearsed

    with contextlib.suppress(_Rehearsed):
        carry_out(tenant_id, actor, rehearsed)
    return found[0]


def _counted(done: int, shown: Sequence[Pill], went: Went, already: str) -> Foreseen:
    others = Counter(_stays(pill) for pill in shown if not went(pill))
    if (stood_so := len(shown) - others.total() - done) > 0:
        others[already] += stood_so
    return Foreseen(done, others.most_common())


def _stays(pill: Pill) -> str:
    if pill.word == "Not synced":
        return f"Stay here: {pill.hint}" if pill.hint else "Stay here"
    return {"Success": "Are there already", "Failed": "Stay failed"}.get(pill.word, ON_THEIR_WAY)


def _match(planner: Planner, document: Document) -> tuple[SyncRecord, str] | None:
    """The stuck record of this document and the one object over there that its card offers."""
    for record in planner.of(document.kind, document.id):
        if record.as_state not in STUCK or record.waits_for_id is not None:
            continue
        problem = record_states.problem_of(record)
        if problem.slug is not Slug.SEVERAL_MATCHES and Do.LINK in card_of(problem).actions:
            return record, problem.facts["remote_id"]
    return None


def _may_be_left_out(found: Sequence[SyncRecord], in_doubt: set[UUID]) -> bool:
    """Not what is over there, on its way, or may have arrived; and once is enough."""
    return all(
        not record.over_there
        and record.as_kind not in NEVER_FROZEN
        and record.as_state not in IN_FLIGHT
        and record.ignored_at is None
        and record.id not in in_doubt
        for record in found
    )


def _in_doubt(work: Work, record_ids: Sequence[UUID]) -> set[UUID]:
    found = set[UUID]()
    for start in range(0, len(record_ids), 500):
        some = record_ids[start : start + 500]
        unknown = select(Attempt.sync_record_id).where(Attempt.sync_record_id.in_(some), Attempt.closed_at.is_(None))
        found |= set(work.session.scalars(unknown))
    return found


def _planner(work: Work) -> Planner:
    planner = outbox.planner_of(work.session, work.tenant_id)
    if planner is None:
        raise Conflict(NOT_CONNECTED)
    return planner


def _label(document: Document) -> str:
    return str(getattr(document, "number", None) or getattr(document, "name", None) or document.kind.word)
