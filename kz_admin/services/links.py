"""Which customer, item, sub-customer or vendor over there one of ours is, said by a person: the SyncRecord's remote id.

Relinking concerns later documents: what is over there keeps the refs it was pushed with. An item is never re-pointed
to another account, and what we created is never forgotten, only linked elsewhere. Two of ours may be one over there.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from kz_admin.domain.failures import Conflict
from kz_admin.domain.lists import List
from kz_admin.domain.pushing import LinkedBy
from kz_admin.domain.status import IN_FLIGHT, STUCK, WAITING, Lane, SyncState
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document, document_models
from kz_admin.models.option import Option
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services import outbox, planning, record_states, records
from kz_admin.services.documents.saving import mine, note
from kz_admin.services.documents.work import Work
from kz_admin.services.needs import Need
from kz_admin.services.push import fates, waking

TYPES = {List.ITEMS: "Item", List.CUSTOMERS: "Customer", List.PROJECTS: "Customer", List.VENDORS: "Vendor"}
ASKED_AT_ONCE = 5_000  # ids in one statement: PostgreSQL takes 65,535
UNDER_WAY = "{name} is on its way over there at this moment. Load the page again in a minute."
CREATED_HERE = "{name} was created over there by us. It can be linked to another one, not to none."


def tie(work: Work, connection: Connection, which: List, local_id: UUID, option: Option, how: LinkedBy) -> None:
    """From now on ours is theirs. What waited for it goes."""
    document = _document(work, which, local_id)
    record = _record(work, connection, which, document)
    if record.as_state in IN_FLIGHT:
        raise Conflict(UNDER_WAY.format(name=_name(document)))
    if record.as_state in STUCK:
        records.go_again(work, [record])
    _forget(record)
    record.remote_type, record.remote_id = TYPES[which], option.remote_id
    record.linked_by, record.pushed_at = how.value, work.at
    record.planned_revision = max(record.planned_revision, document.revision)
    record.pushed_revision = max(record.wanted_revision, document.revision)
    if record.as_state is SyncState.DUE:
        fates.finish(record)
    elif record.as_state is SyncState.HELD:
        record_states.move(record, SyncState.IDLE)


def untie(work: Work, connection: Connection, which: List, local_id: UUID) -> None:
    """It is nobody over there any more; the next document that needs it looks, and creates it where that is allowed."""
    document = _document(work, which, local_id)
    record = _record(work, connection, which, document)
    if record.as_state in IN_FLIGHT:
        raise Conflict(UNDER_WAY.format(name=_name(document)))
    if record.linked_by == LinkedBy.CREATED.value:
        raise Conflict(CREATED_HERE.format(name=_name(document)))
    _forget(record)
    record.wanted_revision = record.pushed_revision = 0
    record.look_first = True
    if record.as_state is SyncState.DONE:
        record_states.move(record, SyncState.IDLE)


def create(work: Work, connection: Connection, which: List, local_id: UUID) -> None:
    """Wanted over there: it goes with the next push, which looks for it first. Nothing is called from here."""
    document = _document(work, which, local_id)
    if not may_create(connection, which):
        raise Conflict(f"A {which.words.theirs} cannot be created from here yet.")
    need = Need(document.kind, document.id, part_of(which, document), document.revision, document.created_at)
    (record,) = planning.want(work.session, connection, [need], Lane.INTERACTIVE)
    if record.over_there:
        raise Conflict(f"{_name(document)} is over there already.")
    if record.as_state in STUCK:
        records.go_again(work, [record])
    elif record.as_state not in WAITING:
        raise Conflict(f"{_name(document)} cannot go over now: {record.reason or 'this connection rests'}.")
    note(work, "document.copied", document, _name(document))


def settle(connection: Connection) -> None:
    """After the commit: what waited for these is looked at again."""
    waking.wake_all(connection.id)
    outbox.ring(connection.id)


def may_create(connection: Connection, which: List) -> bool:
    return which.kind in PROVIDERS[connection.provider].pushers


def part_of(which: List, document: Document) -> str:
    """A client is another customer in each currency; the page speaks of the one it is invoiced in."""
    return document.currency if which is List.CUSTOMERS and isinstance(document, Client) else ""


def taken(connection: Connection, which: List, remote_ids: set[str]) -> set[str]:
    """Of these, what one of ours is linked to already."""
    assert which.kind is not None
    mine_there = (SyncRecord.connection_id == connection.id, SyncRecord.kind == which.kind.value)
    wanted, found = sorted(remote_ids), set[str]()
    with reading() as session:
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            some = SyncRecord.remote_id.in_(wanted[start : start + ASKED_AT_ONCE])
            found |= set(session.scalars(select(SyncRecord.remote_id).where(*mine_there, some)))
    return found


def _document(work: Work, which: List, local_id: UUID) -> Document:
    assert which.kind is not None
    return mine(work, document_models()[which.kind], local_id)


def _record(work: Work, connection: Connection, which: List, document: Document) -> SyncRecord:
    """Locked; made when there is none."""
    part = part_of(which, document)
    query = select(SyncRecord).where(
        SyncRecord.connection_id == connection.id,
        SyncRecord.kind == document.kind.value,
        SyncRecord.local_id == document.id,
        SyncRecord.part == part,
    )
    found = work.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is not None:
        return found
    made = SyncRecord(
        tenant_id=connection.tenant_id,
        connection_id=connection.id,
        kind=document.kind.value,
        local_id=document.id,
        part=part,
        state=SyncState.IDLE.value,
        lane=Lane.INTERACTIVE.value,
        planned_revision=document.revision,
        wanted_revision=0,
        pushed_revision=0,
    )
    work.session.add(made)
    work.session.flush()
    return made


def _forget(record: SyncRecord) -> None:
    record.remote_type = record.remote_id = record.remote_version = record.remote_number = None
    record.remote_customer = record.linked_by = record.note = None
    record.pushed_hash = record.pushed_snapshot = record.pushed_at = None


def _name(document: Document) -> str:
    return str(getattr(document, "name", document.kind.word))
