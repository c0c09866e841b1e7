"""What a refusal leads to: another try, or the Problem for a person. Worked out before anything is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from kz_admin import logs
from kz_admin.domain.failures import Refused
from kz_admin.domain.problems import AccessRefused, Problem, ProviderFailure, Rejected, Slug
from kz_admin.domain.pushing import Again, Remote
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers.base import Provider
from kz_admin.services import company_facts
from kz_admin.services.push import naming
from kz_admin.services.push.access import Pass
from kz_admin.services.push.calls import Seat
from kz_admin.services.push.gathering import Item, gather
from kz_admin.services.push.lease import Lease
from kz_admin.services.push.sending import Landing

log = logs.get(__name__)

MOST_ROUNDS = 4  # refusals in a row that are answered by another try


def reactions(lease: Lease, provider: Provider, entry: Pass, landing: Landing) -> Mapping[UUID, Again | Problem]:
    """By Attempt. What is not here goes again by itself."""
    refused = [(seat, result) for seat, result in _pairs(landing) if isinstance(result, Rejected)]
    closed = [(seat, result) for seat, result in _pairs(landing) if isinstance(result, AccessRefused)]
    items = _items(lease, [seat.record_id for seat, _ in refused]) if refused else {}
    found = {
        seat.attempt_id: _told(lease, _reaction(provider, seat, items.get(seat.record_id), result))
        for seat, result in refused
    }
    if any(isinstance(one, Again) and one.company for one in found.values()):
        _read_company(lease)
    if closed and entry.is_fresh(landing.flight.access):
        found |= _shut_out(provider, entry, landing, closed)
    return found


def _told(lease: Lease, reaction: Again | Problem) -> Again | Problem:
    return naming.in_our_words(lease.connection, reaction) if isinstance(reaction, Problem) else reaction


def _reaction(provider: Provider, seat: Seat, item: Item | None, failure: ProviderFailure) -> Again | Problem:
    if item is None:  # what it needs went away meanwhile
        return unknown(provider, failure)
    answer = provider.pushers[item.kind].refused(item.record, item.refs, seat.draft, failure)
    if isinstance(answer, Again) and item.rounds >= MOST_ROUNDS:
        return unknown(provider, failure)
    return answer


def _read_company(lease: Lease) -> None:
    """What they refused follows from something of the company that we knew otherwise. Unread, they refuse it again."""
    try:
        company_facts.refresh(lease.connection)
    except (ProviderFailure, Refused) as failure:
        log.warning("company_not_read", connection_id=str(lease.connection.id), kind=type(failure).__name__)


def unknown(provider: Provider, failure: ProviderFailure) -> Problem:
    facts = {"words": failure.words, "code": failure.code, "reference": failure.reference}
    return Problem(Slug.UNKNOWN, failure.code, {"provider": provider.label, **facts})


def not_understood(label: str, failure: ProviderFailure) -> Problem:
    """A question of ours was refused: no document is to blame, and asking the same again would not help."""
    facts = {"words": failure.words, "code": failure.code, "reference": failure.reference}
    return Problem(Slug.OUR_MISTAKE, failure.code, {"provider": label, **facts})


def _shut_out(
    provider: Provider, entry: Pass, landing: Landing, closed: list[tuple[Seat, AccessRefused]]
) -> dict[UUID, Again | Problem]:
    """A new token did not help. If the company still answers, this kind of write is not allowed to who connected."""
    if not entry.still_open(provider):
        entry.shut(landing.flight.access)
        return {}
    return {seat.attempt_id: _permission(provider, seat, failure) for seat, failure in closed}


def _permission(provider: Provider, seat: Seat, failure: AccessRefused) -> Problem:
    facts = {"provider": provider.label, "words": failure.words, "code": failure.code, "reference": failure.reference}
    return Problem(Slug.PERMISSION, seat.draft.kind.value, {**facts, "what": seat.draft.kind.plural})


def _items(lease: Lease, record_ids: list[UUID]) -> dict[UUID, Item]:
    with reading() as session:
        rows = session.scalars(select(SyncRecord).where(SyncRecord.id.in_(record_ids))).all()
        gathered = gather(session, lease.connection, rows)
    return {one.record_id: _as_sent(one) for one in gathered if isinstance(one, Item)}


def _as_sent(item: Item) -> Item:
    """What this attempt was told to look for was looked for already."""
    return replace(item, refs=replace(item.refs, look_first=False))


def _pairs(landing: Landing) -> list[tuple[Seat, Remote | ProviderFailure]]:
    return list(zip(landing.flight.outbound.places, landing.results, strict=True))
