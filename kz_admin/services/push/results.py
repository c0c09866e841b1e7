"""What came of a call, recorded in one transaction under the fence: a late writer changes no row.

applied       their id, version and totals are stored; the record is done, or due again when it changed meanwhile
not applied   later by itself, or a Problem for a person; the next try is a new call
unknown       the Attempt stays open until the outcome is found out (unknown.py)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select, update
from sqlalchemy.orm import Session

from kz_admin import clock, failpoints
from kz_admin.domain import agreement, drafts
from kz_admin.domain.connection import State
from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import NotReached, OutcomeUnknown, Problem, ProviderFailure, SlowDown, Slug
from kz_admin.domain.pushing import APPLIED, Again, LinkedBy, Remote, Verb
from kz_admin.domain.status import Hold, SyncState
from kz_admin.models.call import Attempt, Call
from kz_admin.models.connection import Connection
from kz_admin.models.credit_note import CreditAllocation
from kz_admin.models.payment import PaymentAllocation
from kz_admin.models.session import writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import label_of
from kz_admin.services import holds
from kz_admin.services.push import fates, subscription, waking
from kz_admin.services.push.calls import Seat
from kz_admin.services.push.lease import Lease, hold_still
from kz_admin.services.push.sending import Landing


class Outcome(StrEnum):
    APPLIED = "applied"
    ADOPTED = "adopted"  # found over there after the answer was lost
    REFUSED = "refused"
    LATER = "later"  # nothing was done there; it goes again by itself
    NOT_FOUND = "not_found"  # looked for after the quiet time; it never happened


@dataclass(frozen=True)
class Found:
    """An open Attempt's object, found over there by its marker."""

    remote: Remote


Result = Remote | ProviderFailure | Found | Problem
Reactions = Mapping[UUID, Again | Problem]


def record(lease: Lease, landing: Landing, reactions: Reactions) -> None:
    """One call's results; what they set free is woken in a transaction of its own."""
    outbound = landing.flight.outbound
    failpoints.reach("push.answered")
    with writing() as session:
        state = hold_still(session, lease)
        settled = _record(session, lease, outbound.places, landing.results, reactions)
        _touch_call(session, lease, outbound.call_id, landing.results)
        _follow(session, lease, state)
        if any(isinstance(result, Remote) for result in landing.results):
            _note_success(session, lease)
    failpoints.reach("push.recorded")
    waking.wake(lease.connection.id, settled)


def record_found(lease: Lease, call_id: UUID, places: Sequence[Seat], results: Sequence[Result | None]) -> None:
    """What the look-ups after an unknown outcome brought; None closes the Attempt as never happened."""
    with writing() as session:
        state = hold_still(session, lease)
        settled = _record(session, lease, places, results, {})
        _touch_call(session, lease, call_id, [])
        _follow(session, lease, state)
    waking.wake(lease.connection.id, settled)


def _follow(session: Session, lease: Lease, state: State) -> None:
    """What is due again although the connection has come to rest meanwhile waits with all the others."""
    if state is not State.CONNECTED:
        holds.follow_state(session, lease.connection.id, state)


def locked(session: Session, record_ids: Sequence[UUID]) -> dict[UUID, SyncRecord]:
    """Their rows, held until the end of the transaction; always in the same order, so that two never block."""
    query = select(SyncRecord).where(SyncRecord.id.in_(record_ids)).order_by(SyncRecord.id)
    return {row.id: row for row in session.scalars(query.with_for_update())}


def _record(
    session: Session, lease: Lease, places: Sequence[Seat], results: Sequence[Result | None], reactions: Reactions
) -> list[UUID]:
    rows = locked(session, [seat.record_id for seat in places])
    attempts = _attempts(session, [seat.attempt_id for seat in places])
    settled = []
    for seat, result in zip(places, results, strict=True):
        row, attempt = rows[seat.record_id], attempts[seat.attempt_id]
        if attempt.closed_at is not None or attempt.fence != lease.fence:
            continue  # somebody else finds it out, or has
        _one(session, lease, row, attempt, seat, result, reactions.get(attempt.id))
        if row.as_state not in (SyncState.SENT, SyncState.UNKNOWN):
            settled.append(row.id)
    return settled


def _one(
    session: Session,
    lease: Lease,
    row: SyncRecord,
    attempt: Attempt,
    seat: Seat,
    result: Result | None,
    reaction: Again | Problem | None,
) -> None:
    if isinstance(result, Remote):
        _applied(session, lease, row, attempt, seat, result, Outcome.APPLIED)
    elif isinstance(result, Found):
        _applied(session, lease, row, attempt, seat, result.remote, Outcome.ADOPTED)
    elif isinstance(result, OutcomeUnknown):
        attempt.unknown_since = attempt.unknown_since or lease.now_ms()
        _note_words(attempt, result)
        fates.leave_unknown(row)
    elif result is None:
        _close(lease, attempt, Outcome.NOT_FOUND)
        fates.never_happened(lease.connection, row, attempt.opened_at)
    elif isinstance(result, Problem):
        _close(lease, attempt, Outcome.REFUSED)
        fates.fail(row, result)
    else:
        _note_words(attempt, result)
        _not_applied(lease, row, attempt, result, reaction)


def _applied(
    session: Session, lease: Lease, row: SyncRecord, attempt: Attempt, seat: Seat, remote: Remote, outcome: Outcome
) -> None:
    draft = seat.draft
    if wrong := agreement.disagreements(draft.expected, remote):
        _close(lease, attempt, Outcome.REFUSED)
        facts = {
            "remote_type": remote.remote_type,
            "remote_id": remote.remote_id,
            "number": remote.number,
            "differs": ", ".join(wrong),
        }
        fates.fail(row, Problem(Slug.DIFFERS_THERE, str(row.local_id), facts))
        return
    _close(lease, attempt, outcome)
    if row.remote_id is None:
        made = LinkedBy.CREATED if draft.verb is Verb.CREATE else LinkedBy.PERSON
        row.linked_by = row.linked_by or made.value  # what we once made and is active again stays ours
    fates.tie(row, remote)
    fates.note_difference(row, agreement.difference(draft.expected, remote, label_of(lease.connection.provider)))
    row.pushed_revision = max(row.pushed_revision, attempt.revision)
    row.pushed_hash = seat.content or drafts.content_hash(draft)
    row.pushed_snapshot, row.pushed_at = attempt.draft, clock.now_ms()
    if (parts := _settling(row)) is not None:
        (_lower_balances if draft.verb is Verb.CREATE else _forget_balances)(session, row, parts)
    fates.finish(row)


def _not_applied(
    lease: Lease, row: SyncRecord, attempt: Attempt, failure: ProviderFailure, reaction: Again | Problem | None
) -> None:
    _close(lease, attempt, Outcome.LATER if reaction is None else Outcome.REFUSED)
    if isinstance(reaction, Again):
        fates.again(row, reaction)
    elif isinstance(reaction, Problem) and reaction.slug is Slug.SUBSCRIPTION_ENDED:
        fates.keep_still(row, subscription.next_test(clock.now_ms()), Hold.SUBSCRIPTION)
    elif isinstance(reaction, Problem):
        fates.fail(row, reaction)
    elif isinstance(failure, SlowDown):
        fates.slow_down(row, failure)
    elif isinstance(failure, NotReached):
        fates.put_off(lease.connection, row)
    else:
        fates.at_once(row)  # a refused token: renewed before the next call


def _close(lease: Lease, attempt: Attempt, outcome: Outcome) -> None:
    attempt.closed_at, attempt.outcome = lease.now_ms(), outcome.value


def _note_words(attempt: Attempt, failure: ProviderFailure) -> None:
    attempt.code = failure.code[:40] or (str(failure.status) if failure.status else None)
    attempt.words, attempt.reference = failure.words[:2000] or None, failure.reference[:100] or None


def _touch_call(session: Session, lease: Lease, call_id: UUID, results: Sequence[Remote | ProviderFailure]) -> None:
    """Closed with its last Attempt; until then it remembers how the last answer looked."""
    session.flush()
    still_open = session.scalar(select(func.count()).where(Attempt.call_id == call_id, Attempt.closed_at.is_(None)))
    status = next((one.status for one in results if isinstance(one, OutcomeUnknown) and one.status), None)
    values = {"last_status": status} if still_open else {"closed_at": lease.now_ms()}
    session.execute(update(Call).where(Call.id == call_id).values(values))


def _note_success(session: Session, lease: Lease) -> None:
    now = lease.now_ms()
    lease.connection.last_success_at = now
    session.execute(update(Connection).where(Connection.id == lease.connection.id).values(last_success_at=now))


Parts = Select[UUID, int]  # invoices, and how much of each


def _settling(row: SyncRecord) -> Parts | None:
    """What a payment, or the use of a credit note, settles."""
    if row.as_kind is Kind.PAYMENT:
        paid = PaymentAllocation
        return select(paid.invoice_id, paid.amount_minor).where(paid.payment_id == row.local_id)
    if row.as_kind is Kind.CREDIT_NOTE and row.part == APPLIED:
        credited = CreditAllocation
        return select(credited.invoice_id, credited.amount_minor).where(credited.credit_note_id == row.local_id)
    return None


def _lower_balances(session: Session, row: SyncRecord, parts: Parts) -> None:
    """What was settled is no longer open over there: the next payment is clamped by what is left."""
    left = SyncRecord.remote_balance
    for invoice_id, amount in session.execute(parts).all():
        session.execute(
            update(SyncRecord)
            .where(
                SyncRecord.connection_id == row.connection_id,
                SyncRecord.kind == Kind.INVOICE.value,
                SyncRecord.local_id == invoice_id,
                SyncRecord.part == "",
                or_(SyncRecord.remote_customer.is_(None), SyncRecord.remote_customer == row.remote_customer),
                left.is_not(None),
            )
            .values(remote_balance=case((left > amount, left - amount), else_=0))
            .execution_options(synchronize_session=False)
        )


def _forget_balances(session: Session, row: SyncRecord, parts: Parts) -> None:
    """What was open on its invoices before it changed or went is no longer known; their refusal would tell."""
    invoice_ids = [invoice_id for invoice_id, _ in session.execute(parts)]
    session.execute(
        update(SyncRecord)
        .where(
            SyncRecord.connection_id == row.connection_id,
            SyncRecord.kind == Kind.INVOICE.value,
            SyncRecord.local_id.in_(invoice_ids),
            SyncRecord.part == "",
        )
        .values(remote_balance=None)
        .execution_options(synchronize_session=False)
    )


def _attempts(session: Session, attempt_ids: Sequence[UUID]) -> dict[UUID, Attempt]:
    query = select(Attempt).where(Attempt.id.in_(attempt_ids)).order_by(Attempt.id)
    return {row.id: row for row in session.scalars(query.with_for_update())}
