"""What is left to do after connecting, computed from how things stand: nobody ticks anything off, any order is fine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain.kinds import Kind
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.lists import List
from kz_admin.domain.presets import PushOn
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.invoice import Invoice
from kz_admin.models.service import Service
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tax_rate import TaxRate
from kz_admin.services import carry_over, defaults, first_pass, past_invoices, settings
from kz_admin.services.defaults import Accounts

COUNTED_AT_MOST = 2_000


class Stand(StrEnum):
    """How a task stands. Only what is missing keeps documents from going over."""

    DONE = "done"
    MISSING = "missing"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class Linked:
    """How many of ours are tied to one of theirs; neither is counted further than one more than is shown."""

    there: int
    of: int

    @property
    def stand(self) -> Stand:
        return Stand.DONE if self.there >= self.of else Stand.OPTIONAL


@dataclass(frozen=True)
class SetUp:
    """How each task of a connection stands, and what its page needs to say so."""

    accounts: Accounts
    clients: Linked
    services: Linked
    tax_rates: int
    start_at: int | None
    starts_later: bool
    sends_by_itself: bool
    waits_for_pass: bool  # automatic push is chosen, and the customers come first
    earlier: int  # invoices that count and are not over there
    first: UUID | None  # an invoice to try with
    first_title: str
    succeeded: int
    compared: Mapping[List, Mapping[str, int]] = field(default_factory=dict)  # the reconciliation pass, by tab
    past: past_invoices.Stand = field(default_factory=past_invoices.Stand)
    carried_from: str = ""  # the company that was connected before this one
    carried: int | None = None  # of its choices, how many fit here; None: not counted

    @property
    def accounts_stand(self) -> Stand:
        return Stand.MISSING if self.accounts.needs_attention or not self.accounts.read_at else Stand.DONE

    @property
    def start_stand(self) -> Stand:
        return Stand.DONE if self.start_at is not None else Stand.MISSING

    @property
    def taxes_stand(self) -> Stand:
        return Stand.DONE if self.tax_rates == 0 else Stand.OPTIONAL

    @property
    def earlier_stand(self) -> Stand:
        return Stand.DONE if self.earlier == 0 or self.past.settled else Stand.OPTIONAL

    @property
    def carried_stand(self) -> Stand:
        return Stand.DONE if self.carried == 0 else Stand.OPTIONAL

    @property
    def push_stand(self) -> Stand:
        return Stand.DONE if self.succeeded else Stand.OPTIONAL

    @property
    def stands(self) -> tuple[Stand, ...]:
        parts = (self.clients.stand, self.services.stand, self.taxes_stand, self.earlier_stand, self.push_stand)
        carried = (self.carried_stand,) if self.carried_from else ()
        return (self.accounts_stand, self.start_stand, *parts, *carried)

    @property
    def missing(self) -> int:
        return sum(stand is Stand.MISSING for stand in self.stands)

    @property
    def done(self) -> int:
        return sum(stand is Stand.DONE for stand in self.stands)


def of(connection: Connection) -> SetUp:
    chosen, accounts = settings.of(connection), defaults.of(connection)
    source = carry_over.source_of(connection)
    carried = carry_over.offered(connection, source) if source else None
    with reading() as session:
        trial = session.execute(_trial(connection)).first()
        compared = {which: first_pass.open_ones(session, connection, which) for which in first_pass.KINDS}
        return SetUp(
            accounts=accounts,
            clients=_linked(session, connection, Kind.CLIENT, _mine(connection, Client)),
            services=_linked(session, connection, Kind.SERVICE, _mine(connection, Service).where(~Service.built_in)),
            tax_rates=_count(session, _mine(connection, TaxRate)),
            start_at=connection.start_at,
            starts_later=connection.start_at is not None and connection.start_at > clock.now_ms(),
            waits_for_pass=chosen.pass_first,
            sends_by_itself=chosen.push_on is not PushOn.MANUAL and chosen.pushes(Kind.INVOICE) and not chosen.shadow,
            earlier=_count(session, _not_there(connection)),
            first=trial[0] if trial else None,
            first_title=(trial[1] or "") if trial else "",
            succeeded=_count(session, _over_there(connection, Kind.INVOICE)),
            compared=compared,
            past=past_invoices.stand_of(session, connection),
            carried_from=source.company_name if source else "",
            carried=carried,
        )


def _mine(connection: Connection, model: type[Client] | type[Service] | type[TaxRate]) -> Select[UUID]:
    return select(model.id).where(model.tenant_id == connection.tenant_id, model.archived_at.is_(None))


def _over_there(connection: Connection, kind: Kind) -> Select[UUID]:
    return select(SyncRecord.local_id).where(
        SyncRecord.connection_id == connection.id, SyncRecord.kind == kind.value, SyncRecord.remote_id.is_not(None)
    )


def _linked(session: Session, connection: Connection, kind: Kind, mine: Select[UUID]) -> Linked:
    model = {Kind.CLIENT: Client, Kind.SERVICE: Service}[kind]
    there = mine.where(model.id.in_(_over_there(connection, kind)))
    return Linked(_count(session, there), _count(session, mine))


def _not_there(connection: Connection) -> Select[UUID]:
    counts = Invoice.state.not_in([InvoiceState.DRAFT.value, InvoiceState.VOID.value])
    mine = select(Invoice.id).where(Invoice.tenant_id == connection.tenant_id, counts)
    return mine.where(Invoice.id.not_in(_over_there(connection, Kind.INVOICE)))


def _trial(connection: Connection) -> Select[UUID, str | None]:
    """The newest paid invoice that is not over there, else the newest open one."""
    paid = Invoice.state == InvoiceState.PAID.value
    query = select(Invoice.id, Invoice.number).where(Invoice.id.in_(_not_there(connection)))
    return query.order_by(paid.desc(), Invoice.issued_on.desc(), Invoice.id.desc()).limit(1)


def _count(session: Session, query: Select[UUID]) -> int:
    return session.scalar(select(func.count()).select_from(query.limit(COUNTED_AT_MOST + 1).subquery())) or 0
