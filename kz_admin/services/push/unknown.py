"""Finding out what became of a call whose answer was lost (DESIGN section 4, step 5; reliability.md 2.1).

After the quiet time all its markers are looked up together. A look-up that fails is tried again later, and nothing is
created blind. None found: the same call leaves again, unchanged. Some found, or an answer that only repeats its error:
the found ones are ours, the call is closed for ever, and what was not found goes in a new call.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from kz_admin import failpoints, logs
from kz_admin.domain.failures import Refused
from kz_admin.domain.problems import Problem, ProviderFailure, Unfit
from kz_admin.domain.pushing import Remote
from kz_admin.models.call import Call
from kz_admin.models.session import reading, writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers.base import Provider
from kz_admin.services.pace import NoPace
from kz_admin.services.push import calls, fates, postponing, results, shadowing, tries
from kz_admin.services.push.calls import Outbound
from kz_admin.services.push.lease import QUIET, Lease, confirm
from kz_admin.services.push.preparing import Ask
from kz_admin.services.push.results import Found
from kz_admin.services.push.turn import Unpaced

log = logs.get(__name__)

Finding = Remote | Problem | None
# After this many answers that are only an error, the same request id will bring no other one (K8d).
SPENT_AFTER = 2


def oldest(lease: Lease) -> Outbound | None:
    """The call that has waited longest for an answer to be found out, once its quiet time is over."""
    with reading() as session:
        return calls.left_open(session, lease.connection.id, lease.now_ms(), whatever_is_due=lease.probes)


def look(lease: Lease, provider: Provider, outbound: Outbound, ask: Ask) -> bool:
    """Ask for everything this call meant to write. True: nothing of it is there, it may leave again as it is."""
    counted = tries.count(lease, [seat.record_id for seat in outbound.places])
    if not counted:
        return False
    try:
        findings = _findings(provider, outbound, ask)
    except ProviderFailure as failure:
        log.warning("outcome_not_looked_up", call=str(outbound.call_id), kind=type(failure).__name__)
        postponing.ask_later(lease, [seat.record_id for seat in outbound.places], failure)
        return False
    except (Refused, Unpaced, NoPace):  # nobody was asked, and no document is to blame
        tries.take_back(lease, counted)
        raise
    failpoints.reach("push.looked")
    log.info("outcome_looked_up", call=str(outbound.call_id), found=sum(isinstance(one, Remote) for one in findings))
    if not any(findings) and outbound.whole and not _never_again(lease, outbound):
        tries.take_back(lease, counted)  # send_again() counts anew: until then it may have to wait for the pace
        return True
    told = [Found(one) if isinstance(one, Remote) else one for one in findings]
    results.record_found(lease, outbound.call_id, outbound.places, told)
    return False


def send_again(lease: Lease, outbound: Outbound) -> Outbound:
    """Committed before its first byte leaves, like the first time."""
    now = lease.now_ms()
    with writing() as session:
        confirm(session, lease)
        shadowing.refuse(session, lease)
        sends = session.scalar(
            update(Call)
            .where(Call.id == outbound.call_id, Call.closed_at.is_(None))
            .values(last_sent_at=now, sends=Call.sends + 1)
            .returning(Call.sends)
        )
        rows = results.locked(session, [seat.record_id for seat in outbound.places])
        for row in rows.values():
            row.due_at = now + QUIET
            row.kills += 1
        # Made anew before the commit: its time to leave counts from here.
        again = (now, sends or outbound.sends, outbound.last_status)
        return Outbound(outbound.call_id, outbound.request, outbound.places, *again)


def _findings(provider: Provider, outbound: Outbound, ask: Ask) -> list[Finding]:
    """For each document what is there."""
    first_sent_at = _first_sent_at(outbound.call_id)
    pushers = [provider.pushers[seat.draft.kind] for seat in outbound.places]
    asked = [
        list(pusher.find(seat.draft, first_sent_at)) for pusher, seat in zip(pushers, outbound.places, strict=True)
    ]
    rows = list(ask([question for questions in asked for question in questions]))
    found: list[Finding] = []
    for pusher, seat, questions in zip(pushers, outbound.places, asked, strict=True):
        mine, rows = rows[: len(questions)], rows[len(questions) :]
        try:
            found.append(pusher.recognise(seat.draft, mine))
        except Unfit as unfit:
            found.append(unfit.problem)
    return found


def _never_again(lease: Lease, outbound: Outbound) -> bool:
    """Nothing of it is there, and yet these very bytes do not leave once more."""
    if _spent(outbound) or _frozen(lease, outbound) or _kills(outbound):
        return True
    with reading() as session:
        return shadowing.is_on(session, lease.connection.id)


def _spent(outbound: Outbound) -> bool:
    return outbound.last_status is not None and outbound.sends >= SPENT_AFTER


def _kills(outbound: Outbound) -> bool:
    """A call for several that killed its worker twice: one of them is to blame, so each goes alone (I17)."""
    if len(outbound.places) == 1:
        return False
    query = select(SyncRecord.id).where(
        SyncRecord.id.in_([seat.record_id for seat in outbound.places]), SyncRecord.kills >= fates.MOST_KILLS
    )
    with reading() as session:
        return session.scalar(query.limit(1)) is not None


def _frozen(lease: Lease, outbound: Outbound) -> bool:
    return any(fates.is_frozen(lease.connection, seat.draft.kind, outbound.sent_at) for seat in outbound.places)


def _first_sent_at(call_id: UUID) -> int:
    with reading() as session:
        return session.scalars(select(Call.first_sent_at).where(Call.id == call_id)).one()
