from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.document import Versioned, key_text
from kz_admin.models.types import DecimalText, UtcMs


class Member(Versioned):
    """Someone who logs time or expenses, whether or not they can sign in."""

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_tenant_id_name_key", "tenant_id", "name_key", "id"),)

    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(key_text(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    email_key: Mapped[str] = mapped_column(key_text(254), default="")
    hourly_rate: Mapped[Decimal | None] = mapped_column(DecimalText)
    user_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("user.id"))
    archived_at: Mapped[int | None] = mapped_column(UtcMs)
