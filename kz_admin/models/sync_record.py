"""One of our documents on one connection: which revision is wanted over there, which one is, and where it stands."""

from __future__ import annotations

import json
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import UNLINKED, LinkedBy
from kz_admin.domain.status import SyncState
from kz_admin.models.base import TenantOwned
from kz_admin.models.types import DecimalText, Minor, UtcMs

# Two clients of ours may be one customer over there; two invoices never are one invoice.
ONE_TO_ONE = text("remote_id IS NOT NULL AND kind NOT IN ('client', 'project', 'service', 'vendor')")
_STUCK = text("state IN ('failed', 'parked')")


class SyncRecord(TenantOwned):
    __tablename__ = "sync_record"
    __table_args__ = (
        UniqueConstraint("connection_id", "kind", "local_id", "part"),
        Index(
            "uq_sync_record_remote",
            "connection_id",
            "kind",
            "remote_type",
            "remote_id",
            "part",
            unique=True,
            sqlite_where=ONE_TO_ONE,
            postgresql_where=ONE_TO_ONE,
        ),
        Index("ix_sync_record_connection_id_state_due_at", "connection_id", "state", "due_at"),
        Index("ix_sync_record_local_id", "local_id"),
        Index("ix_sync_record_waits_for_id", "waits_for_id"),
        Index("ix_sync_record_tenant_id_cause", "tenant_id", "cause"),
        # What somebody has to look at: few among many, read by the board of causes and by the clock.
        Index("ix_sync_record_stuck", "connection_id", "cause", sqlite_where=_STUCK, postgresql_where=_STUCK),
    )

    connection_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("connection.id"))
    kind: Mapped[str] = mapped_column(String(20))
    local_id: Mapped[UUID] = mapped_column(Uuid)  # no foreign key: the kind names the table
    # '' but for a client (its currency), the built-in service (the income account), Xero's payment (the invoice), the
    # share of QuickBooks' payment that settles invoices of another customer (that customer), the use of a credit note,
    # and what undoes an invoice in closed books (domain/pushing.py)
    part: Mapped[str] = mapped_column(String(64), default="")

    planned_revision: Mapped[int] = mapped_column(default=0)  # seen by the rules
    wanted_revision: Mapped[int] = mapped_column(default=0)  # admitted by them
    removes: Mapped[bool] = mapped_column(default=False)  # voided here: it travels first, and backwards
    pushed_revision: Mapped[int] = mapped_column(default=0)  # over there
    pushed_hash: Mapped[str | None] = mapped_column(String(64))
    pushed_snapshot: Mapped[str | None] = mapped_column(Text)
    pushed_at: Mapped[int | None] = mapped_column(UtcMs)

    remote_type: Mapped[str | None] = mapped_column(String(40))
    remote_id: Mapped[str | None] = mapped_column(String(64))
    remote_version: Mapped[str | None] = mapped_column(String(64))
    remote_number: Mapped[str | None] = mapped_column(String(60))
    remote_customer: Mapped[str | None] = mapped_column(String(64))  # whom it was booked to over there
    remote_total: Mapped[int | None] = mapped_column(Minor)  # by their last answer, in the document's currency
    remote_balance: Mapped[int | None] = mapped_column(Minor)
    remote_rate: Mapped[Decimal | None] = mapped_column(DecimalText)  # the exchange rate they used, where there is one
    linked_by: Mapped[str | None] = mapped_column(String(12))  # match, person, created, merge
    note: Mapped[str | None] = mapped_column(String(300))  # a done one's second line, such as totals that differ

    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(30))  # of idle (rules.Reason) or held (status.Hold)
    problem: Mapped[str | None] = mapped_column(String(60))  # the catalogue's slug of failed and parked
    cause: Mapped[str | None] = mapped_column(String(120))  # slug and subject, what cards group by
    problem_facts: Mapped[str | None] = mapped_column(Text)  # JSON: what fills the catalogue's sentences
    problem_at: Mapped[int | None] = mapped_column(UtcMs)
    waits_for_id: Mapped[UUID | None] = mapped_column(Uuid)  # the record that has to be over there first
    choices: Mapped[str | None] = mapped_column(Text)  # JSON: what a person or a refusal decided (pushing.Refs.choices)
    look_first: Mapped[bool] = mapped_column(default=False)  # before a create, look over there whether it is there
    due_at: Mapped[int | None] = mapped_column(UtcMs)
    lane: Mapped[str] = mapped_column(String(12))
    kills: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)  # temporary failures since the last result
    failing_since: Mapped[int | None] = mapped_column(UtcMs)
    generation: Mapped[int] = mapped_column(default=0)  # raised for every new Call of the same verb

    asked_at: Mapped[int | None] = mapped_column(UtcMs)  # a person said "Copy to …"
    ignored_at: Mapped[int | None] = mapped_column(UtcMs)
    ignored_by: Mapped[str | None] = mapped_column(String(300))

    @property
    def as_state(self) -> SyncState:
        return SyncState(self.state)

    @property
    def as_kind(self) -> Kind:
        return Kind(self.kind)

    @property
    def over_there(self) -> bool:
        return self.remote_id is not None

    @property
    def unlinked(self) -> bool:
        """A person said that it is not what it was linked to; only a person's word lets it over again."""
        return not self.over_there and self.choices is not None and UNLINKED in json.loads(self.choices)

    @property
    def only_linked(self) -> bool:
        """It was there before us and nobody ever wanted ours over there: never overwritten unasked."""
        return self.over_there and self.linked_by in (LinkedBy.MATCH, LinkedBy.PERSON) and self.wanted_revision == 0
