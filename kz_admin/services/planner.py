"""One connection while documents are planned: what is known of it, and the SyncRecords that were looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, select
from sqlalchemy.orm import Session

from kz_admin import config
from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import List
from kz_admin.domain.plans import includes_integrations
from kz_admin.domain.rules import Place
from kz_admin.domain.status import Lane, SyncState
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document
from kz_admin.models.new_rows import write_new
from kz_admin.models.option import Mapping
from kz_admin.models.service import Service
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tenant import Tenant
from kz_admin.providers import PROVIDERS
from kz_admin.services import needs, settings

Key = tuple[Kind, UUID, str]


def _preparation() -> Select[Client, Service, str, SyncRecord]:
    """Built once: putting it together costs more than asking it."""
    here = bindparam("connection_id", type_=Uuid())
    account = and_(
        Mapping.connection_id == here,
        Mapping.list == List.ACCOUNTS.value,
        Mapping.subject == needs.INCOME,
        Mapping.remote_id != "",
        needs.no_default_item(),
    )
    mine = and_(SyncRecord.connection_id == here, SyncRecord.local_id.in_((Client.id, Service.id)))
    return (
        select(Client, Service, Mapping.remote_id, SyncRecord)
        .outerjoin(Service, and_(Service.tenant_id == Client.tenant_id, Service.built_in))
        .outerjoin(Mapping, account)
        .outerjoin(SyncRecord, mine)
        .where(Client.id == bindparam("client_id", type_=Uuid()))
    )


_PREPARATION = _preparation()


def _kinds(provider: str) -> frozenset[Kind] | None:
    """What this version can send there; None while it sends nothing, and everything waits."""
    found = PROVIDERS.get(provider)
    return frozenset(found.pushers) if found is not None and found.sending else None


@dataclass
class Planner:
    """One connection for the length of one transaction, with the SyncRecords it has looked at."""

    session: Session
    connection: Connection
    tenant: Tenant
    lane: Lane = Lane.INTERACTIVE
    built_in: tuple[Service, str] | None = None  # the service of lines without one, and its income account
    built_in_known: bool = False
    unlocked: set[UUID] = field(default_factory=set)  # records read without a lock
    kept: list[Document] = field(default_factory=list)  # a session forgets rows that nobody holds
    records: dict[Key, SyncRecord] = field(default_factory=dict)
    looked_at: set[UUID] = field(default_factory=set)
    made: list[SyncRecord] = field(default_factory=list)  # and not written yet
    made_due: bool = False  # whether a worker should be told
    rings_itself: bool = False  # the caller does it

    @property
    def place(self) -> Place:
        return Place(
            state=self.connection.as_state,
            settings=settings.of(self.connection),
            start_at=self.connection.start_at,
            reset_at=self.connection.reset_at,
            entitled=includes_integrations(self.tenant.plan, config.current().plans_with_integrations),
            kinds=_kinds(self.connection.provider),
        )

    @property
    def applied_apart(self) -> frozenset[Kind]:
        sending = PROVIDERS[self.connection.provider].sending
        return sending.applied_apart if sending is not None else frozenset()

    def look_up(self, local_ids: Iterable[UUID]) -> None:
        """Load the records of these documents in one statement, those that are not known yet."""
        missing = set(local_ids) - self.looked_at
        if not missing:
            return
        query = select(SyncRecord).where(
            SyncRecord.connection_id == self.connection.id, SyncRecord.local_id.in_(missing)
        )
        self.knows(missing, self.session.scalars(query.order_by(SyncRecord.id).with_for_update()))

    def knows(self, local_ids: Iterable[UUID], records: Iterable[SyncRecord] = ()) -> None:
        """These documents' records are at hand, or cannot exist because the documents are new."""
        self.looked_at |= set(local_ids)
        for record in records:
            self.records[record.as_kind, record.local_id, record.part] = record

    def prepare(self, client_id: UUID) -> Client:
        """The client, the built-in service and both their records in one statement: what nearly every hook needs."""
        asked = {"connection_id": self.connection.id, "client_id": client_id}
        rows = self.session.execute(_PREPARATION, asked).all()
        client, service, income, _ = rows[0]
        self.built_in, self.built_in_known = ((service, income) if service and income else None), True
        self.kept += [client, *([service] if service else [])]
        records = [row[3] for row in rows if row[3] is not None]
        self.unlocked |= {record.id for record in records}
        self.knows([one.id for one in self.kept], records)
        return client

    def hold(self, record: SyncRecord) -> None:
        """Before a record changes, it is locked and read anew."""
        if record.id in self.unlocked:
            self.unlocked.discard(record.id)
            self.session.refresh(record, with_for_update=True)

    def of(self, kind: Kind, local_id: UUID) -> list[SyncRecord]:
        return [record for key, record in self.records.items() if key[:2] == (kind, local_id)]

    def record(self, kind: Kind, local_id: UUID, part: str = "") -> SyncRecord:
        """The document's record on this connection; made when it has none."""
        known = self.records.get((kind, local_id, part))
        if known is not None:
            return known
        made = SyncRecord(
            tenant_id=self.connection.tenant_id,
            connection_id=self.connection.id,
            kind=kind.value,
            local_id=local_id,
            part=part,
            state=SyncState.IDLE.value,
            lane=self.lane.value,
            planned_revision=0,
            wanted_revision=0,
            pushed_revision=0,
        )
        self.made.append(made)
        self.records[kind, local_id, part] = made
        return made

    def write(self) -> None:
        """Store the records that were made, once all is decided about them."""
        made, self.made = self.made, []
        write_new(self.session, made)
