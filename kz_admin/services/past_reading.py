"""The look over there for invoices of before the connection: page by page, at the company's pace, resumable.

begin()    a person asks for it; nothing is called
go_on()    a worker reads page after page for a turn, stores each with where it stands, and rings again
resume()   the clock: what was interrupted or told to wait goes on
judge()    once all is read, and again after something was linked: which of theirs is which of ours

It only ever reads. A page that is read twice, or that shifted meanwhile, is the same rows again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from kz_admin import clock, crypto, failpoints, logs
from kz_admin.domain import backoff
from kz_admin.domain.connection import USABLE
from kz_admin.domain.failures import Conflict, Refused, Throttled, Wrong
from kz_admin.domain.kinds import Kind
from kz_admin.domain.names import number_key
from kz_admin.domain.past_invoices import Finding, Verdict, judge
from kz_admin.domain.problems import ProviderFailure
from kz_admin.domain.pushing import MARKER
from kz_admin.domain.terms import is_date
from kz_admin.models.connection import Connection
from kz_admin.models.invoice import Invoice
from kz_admin.models.past_invoice import PastInvoice, PastLook
from kz_admin.models.session import changed_rows, reading, writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.providers.base import Access, Dated, PastInvoices
from kz_admin.services import audit, bell, leases, paced, past_candidates, tokens
from kz_admin.services.documents.work import Work

log = logs.get(__name__)

DOOR, LANE = "read_past_invoices", "bulk"
TURN_S = 20.0  # then others of the same lane have theirs
LEASE_LASTS = 2 * clock.MINUTE
AROUND = timedelta(days=31)  # what was typed over there by hand has not always our date
AT_ONCE = 500
OURS = re.compile(rf"{MARKER}([0-9a-f-]{{36}})")


def reader_of(connection: Connection) -> PastInvoices | None:
    sending = PROVIDERS[connection.provider].sending
    return sending.past_invoices if sending else None


def begin(work: Work, connection: Connection, since: str) -> None:
    """From this day on, as far as there are any of ours; what an earlier look found is found again."""
    if reader_of(connection) is None:
        raise Conflict(f"{PROVIDERS[connection.provider].label} cannot be looked through for past invoices yet.")
    span = past_candidates.span(work.session, connection, 1)
    if not span.count:
        raise Conflict("No invoice of before the connection is waiting for a decision.")
    if not is_date(since) or not "2000-01-01" <= since <= span.last:
        raise Wrong("since", f"Enter a date between 2000-01-01 and {span.last}, such as {span.first}.")
    first = max(since, span.first)
    mine = PastLook.connection_id == connection.id
    look = work.session.scalar(select(PastLook).where(mine).with_for_update())
    if look is None:
        look = PastLook(tenant_id=connection.tenant_id, connection_id=connection.id)
        work.session.add(look)
    look.since, look.until = first, span.last
    look.begun_at, look.begun_by = work.at, work.actor.name[:300]
    look.read, look.tries, look.finished_at, look.problem, look.next_at = 0, 0, None, None, work.at
    work.session.execute(delete(PastInvoice).where(PastInvoice.connection_id == connection.id))
    subject = ("connection", connection.id, connection.company_name)
    after = {"from": first, "to": span.last}
    audit.record(work.session, work.actor, "past_invoices.looked_for", subject, tenant_id=work.tenant_id, after=after)


def ring(connection_id: UUID) -> bool:
    return bell.ring(DOOR, str(connection_id), lane=LANE)


def resume() -> None:
    """Looks that are due and that nobody is at: a lost bell, a worker that died, a pause they asked for."""
    with reading() as session:
        due = session.scalars(
            select(PastLook.connection_id)
            .join(Connection, Connection.id == PastLook.connection_id)
            .where(PastLook.next_at <= clock.now_ms(), Connection.state.in_([state.value for state in USABLE]))
        ).all()
    for connection_id in due:
        go_on(connection_id)


def go_on(connection_id: UUID) -> None:
    """Read for a turn. One worker at a time: two would pay for the same pages twice."""
    name, holder = f"past {connection_id}", crypto.token(size=12)
    if leases.take(name, holder, LEASE_LASTS) is None:
        return
    try:
        ends = clock.monotonic() + TURN_S
        while _one_page(connection_id):
            leases.take(name, holder, LEASE_LASTS)
            if clock.monotonic() >= ends:
                ring(connection_id)
                return
    finally:
        leases.release(name, holder)


def _one_page(connection_id: UUID) -> bool:
    """Whether there is more to read at once."""
    with reading() as session:
        connection = session.get(Connection, connection_id)
        look = session.scalar(select(PastLook).where(PastLook.connection_id == connection_id))
    if connection is None or connection.as_state not in USABLE or look is None or look.next_at is None:
        return False
    reader = reader_of(connection)
    if reader is None:
        return False
    since, until = (date.fromisoformat(look.since) - AROUND), (date.fromisoformat(look.until) + AROUND)

    def page(access: Access) -> Sequence[Dated]:
        return reader.page(access, since.isoformat(), until.isoformat(), look.read)

    try:
        found = tokens.call(connection_id, paced.read(connection, page))
    except (ProviderFailure, Refused) as failure:
        _wait(connection, look, failure)
        return False
    failpoints.reach("past.page_read")
    stored = _store(connection, look, found, last=len(found) < reader.page_size)
    failpoints.reach("past.page_stored")
    return stored and len(found) >= reader.page_size


def _wait(connection: Connection, look: PastLook, failure: ProviderFailure | Refused) -> None:
    """It goes on behind the last page that was stored; what a person asked to be read is not given up."""
    log.warning("past_invoices_not_read", connection_id=str(connection.id), kind=type(failure).__name__)
    label = PROVIDERS[connection.provider].label
    words = failure.sentence if isinstance(failure, Refused) else f"{label} did not answer as expected."
    asked = failure.retry_after_s * clock.SECOND if isinstance(failure, Throttled) else 0
    pause = asked or backoff.delay_ms(look.tries + 3, 0.5)
    values = {"problem": words[:500], "next_at": clock.now_ms() + pause, "tries": PastLook.tries + 1}
    with writing() as session:
        session.execute(update(PastLook).where(*_same(look)).values(**values))


def _same(look: PastLook) -> tuple[ColumnElement[bool], ...]:
    """Nobody began anew, and nobody else stored this page meanwhile."""
    return PastLook.id == look.id, PastLook.begun_at == look.begun_at, PastLook.read == look.read


def _store(connection: Connection, look: PastLook, found: Sequence[Dated], *, last: bool) -> bool:
    with writing() as session:
        values = {"read": PastLook.read + len(found), "problem": None, "tries": 0, "next_at": clock.now_ms()}
        if not changed_rows(session, update(PastLook).where(*_same(look)).values(**values)):
            return False
        ids = [one.remote.remote_id for one in found]
        for start in range(0, len(ids), AT_ONCE):
            again = PastInvoice.remote_id.in_(ids[start : start + AT_ONCE])
            session.execute(delete(PastInvoice).where(PastInvoice.connection_id == connection.id, again))
        session.add_all(_row(connection, one) for one in {one.remote.remote_id: one for one in found}.values())
        if last:
            session.flush()
            judge_all(session, connection, look)
            done = {"finished_at": clock.now_ms(), "next_at": None}
            session.execute(update(PastLook).where(PastLook.id == look.id).values(**done))
    return True


def _row(connection: Connection, one: Dated) -> PastInvoice:
    remote = one.remote
    mark = OURS.search(remote.text)
    return PastInvoice(
        tenant_id=connection.tenant_id,
        connection_id=connection.id,
        remote_id=remote.remote_id,
        remote_version=remote.version,
        number=remote.number[:60],
        number_key=number_key(remote.number),
        issued_on=one.issued_on,
        customer=remote.customer,
        customer_name=one.customer_name[:300],
        currency=remote.currency,
        total_minor=remote.total,
        balance_minor=remote.balance,
        voided=remote.voided,
        mark=mark.group(1) if mark else "",
        verdict=Verdict.ONLY_THERE.value,
    )


# -- which is which ---------------------------------------------------------------------------------------------------


def judge_all(session: Session, connection: Connection, look: PastLook) -> None:
    """Everything anew, from what is stored: number by number, a batch of our invoices at a time."""
    mine = PastInvoice.connection_id == connection.id
    unsettled = {"verdict": Verdict.ONLY_THERE.value, "differs": "", "local_id": None}
    session.execute(update(PastInvoice).where(mine).values(**unsettled))
    here = (SyncRecord.connection_id == connection.id, SyncRecord.kind == Kind.INVOICE.value, SyncRecord.part == "")
    tied = select(SyncRecord.remote_id).where(*here, SyncRecord.remote_id.is_not(None))
    session.execute(
        update(PastInvoice).where(mine, PastInvoice.remote_id.in_(tied)).values(verdict=Verdict.LINKED.value)
    )
    known = past_candidates.customers(session, connection)
    numbers = select(PastInvoice.number_key).where(mine, PastInvoice.number_key != "")
    candidates = past_candidates.query(connection, look.since, look.until).where(Invoice.number_key.in_(numbers))
    after = ""
    while True:
        batch = candidates.where(Invoice.number_key > after).order_by(Invoice.number_key).limit(AT_ONCE)
        invoices = session.scalars(batch).all()
        if not invoices:
            return
        _judge_batch(session, connection, invoices, known)
        after = invoices[-1].number_key or ""


def _judge_batch(
    session: Session, connection: Connection, invoices: Sequence[Invoice], known: past_candidates.Customers
) -> None:
    by_number: dict[str, list[PastInvoice]] = {}
    wanted = [one.number_key for one in invoices]
    free = (PastInvoice.connection_id == connection.id, PastInvoice.verdict != Verdict.LINKED.value)
    for row in session.scalars(select(PastInvoice).where(*free, PastInvoice.number_key.in_(wanted))):
        by_number.setdefault(row.number_key, []).append(row)
    ours = past_candidates.ours(session, connection, invoices)
    for invoice in invoices:
        rows = by_number.get(invoice.number_key or "", [])
        found = judge(ours[invoice.id], [past_candidates.theirs(row, known) for row in rows])
        for row in rows:
            _note(row, invoice.id, found[row.remote_id])
    session.flush()


def _note(row: PastInvoice, local_id: UUID, finding: Finding) -> None:
    is_ours = finding.verdict is not Verdict.ONLY_THERE
    row.verdict, row.differs = finding.verdict.value, ",".join(finding.differs)
    row.local_id = local_id if is_ours else None
