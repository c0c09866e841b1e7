"""Tying past invoices to theirs after a person said so: in chunks, repeatable, and nothing is written over there.

confirm()   all that agree, as the page showed them
choose()    one where a person overrules what differs
link()      one chunk: everything is compared once more, under locks, with what is here now
run()       a worker goes through what is confirmed

A crash between two chunks leaves what is linked linked and the rest confirmed; the clock goes on. What is decided
stands in the SyncRecord alone, whose unique indexes let one invoice have one counterpart (I7).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, update

from kz_admin import clock, failpoints, logs
from kz_admin.domain.connection import LIVE
from kz_admin.domain.failures import Conflict, NotFound, Refused
from kz_admin.domain.kinds import Kind
from kz_admin.domain.past_invoices import Differs, Finding, Verdict, differences, may_be_linked
from kz_admin.domain.pushing import LinkedBy
from kz_admin.domain.rules import Reason
from kz_admin.domain.status import SyncState
from kz_admin.models.connection import Connection
from kz_admin.models.invoice import Invoice
from kz_admin.models.past_invoice import PastInvoice, PastLook
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import bell, laying_aside, links, outbox, past_candidates, record_states, records
from kz_admin.services.audit import Actor
from kz_admin.services.documents.saving import note
from kz_admin.services.documents.work import Work, carry_out
from kz_admin.services.planner import Planner
from kz_admin.services.push import fates

log = logs.get(__name__)

DOOR, LANE = "link_past_invoices", "bulk"
AT_ONCE = 200
LASTS = clock.DAY  # how long a comparison, and a person's word about it, is good
ENTITY = "Invoice"
COMPARED_MEANWHILE = "The comparison changed since this page was loaded. Look at it again, then link."
TOO_OLD = "This comparison is more than a day old. Look again, then link."
NOT_LINKABLE = "It cannot be linked any more: it changed here or over there. Look again."


def confirm(work: Work, connection: Connection, begun_at: int, count: int) -> int:
    """A person saw so many that agree and wants all of them; nothing is linked yet. Said twice is said once."""
    if _fresh_look(work, connection).begun_at != begun_at:
        raise Conflict(COMPARED_MEANWHILE)
    same = (PastInvoice.connection_id == connection.id, PastInvoice.verdict == Verdict.SAME.value)
    found = work.session.scalar(select(func.count(PastInvoice.id)).where(*same)) or 0
    if found != count:
        raise Conflict(COMPARED_MEANWHILE)
    work.session.execute(update(PastInvoice).where(*same).values(**_by(work), how=LinkedBy.MATCH.value))
    return found


def choose(work: Work, connection: Connection, row_id: UUID | None) -> None:
    """This one of theirs, although the customer is another one or several agree."""
    row = PastInvoice.of_tenant(work.session, work.tenant_id, row_id)
    if row is None or row.connection_id != connection.id:
        raise NotFound
    _fresh_look(work, connection)
    if row.verdict != Verdict.DIFFERS.value or not may_be_linked(differs_of(row)):
        raise Conflict(NOT_LINKABLE)
    for name, value in {**_by(work), "how": LinkedBy.PERSON.value}.items():
        setattr(row, name, value)
    work.session.flush()
    if not _link(work, connection, [row]):
        raise Conflict(NOT_LINKABLE)


def link(work: Work, connection: Connection) -> int:
    """One chunk of what this person confirmed; returns how many were worked through."""
    query = _waiting(connection).where(PastInvoice.confirmed_by_id == work.actor.id)
    rows = work.session.scalars(query.order_by(PastInvoice.id).limit(AT_ONCE).with_for_update()).all()
    _link(work, connection, rows)
    return len(rows)


def run(connection_id: UUID) -> None:
    """Chunk after chunk, in the name of who confirmed it."""
    with reading() as session:
        connection = session.get(Connection, connection_id)
    if connection is None or connection.as_state not in LIVE:
        return
    while True:
        with reading() as session:
            row = session.scalar(_waiting(connection).order_by(PastInvoice.id).limit(1))
        if row is None:
            break
        actor = Actor(row.confirmed_by_id, row.confirmed_by or "")
        try:
            carry_out(connection.tenant_id, actor, link, connection)
        except Refused as refusal:  # somebody was at the same rows; the clock comes back to it
            log.warning("past_invoices_not_linked", connection_id=str(connection.id), kind=type(refusal).__name__)
            break
        failpoints.reach("past.chunk_linked")
    links.settle(connection)


def resume() -> None:
    """What a crash left confirmed and not linked; the clock calls this."""
    with reading() as session:
        query = select(PastInvoice.connection_id).where(*_still_wanted())
        left = session.scalars(query.distinct()).all()
    for connection_id in left:
        run(connection_id)


def ring(connection_id: UUID) -> bool:
    return bell.ring(DOOR, str(connection_id), lane=LANE)


def waiting(connection: Connection) -> int:
    """How many are confirmed and not linked yet."""
    with reading() as session:
        return session.scalar(_waiting(connection).with_only_columns(func.count(PastInvoice.id))) or 0


def differs_of(row: PastInvoice) -> list[Differs]:
    return [Differs(one) for one in row.differs.split(",") if one]


def _still_wanted() -> tuple[ColumnElement[bool], ...]:
    """What was confirmed and could not be linked for a day is asked anew: both sides have gone on."""
    unsettled = PastInvoice.verdict.in_([Verdict.SAME.value, Verdict.DIFFERS.value])
    return PastInvoice.confirmed_at >= clock.now_ms() - LASTS, unsettled


def _waiting(connection: Connection) -> Select[PastInvoice]:
    return select(PastInvoice).where(PastInvoice.connection_id == connection.id, *_still_wanted())


def _by(work: Work) -> dict[str, object]:
    return {"confirmed_at": work.at, "confirmed_by": work.actor.name[:300], "confirmed_by_id": work.actor.id}


def _fresh_look(work: Work, connection: Connection) -> PastLook:
    mine = select(PastLook).where(PastLook.connection_id == connection.id)
    look = work.session.scalar(mine.with_for_update())
    if look is None or look.finished_at is None:
        raise Conflict(COMPARED_MEANWHILE)
    if look.finished_at < work.at - LASTS:
        raise Conflict(TOO_OLD)
    return look


# -- one chunk --------------------------------------------------------------------------------------------------------


def _link(work: Work, connection: Connection, rows: Sequence[PastInvoice]) -> int:
    """Returns how many are linked now. What no longer agrees goes back among those that differ."""
    planner = outbox.planner_of(work.session, work.tenant_id)
    if planner is None or planner.connection.id != connection.id:
        raise Conflict("The connection ended meanwhile. Nothing more was linked.")
    invoices = _locked(work, connection, rows)
    taken = _taken(work, connection, rows)
    ours = past_candidates.ours(work.session, connection, list(invoices.values()))
    known = past_candidates.customers(work.session, connection)
    planner.look_up(invoices)
    linked: list[UUID] = []
    for row in rows:
        invoice = invoices.get(row.local_id) if row.local_id else None
        differs = differences(ours[invoice.id], past_candidates.theirs(row, known)) if invoice else ()
        if invoice is None or row.remote_id in taken or not _is_free(planner.record(Kind.INVOICE, invoice.id)):
            _put_back(row, Finding(Verdict.ONLY_THERE))
        elif differs and not (row.how == LinkedBy.PERSON.value and may_be_linked(differs)):
            _put_back(row, Finding(Verdict.DIFFERS, differs))
        else:
            _tie(work, planner, invoice, row)
            taken.add(row.remote_id)
            linked.append(invoice.id)
            del invoices[invoice.id]
    laying_aside.money_of(work, planner, linked)
    planner.write()
    return len(linked)


def _locked(work: Work, connection: Connection, rows: Sequence[PastInvoice]) -> dict[UUID, Invoice]:
    """Ours, still free, and unable to change until the end of the transaction."""
    ids = {row.local_id for row in rows if row.local_id}
    query = past_candidates.query(connection).where(Invoice.id.in_(ids)).order_by(Invoice.id)
    found = work.session.scalars(query.with_for_update(of=Invoice).execution_options(populate_existing=True))
    return {one.id: one for one in found}


def _taken(work: Work, connection: Connection, rows: Sequence[PastInvoice]) -> set[str]:
    """Of theirs, those that belong to another one of ours meanwhile."""
    here = (SyncRecord.connection_id == connection.id, SyncRecord.kind == Kind.INVOICE.value, SyncRecord.part == "")
    query = select(SyncRecord.remote_id).where(*here, SyncRecord.remote_id.in_([row.remote_id for row in rows]))
    return {remote_id for remote_id in work.session.scalars(query) if remote_id}


def _is_free(record: SyncRecord) -> bool:
    """Read under its lock: nothing of it is over there or on its way."""
    return not record.over_there and record.as_state in (SyncState.IDLE, SyncState.FAILED)


def _tie(work: Work, planner: Planner, invoice: Invoice, row: PastInvoice) -> None:
    record = planner.record(Kind.INVOICE, invoice.id)
    if record.as_state is SyncState.FAILED:
        records.go_again(work, [record])  # with what failed only because it had
    if record.as_state is not SyncState.IDLE:
        record_states.move(record, SyncState.IDLE)
    record.remote_type, record.remote_id, record.remote_version = ENTITY, row.remote_id, row.remote_version or None
    record.remote_number, record.remote_customer = row.number or None, row.customer or None
    record.remote_total, record.remote_balance = row.total_minor, row.balance_minor
    record.pushed_at, record.pushed_revision, record.planned_revision = work.at, invoice.revision, invoice.revision
    record.note, record.look_first = None, False
    if row.mark == str(invoice.id):  # we made it there, and forgot
        record.linked_by, record.wanted_revision, record.reason = LinkedBy.CREATED.value, invoice.revision, None
    else:
        record.linked_by, record.wanted_revision, record.reason = row.how, 0, Reason.MATCHED.value
    record.choices = fates.linked_to(record, row.remote_id)
    row.verdict, row.differs, row.local_id = Verdict.LINKED.value, "", invoice.id
    note(work, "document.linked", invoice, invoice.title, after={"to": row.number, "how": record.linked_by})


def _put_back(row: PastInvoice, finding: Finding) -> None:
    row.verdict, row.differs = finding.verdict.value, ",".join(finding.differs)
    row.confirmed_at = row.confirmed_by = row.confirmed_by_id = None
    row.how = ""
    if finding.verdict is Verdict.ONLY_THERE:
        row.local_id = None
