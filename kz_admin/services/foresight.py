"""What would be written for documents as they are now: from the builders that a push uses, without a call or a row.

A partner that is not over there yet is stood in for by a name in ‹ ›, which no provider has for an id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin import ids
from kz_admin.domain.drafts import content_hash
from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Problem, Unfit
from kz_admin.domain.pushing import OF_A_CREDIT, Draft, Key, Ref, Verb
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import WAITING, SyncState
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import PaymentAllocation
from kz_admin.models.project import Project
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.providers.base import Pusher
from kz_admin.services import settings
from kz_admin.services.push.gathering import Item, Stays, gather
from kz_admin.services.push.preparing import instead_of, shortened_as_said

WOULD_GO = (Reason.SHADOW, Reason.FROM_SHADOW)


@dataclass(frozen=True)
class Foreseen:
    """One document's record, and what would leave for it: a draft, or why not."""

    record: SyncRecord
    draft: Draft | None = None
    problem: Problem | None = None
    looks: bool = False  # over there first, whether it is there already
    is_same: bool = False  # what would be sent is what is there
    further: Sequence[str] = ()  # the other customers it is for: each gets an object of its own
    whom: str = ""  # what the customer of a payment is called here, as far as we know
    instead: Sequence[str] = ()  # the parts that would undo it, as it cannot be taken back


def of(
    session: Session,
    connection: Connection,
    rows: Sequence[SyncRecord],
    *,
    names: Mapping[UUID, str] | None = None,
    going: Collection[UUID] = (),
) -> list[Foreseen]:
    """`names` of partners, for their stand-ins; `going` are invoices taken for granted, such as the one shown."""
    payments = [row.local_id for row in rows if row.as_kind is Kind.PAYMENT]
    stand_ins = _stand_ins(session, connection, payments, names or {}, going)
    gathered = gather(session, connection, rows, stand_ins.ref)
    found = (_foreseen(connection, row, one) for row, one in zip(rows, gathered, strict=True))
    return [replace(one, whom=stand_ins.called.get(_customer(one), "")) for one in found]


def further_of(connection: Connection, main: Foreseen, known: Mapping[Key, SyncRecord]) -> list[SyncRecord]:
    """The records of its other parts: those there are already, and those that its push would begin."""
    kind, local_id = main.record.as_kind, main.record.local_id
    there = {part: row for (of, one, part), row in known.items() if part and (of, one) == (kind, local_id)}
    parts = dict.fromkeys([*there, *main.further])
    return [there.get(part) or begun(connection, kind, local_id, part) for part in parts]


def begun(connection: Connection, kind: Kind, local_id: UUID, part: str = "") -> SyncRecord:
    """The record a document would begin with; it belongs to no session and is never stored."""
    return SyncRecord(
        id=ids.uuid7(),
        tenant_id=connection.tenant_id,
        connection_id=connection.id,
        kind=kind.value,
        local_id=local_id,
        part=part,
        state=SyncState.IDLE.value,
        removes=False,
        look_first=False,
        generation=0,
        planned_revision=0,
        wanted_revision=0,
        pushed_revision=0,
    )


def records_of(session: Session, connection: Connection, local_ids: Iterable[UUID]) -> dict[Key, SyncRecord]:
    query = select(SyncRecord).where(SyncRecord.connection_id == connection.id, SyncRecord.local_id.in_(set(local_ids)))
    return {(row.as_kind, row.local_id, row.part): row for row in session.scalars(query)}


def stand_in(kind: Kind, name: str) -> str:
    """In the place of an id that only creating it over there brings."""
    return f"‹id of the new {kind.word} {name}›"


def _foreseen(connection: Connection, row: SyncRecord, one: Item | Stays) -> Foreseen:
    if isinstance(one, Stays):
        return Foreseen(row, problem=one.problem)
    pusher = PROVIDERS[connection.provider].pushers[one.kind]
    looks = False
    if (instead := instead_of(pusher, one)) or one.behind is not None:
        return Foreseen(row, instead=instead)
    further = _further(pusher, one)
    try:
        looks = one.looks or (one.refs.own is None and bool(pusher.questions(one.record, one.refs)))
        draft = shortened_as_said(pusher.build(one.record, one.refs), one.refs)
    except Unfit as unfit:
        return Foreseen(row, problem=unfit.problem, looks=looks, further=further)
    is_made = one.part in pusher.once and one.is_over_there
    is_same = is_made or (draft.verb is not Verb.CREATE and content_hash(draft) == one.pushed_hash)
    return Foreseen(row, draft, None if is_same else draft.stopped, looks, is_same, further)


def _further(pusher: Pusher, one: Item) -> Sequence[str]:
    """Asked as a push asks it. What is taken back takes back the parts that there are, and begins none."""
    if pusher.further is None or one.part or getattr(one.record, "voided", False):
        return ()
    return pusher.further(one.record, one.refs)


def _customer(one: Foreseen) -> str:
    return one.draft.expected.customer if one.draft is not None and one.record.as_kind is Kind.PAYMENT else ""


@dataclass
class _StandIns:
    names: dict[UUID, str]
    going: set[UUID]
    booked_to: dict[UUID, str] = field(default_factory=dict)  # invoice → the customer's id, or what stands for it
    called: dict[str, str] = field(default_factory=dict)  # the customer's id, or what stands for it → its name here

    def ref(self, key: Key) -> Ref | None:
        kind, local_id, part = key
        if kind is not Kind.INVOICE:
            return Ref(self.name(kind, local_id))
        if part in OF_A_CREDIT:
            return Ref(f"‹id of the credit for invoice {self.names.get(local_id, '')}›")
        if local_id not in self.going:
            return None
        return Ref(self.name(kind, local_id), customer=self.booked_to.get(local_id, ""))

    def name(self, kind: Kind, local_id: UUID) -> str:
        return stand_in(kind, self.names.get(local_id, str(local_id)))


def _stand_ins(
    session: Session,
    connection: Connection,
    payment_ids: Sequence[UUID],
    names: Mapping[UUID, str],
    going: Collection[UUID],
) -> _StandIns:
    made = _StandIns(dict(names), set(going))
    if not payment_ids:
        return made
    settled = _settled(session, connection, payment_ids)
    there = records_of(session, connection, [one for row in settled for one in (row.invoice_id, row.whom)])
    for one in settled:
        made.names = {one.invoice_id: one.number, one.whom: one.name, **made.names}
        customer = there.get((one.kind, one.whom, one.currency))
        booked_to = customer.remote_id if customer is not None else None
        made.booked_to[one.invoice_id] = booked_to or made.name(one.kind, one.whom)
        made.called[made.booked_to[one.invoice_id]] = one.name
        invoice = there.get((Kind.INVOICE, one.invoice_id, ""))
        if invoice is not None and invoice.remote_customer:
            made.called.setdefault(invoice.remote_customer, one.name)
        if invoice is not None and (invoice.as_state in WAITING or invoice.reason in WOULD_GO):
            made.going.add(one.invoice_id)
    return made


@dataclass(frozen=True)
class _Settled:
    """An invoice that a payment settles, and whom it is booked to: its client, or the project under it."""

    invoice_id: UUID
    number: str
    currency: str
    kind: Kind
    whom: UUID
    name: str


def _settled(session: Session, connection: Connection, payment_ids: Sequence[UUID]) -> list[_Settled]:
    columns = (Invoice.id, Invoice.number, Invoice.currency, Client.id, Client.name, Project.id, Project.name)
    query = (
        select(*columns)
        .join(PaymentAllocation, PaymentAllocation.invoice_id == Invoice.id)
        .join(Client, Client.id == Invoice.client_id)
        .outerjoin(Project, Project.id == Invoice.project_id)
        .where(PaymentAllocation.payment_id.in_(payment_ids))
    )
    under = settings.of(connection).sub_customers
    found = []
    for invoice_id, number, currency, client_id, client, project_id, project in session.execute(query.distinct()):
        whom = (Kind.PROJECT, project_id, project) if under and project_id else (Kind.CLIENT, client_id, client)
        found.append(_Settled(invoice_id, number or "", currency, *whom))
    return found
