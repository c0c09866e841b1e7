"""What preparing found, and the calls it built, in the one transaction before anything leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from kz_admin import clock, failpoints
from kz_admin.domain import backoff
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.problems import Problem, Slug
from kz_admin.domain.pushing import CREDIT, DECIDED, Link, Needless, Wait
from kz_admin.domain.records import InvoiceRecord
from kz_admin.domain.request_ids import Place
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import WAITING, Lane, SyncState
from kz_admin.models.session import writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import label_of
from kz_admin.providers.base import Sending
from kz_admin.services import planning, record_states
from kz_admin.services.push import calls, fates, results, waking
from kz_admin.services.push.calls import Outbound
from kz_admin.services.push.gathering import Item, Stays
from kz_admin.services.push.lease import Lease, confirm
from kz_admin.services.push.preparing import Prepared


def write_down(lease: Lease, sending: Sending, place: Place, prepared: Prepared, lane: Lane) -> Outbound | None:
    """Record links, problems and waits; open the call for what is built. None when nothing leaves."""
    settled: list[UUID] = []
    with writing() as session:
        confirm(session, lease)
        rows = results.locked(session, _ids(prepared))
        ready = {record_id: row for record_id, row in rows.items() if row.as_state is SyncState.DUE}
        for item in _linked_otherwise(prepared, ready):
            del ready[item.record_id]
        for row in rows.values():
            row.kills = row.kills if row.id in ready else 0  # held or laid aside meanwhile: not its fault
        settled += _rest(session, lease, prepared, ready, lane)
        _want_further(session, lease, prepared, ready, lane)
        built = [one for one in prepared.built if one.item.record_id in ready]
        outbound = calls.open_call(session, lease, sending, place, built, ready) if built else None
    failpoints.reach("push.committed")
    waking.wake(lease.connection.id, settled)
    return outbound


def _linked_otherwise(prepared: Prepared, rows: dict[UUID, SyncRecord]) -> list[Item]:
    """A person linked or unlinked it meanwhile: what was worked out is about another object. It is looked at again."""
    items = [*(one.item for one in prepared.built), *(item for item, _ in prepared.links), *prepared.same]
    return [one for one in items if one.record_id in rows and one.own_id != rows[one.record_id].remote_id]


def _rest(session: Session, lease: Lease, prepared: Prepared, rows: dict[UUID, SyncRecord], lane: Lane) -> list[UUID]:
    """Everything that is not sent; returns the records that are settled with it."""
    fates: list[tuple[UUID, Callable[[SyncRecord], None]]] = [
        *((item.record_id, partial(_link, session, item, found)) for item, found in prepared.links),
        *((item.record_id, partial(_same, lease, item)) for item in prepared.same),
        *((item.record_id, partial(_needless, item, found)) for item, found in prepared.needless),
        *((item.record_id, partial(_instead, item)) for item, _ in prepared.instead),
        *((record_id, partial(_fail, problem)) for record_id, problem in prepared.problems),
        *((record_id, partial(_wait, wait)) for record_id, wait in prepared.later),
        *((stays.record_id, partial(_stay, session, lease, stays, lane)) for stays in prepared.stays),
    ]
    for record_id, fate in fates:
        if record_id in rows:
            fate(rows[record_id])
    return [row.id for row in rows.values() if row.as_state is not SyncState.DUE]


def _want_further(session: Session, lease: Lease, prepared: Prepared, rows: dict[UUID, SyncRecord], lane: Lane) -> None:
    """With the first of its parts, so that none of the others can be forgotten."""
    for item, parts in (*prepared.further, *prepared.instead):
        if item.record_id in rows:
            revision = item.record.revision
            planning.want_parts(session, lease.connection, item.kind, item.local_id, parts, revision, lane)


def _link(session: Session, item: Item, found: Link, row: SyncRecord) -> None:
    fates.link(session, row, item.record.revision, found)


def _same(lease: Lease, item: Item, row: SyncRecord) -> None:
    """What would be sent is what is there already. A bad debt is the bookkeeper's to book: we only say what is open."""
    if isinstance(item.record, InvoiceRecord) and item.record.state is InvoiceState.WRITTEN_OFF:
        row.note = f"Written off here, still open in {label_of(lease.connection.provider)}."
    row.pushed_revision = max(row.pushed_revision, item.record.revision)
    fates.finish(row)


def _instead(item: Item, row: SyncRecord) -> None:
    """From here on it is undone by its parts, whatever becomes of the books it lies in: never taken back as well."""
    fates.set_choices(row, {**fates.choices_of(row), CREDIT: DECIDED})
    row.pushed_revision, row.note = max(row.pushed_revision, item.record.revision), None
    fates.finish(row)


def _needless(item: Item, found: Needless, row: SyncRecord) -> None:
    row.kills, row.note = 0, found.words or None
    row.pushed_revision = max(row.pushed_revision, item.record.revision)
    record_states.move(row, SyncState.IDLE, reason=Reason.NOTHING_OPEN.value)


def _fail(problem: Problem, row: SyncRecord) -> None:
    fates.fail(row, problem)


def _wait(wait: Wait, row: SyncRecord) -> None:
    """Their side writes it itself; when it has not for three days, a person looks."""
    row.kills, row.note = 0, wait.words[:300]
    row.failing_since = row.failing_since or clock.now_ms()
    if backoff.gives_up(row.failing_since, clock.now_ms()):
        fates.fail(row, Problem(Slug.PAYMENT_EXPECTED, str(row.local_id)))
        return
    record_states.move(row, SyncState.DUE, due_at=clock.now_ms() + wait.seconds * clock.SECOND)


def _stay(session: Session, lease: Lease, stays: Stays, lane: Lane, row: SyncRecord) -> None:
    row.kills = 0
    if stays.problem is not None:
        fates.fail(row, stays.problem)
    elif stays.reason is not None:
        record_states.move(row, SyncState.IDLE, reason=stays.reason.value)
    elif stays.failed_as is not None:
        row.waits_for_id = stays.waits_for
        record_states.move(row, SyncState.FAILED, problem=record_states.problem_of(stays.failed_as))
    elif stays.wants:
        _wait_for_what_it_wants(session, lease, row, stays, lane)
    else:
        row.waits_for_id = stays.waits_for
        _bring_forward(session, stays.waits_for, lane)


def _wait_for_what_it_wants(session: Session, lease: Lease, row: SyncRecord, stays: Stays, lane: Lane) -> None:
    """Nobody had planned its partners; one that may not go leaves it without."""
    partners = planning.want(session, lease.connection, stays.wants, lane)
    for partner, need in zip(partners, stays.wants, strict=True):
        row.waits_for_id = partner.id
        if partner.as_state not in WAITING and not partner.over_there:
            fates.fail(row, Problem(Slug.CUSTOMER_MISSING, str(need.local_id), {"what": need.kind.word}))
            return


def _bring_forward(session: Session, partner_id: UUID | None, lane: Lane) -> None:
    """A click does not wait for a partner in the slow lane."""
    partner = session.get(SyncRecord, partner_id) if partner_id and lane is Lane.INTERACTIVE else None
    if partner is not None and partner.as_state is SyncState.DUE:
        partner.lane = lane.value


def _ids(prepared: Prepared) -> Sequence[UUID]:
    return [
        *(one.item.record_id for one in prepared.built),
        *(item.record_id for item, _ in prepared.links),
        *(item.record_id for item in prepared.same),
        *(item.record_id for item, _ in (*prepared.needless, *prepared.instead)),
        *(record_id for record_id, _ in prepared.problems),
        *(record_id for record_id, _ in prepared.later),
        *(stays.record_id for stays in prepared.stays),
    ]
