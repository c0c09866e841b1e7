"""The outbox: which of our documents go over, decided with the change itself (DESIGN section 5, SyncRecord).

note()     services.documents.saved() says that a document was saved
plan_all() decides for everything noted, just before the commit (planning.py)
ring()     tells a worker that something is due; may be lost without loss
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, event, select, update
from sqlalchemy.orm import Session

from kz_admin.domain.connection import LIVE, State
from kz_admin.domain.kinds import Kind
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import IN_FLIGHT, Lane, SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document, document_models
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tenant import Tenant
from kz_admin.services import bell, needs, planning, subjects
from kz_admin.services.planner import Planner

_NOTED, _PLANNER = "kz_noted", "kz_planner"


def note(session: Session, document: Document) -> None:
    """This document was saved in this transaction; it is planned once, just before the commit."""
    session.info.setdefault(_NOTED, {})[document.id] = document


def take_back(session: Session) -> None:
    """A savepoint was rolled back: what was saved inside it was not saved."""
    session.info.pop(_NOTED, None)


def forget(session: Session, document: Document) -> None:
    """A document that is removed leaves no record behind; what is over there is never removed like this."""
    session.info.get(_NOTED, {}).pop(document.id, None)
    for record in session.scalars(select(SyncRecord).where(SyncRecord.local_id == document.id)):
        if not record.over_there and record.as_state not in IN_FLIGHT:
            session.delete(record)


def expect(session: Session, connection: Connection | None, tenant: Tenant) -> Planner | None:
    """Say beforehand which connection is live, for callers that have read it already (None: none is)."""
    known = Planner(session, connection, tenant, rings_itself=True) if connection is not None else None
    session.info[_PLANNER] = known
    return known


def here(session: Session) -> Planner | None:
    """The planner of this transaction, if somebody said which connection is live."""
    found: Planner | None = session.info.get(_PLANNER)
    return found


@event.listens_for(Session, "before_commit")
def _plan_noted(session: Session) -> None:
    noted: dict[UUID, Document] = session.info.pop(_NOTED, {})
    if noted:
        plan_all(session, list(noted.values()))
    if (planner := here(session)) is not None:
        planner.write()


@event.listens_for(Session, "after_commit")
def _ring_after(session: Session) -> None:
    """Pages: tell a worker when something became due. Hooks ring themselves, after their failpoints."""
    planner: Planner | None = session.info.get(_PLANNER)
    if planner is not None and planner.made_due and not planner.rings_itself:
        ring(planner.connection.id, planner.lane)


def ring(connection_id: UUID, lane: Lane = Lane.INTERACTIVE) -> None:
    """A worker that serves this lane looks at the connection."""
    bell.ring("push_now" if lane is Lane.INTERACTIVE else "push_bulk", str(connection_id), lane=lane.value)


def plan_all(session: Session, documents: list[Document], *, follow: bool = False) -> None:
    """Plan in the order in which they travel, so that money finds its invoice already decided.

    `follow`: a document of theirs goes over now, so what is there without it is looked at once more."""
    planner = planner_of(session, documents[0].tenant_id)
    if planner is None:
        return
    session.flush()
    found = subjects.read(session, documents, planner.tenant.time_zone)
    if not planner.built_in_known:
        planner.built_in, planner.built_in_known = needs.built_in(session, planner.connection), True
    wanted = needs.read(session, planner.connection, documents, planner.built_in)
    planner.look_up(_ids(documents, found, wanted))
    order = list(Kind)
    started: list[UUID] = []
    for document in sorted(documents, key=lambda one: order.index(one.kind)):
        waited = any(one.as_state is SyncState.IDLE for one in planner.of(document.kind, document.id))
        planning.plan(planner, document, found[document.id], wanted.get(document.id, ()), follow=follow)
        if waited and any(one.as_state is not SyncState.IDLE for one in planner.of(document.kind, document.id)):
            started.append(document.id)
    planner.write()
    if started:
        _plan_followers(session, started, {document.id for document in documents})


def _plan_followers(session: Session, started: list[UUID], planned: set[UUID]) -> None:
    """Money that waited for a document goes over with it."""
    followers = [one for one in subjects.followers(session, started) if one.id not in planned]
    if followers:
        plan_all(session, followers, follow=True)


def planner_of(session: Session, tenant_id: UUID) -> Planner | None:
    """The planner of this transaction on the tenant's live connection; None without one."""
    if _PLANNER not in session.info:
        query = (
            select(Tenant, Connection)
            .join_from(Tenant, Connection, Connection.tenant_id == Tenant.id)
            .where(Tenant.id == tenant_id, Connection.state.in_([state.value for state in LIVE]))
        )
        found = session.execute(query).one_or_none()
        session.info[_PLANNER] = Planner(session, found[1], found[0]) if found else None
    planner: Planner | None = session.info[_PLANNER]
    return planner if planner and planner.connection.as_state is not State.DISCONNECTED else None


def _ids(
    documents: list[Document], found: dict[UUID, subjects.Facts], wanted: dict[UUID, tuple[needs.Need, ...]]
) -> set[UUID]:
    ids = {document.id for document in documents}
    ids |= {local_id for facts in found.values() for _, local_id in facts.partners}
    return ids | {need.local_id for all_of in wanted.values() for need in all_of}


def leave_behind(session: Session, connection: Connection) -> None:
    """A connection begins or comes back: what changed meanwhile is the backlog, offered and never sent by itself."""
    for kind, model in document_models().items():
        revision = select(model.revision).where(model.id == SyncRecord.local_id).scalar_subquery()
        mine = (SyncRecord.connection_id == connection.id, SyncRecord.kind == kind.value)
        unsettled = SyncRecord.state.in_([SyncState.IDLE.value, SyncState.DONE.value])
        lagging = and_(unsettled, SyncRecord.planned_revision < revision)
        session.execute(
            update(SyncRecord)
            .where(*mine, lagging)
            .values(
                planned_revision=revision,
                state=SyncState.IDLE.value,
                reason=Reason.WHILE_DISCONNECTED.value,
            )
            .execution_options(synchronize_session=False)
        )
