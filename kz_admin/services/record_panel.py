"""Where one document stands in the books, as its page shows it: both sides, what is in the way, and what was tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin.domain import agreement
from kz_admin.domain.catalogue import Card, card_of, subscription_ended, token_expired
from kz_admin.domain.catalogue_entries import Do
from kz_admin.domain.connection import LIVE, State
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.problems import Slug
from kz_admin.domain.pushing import APPLIED, CREDITED, CREDITED_APPLIED, SOUGHT, LinkedBy
from kz_admin.domain.status import NOT_SYNCED, STUCK, Hold, Pill, SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tenant import Tenant
from kz_admin.providers import PROVIDERS, label_of
from kz_admin.services import (
    crediting,
    first_look,
    pills,
    record_deeds,
    record_states,
    record_tries,
    records,
    references,
    settings,
    unlinking,
)
from kz_admin.services.push import fates
from kz_admin.services.record_deeds import Deed
from kz_admin.services.record_tries import Try
from kz_admin.services.references import Named


@dataclass(frozen=True)
class Panel:
    kind: Kind
    document_id: UUID
    provider: str
    label: str  # of the provider
    company: str
    pill: Pill
    record: SyncRecord | None = None
    currency: str = ""
    number: str = ""  # ours
    ours: int | None = None  # our total, where there is one
    our_rate: Decimal | None = None  # of exchange, where somebody gave one
    home: str = ""  # the company's currency
    card: Card | None = None
    card_is_of: SyncRecord | None = None  # the partner whose problem it is
    tries: Sequence[Try] = ()
    deeds: Sequence[Deed] = ()  # of people
    may_copy: bool = False
    reconnect: bool = False  # it waits for a new consent
    accepted: str = ""  # the difference of both sides that a person accepted
    start_at: int | None = None
    in_parts: int | None = None  # what several objects over there come to together
    refers: Sequence[Named] = ()  # all that it names over there, where they did not say which is inactive
    may_unlink: bool = False  # a link that was not made by creating it there
    sought: str = ""  # what a person wants it linked to, by number or id
    is_first: bool = False  # the first invoice that went over: compare it once by eye (KZ-24)
    is_credited: bool = False  # voided here, and a credit over all of it is there

    @property
    def is_stuck(self) -> bool:
        return self.record is not None and self.record.as_state in STUCK

    @property
    def is_removed(self) -> bool:
        """Voided here, and gone or void over there too."""
        record = self.record
        taken_back = record is not None and record.removes and record.over_there and not self.is_credited
        return taken_back and record is not None and record.as_state is SyncState.DONE

    @property
    def may_open(self) -> bool:
        """What was deleted is not there to be opened; a void stays, over nothing."""
        return self.record is not None and self.record.over_there and not (self.is_removed and self.theirs)

    @property
    def is_ignored(self) -> bool:
        return self.record is not None and self.record.ignored_at is not None

    @property
    def may_ignore(self) -> bool:
        """What is over there already is not left out, and what could not go anyway needs no word."""
        record = self.record
        if self.kind in NEVER_FROZEN:
            return False
        return self.may_copy or (record is not None and record.as_state in STUCK and not record.over_there)

    @property
    def is_made_there(self) -> bool:
        """By us, so that there is no link to take away: unlinked, it would be made twice."""
        record = self.record
        made = record is not None and record.over_there and record.linked_by == LinkedBy.CREATED.value
        return made and self.kind not in NEVER_FROZEN and not self.is_removed

    @property
    def may_link_to(self) -> bool:
        """Nothing of it is there or on its way, or what was is gone: so a person may say what it is."""
        record = self.record
        if self.kind in NEVER_FROZEN or (record is not None and record.as_state is SyncState.PARKED):
            return False
        return self.may_ignore or (record is not None and unlinking.is_gone(record))

    @property
    def may_accept(self) -> bool:
        record = self.record
        is_there = record is not None and record.over_there and record.as_state is SyncState.DONE
        return is_there and record is not None and agreement.is_difference(record.note or "")

    @property
    def theirs(self) -> int | None:
        if self.in_parts is not None:
            return self.in_parts
        return self.record.remote_total if self.record is not None else None

    @property
    def their_rate(self) -> Decimal | None:
        """What they used, where there is anything to exchange."""
        return self.record.remote_rate if self.record is not None and self.currency != self.home else None

    @property
    def agrees(self) -> bool | None:
        """Whether both totals are equal; None while one of them is not known."""
        return None if self.theirs is None or self.ours is None else self.theirs == self.ours


def of(tenant_id: UUID, document: Document) -> Panel | None:
    """None without a live connection to a provider that we send this kind to."""
    with reading() as session:
        connection, zone = _live(session, tenant_id)
        if connection is None or document.kind not in PROVIDERS[connection.provider].pushers:
            return None
        found = _records(session, connection, document)
        record = pills.speaker(found) if found else None
        root = records.root_of(session, record) if record is not None else None
        read = {
            "tries": record_tries.of(session, [one.id for one in found]),
            "refers": _refers(session, connection, root),
            "deeds": record_deeds.of(session, tenant_id, document.id),
            "is_first": record is not None and first_look.is_first(session, connection, record),
        }
    pill = pills.of_records(found, connection, zone) if found else NOT_SYNCED
    return _panel(document, connection, pill, found, record, root, read)


def _panel(
    document: Document,
    connection: Connection,
    pill: Pill,
    found: Sequence[SyncRecord],
    record: SyncRecord | None,
    root: SyncRecord | None,
    read: Mapping[str, Any],
) -> Panel:
    label, choices = label_of(connection.provider), fates.choices_of(record) if record is not None else {}
    why = Hold(record.reason) if record is not None and record.as_state is SyncState.HELD and record.reason else None
    reconnect = why is not None and connection.as_state is State.NEEDS_RECONNECT
    return Panel(
        kind=document.kind,
        document_id=document.id,
        provider=connection.provider,
        label=label,
        company=connection.company_name,
        pill=pill,
        record=record,
        currency=getattr(document, "currency", ""),
        number=getattr(document, "number", None) or "",
        ours=_total_of(document, record),
        our_rate=getattr(document, "exchange_rate", None),
        home=connection.company_currency,
        card=_of_the_company(why, reconnect, label, connection.company_name) or _card(record, root, label),
        card_is_of=root if root is not None and record is not None and root.id != record.id else None,
        in_parts=_in_parts(document, found),
        may_copy=_may_copy(record, document, connection),
        reconnect=reconnect,
        accepted=choices.get(fates.ACCEPTED, ""),
        start_at=connection.start_at,
        may_unlink=unlinking.may_be_unlinked(found),
        sought=choices.get(SOUGHT, ""),
        is_credited=any(one.part == CREDITED and one.over_there for one in found if one.as_kind is Kind.INVOICE),
        **read,
    )


def _total_of(document: Document, record: SyncRecord | None) -> int | None:
    """What theirs is compared with; the use of a credit is of nothing."""
    if record is not None and record.part in (APPLIED, CREDITED_APPLIED):
        return None
    total: int | None = getattr(document, "total_minor", getattr(document, "amount_minor", None))
    return total


def _live(session: Session, tenant_id: UUID) -> tuple[Connection | None, str]:
    live = (Connection.tenant_id == Tenant.id, Connection.state.in_(LIVE))
    row = session.execute(
        select(Connection, Tenant.time_zone).join(Tenant, live[0]).where(Tenant.id == tenant_id, live[1])
    ).one_or_none()
    return (row[0], row[1]) if row else (None, "UTC")


def poll_after(polled: int) -> int:
    """Soon at first, then ever more rarely (HX-11)."""
    delays = (2, 4, 8, 15, 30, 60)
    return delays[min(max(polled, 0), len(delays) - 1)]


def _records(session: Session, connection: Connection, document: Document) -> Sequence[SyncRecord]:
    query = select(SyncRecord).where(
        SyncRecord.connection_id == connection.id,
        SyncRecord.kind == document.kind.value,
        SyncRecord.local_id == document.id,
    )
    return session.scalars(query.order_by(SyncRecord.part)).all()


def _of_the_company(why: Hold | None, reconnect: bool, label: str, company: str) -> Card | None:
    """What everything waits for, whatever it is itself."""
    if reconnect:
        return token_expired(label, company)
    return subscription_ended(label, company) if why is Hold.SUBSCRIPTION else None


def _in_parts(document: Document, found: Sequence[SyncRecord]) -> int | None:
    """A payment over invoices of several customers is a payment for each of them."""
    totals = [one.remote_total for one in found]
    if document.kind is not Kind.PAYMENT or len(found) < 2 or None in totals:
        return None
    return sum(total for total in totals if total is not None)


def _card(record: SyncRecord | None, root: SyncRecord | None, label: str) -> Card | None:
    if root is None or record is None or root.as_state not in STUCK:
        return None
    card = card_of(record_states.problem_of(root), label, over_there=root.over_there)
    is_itself = card.slug == Slug.INVOICE_GONE or card.facts.get("remote_id") == root.remote_id
    if Do.CREATE_AGAIN in card.actions and not is_itself:  # something else is gone, such as what it was linked to
        card = replace(card, actions=tuple(do for do in card.actions if do is not Do.CREATE_AGAIN))
    others = tuple(do for do in card.actions if do is not Do.CREDIT_INSTEAD)
    # of this very document, also where it waits for money that lies in closed books
    return replace(card, actions=(Do.CREDIT_INSTEAD, *others) if crediting.is_offered(record) else others)


def _refers(session: Session, connection: Connection, root: SyncRecord | None) -> Sequence[Named]:
    if root is None or root.as_state not in STUCK or root.problem != Slug.INACTIVE_REFERENCE.value:
        return ()
    is_named = bool(record_states.problem_of(root).facts.get("remote_id"))
    return () if is_named else references.of(session, connection, root)


def _may_copy(record: SyncRecord | None, document: Document, connection: Connection) -> bool:
    """A draft has no button; what goes by itself, or is there, needs none."""
    if connection.as_state is State.DISCONNECTING or document.kind in NEVER_FROZEN or settings.of(connection).shadow:
        return False
    if record is None:
        by_hand = getattr(document, "of_credit", False)
        return getattr(document, "voided_at", None) is None and _is_final(document) and not by_hand
    is_offered = not record.over_there or record.reason in records.CROSSES
    return record.as_state is SyncState.IDLE and is_offered and records.may_ask(record)


def _is_final(document: Document) -> bool:
    return getattr(document, "finalised_at", 1) is not None
