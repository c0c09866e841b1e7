"""Their invoices of before the connection, as a look over there found them, and which of ours each one is.

Copies for people to decide by. No push reads them: what counts is the SyncRecord that a decision leaves.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import TenantOwned
from kz_admin.models.document import key_text
from kz_admin.models.types import Minor, UtcMs


class PastLook(TenantOwned):
    """The latest look of a connection: which days it covers, how far it is, what it waits for."""

    __tablename__ = "past_look"
    __table_args__ = (UniqueConstraint("connection_id"), Index("ix_past_look_next_at", "next_at"))

    connection_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("connection.id"))
    since: Mapped[str] = mapped_column(String(10))  # the first day of ours that is compared
    until: Mapped[str] = mapped_column(String(10))
    begun_at: Mapped[int] = mapped_column(UtcMs)
    begun_by: Mapped[str] = mapped_column(String(300))
    read: Mapped[int] = mapped_column(default=0)  # how many of theirs are stored; the next page begins behind them
    finished_at: Mapped[int | None] = mapped_column(UtcMs)
    next_at: Mapped[int | None] = mapped_column(UtcMs)  # when a worker goes on; nothing is left to do without it
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(String(500))


class PastInvoice(TenantOwned):
    """One of theirs."""

    __tablename__ = "past_invoice"
    __table_args__ = (
        UniqueConstraint("connection_id", "remote_id"),
        Index("ix_past_invoice_verdict", "connection_id", "verdict", "issued_on", "id"),
        Index("ix_past_invoice_number", "connection_id", "number_key"),
        Index("ix_past_invoice_local_id", "local_id"),
    )

    connection_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("connection.id"))
    remote_id: Mapped[str] = mapped_column(String(64))
    remote_version: Mapped[str] = mapped_column(String(64), default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    number_key: Mapped[str] = mapped_column(key_text(60), default="")
    issued_on: Mapped[str] = mapped_column(String(10), default="")
    customer: Mapped[str] = mapped_column(String(64), default="")  # their id
    customer_name: Mapped[str] = mapped_column(String(300), default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    total_minor: Mapped[int | None] = mapped_column(Minor)
    balance_minor: Mapped[int | None] = mapped_column(Minor)
    voided: Mapped[bool] = mapped_column(default=False)
    mark: Mapped[str] = mapped_column(String(36), default="")  # the document of ours whose marker it carries

    verdict: Mapped[str] = mapped_column(String(10))
    differs: Mapped[str] = mapped_column(String(60), default="")  # comma-separated
    local_id: Mapped[UUID | None] = mapped_column(Uuid)  # ours of the same number
    how: Mapped[str] = mapped_column(String(12), default="")  # pushing.LinkedBy, once it is confirmed
    confirmed_at: Mapped[int | None] = mapped_column(UtcMs)  # a person said so; a worker may be linking it still
    confirmed_by: Mapped[str | None] = mapped_column(String(300))
    confirmed_by_id: Mapped[UUID | None] = mapped_column(Uuid)
