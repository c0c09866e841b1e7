"""A hook call as it arrived: what makes a 2xx a promise."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import Identified
from kz_admin.models.types import UtcMs

_FULL = text("body IS NOT NULL")


class Receipt(Identified):
    """Unique by who sends (source), the sender's id of the delivery, and to whom (scope: a tenant or "app")."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("source", "delivery_id", "scope"),
        Index("ix_receipt_tenant_id_created_at", "tenant_id", "created_at", "id"),
        Index("ix_receipt_created_at", "created_at"),
        Index("ix_receipt_full", "created_at", sqlite_where=_FULL, postgresql_where=_FULL),
    )

    tenant_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("tenant.id"))
    source: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(String(40))
    delivery_id: Mapped[str] = mapped_column(String(255))
    what: Mapped[str] = mapped_column(String(60))  # paid, or the Stripe event's type
    body: Mapped[bytes | None] = mapped_column(LargeBinary)  # emptied by the hourly clean-up when it is old
    body_hash: Mapped[str] = mapped_column(String(64))
    api_key_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("api_key.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str | None] = mapped_column(String(60))
    detail: Mapped[str | None] = mapped_column(String(500))  # in plain words, for the developer's page
    invoice_id: Mapped[UUID | None] = mapped_column(Uuid)
    due_at: Mapped[int | None] = mapped_column(UtcMs, index=True)  # set while a job still has to fetch something
    tries: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=0)
