from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import TenantOwned
from kz_admin.models.types import UtcMs

_IS_OPEN = text("closed_at IS NULL")


class Alert(TenantOwned):
    """Something people must know; one open alert per cause, however often it happens."""

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open_cause",
            "tenant_id",
            "cause",
            "subject",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
    )

    connection_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("connection.id"))
    cause: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(64))
    sentence: Mapped[str] = mapped_column(String(500))
    board_key: Mapped[str | None] = mapped_column(String(120))  # of the cause on the board that it speaks of
    closed_at: Mapped[int | None] = mapped_column(UtcMs)
