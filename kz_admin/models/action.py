from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import TenantOwned


class Action(TenantOwned):
    """A form that was sent once. Sent again, by a double click or Back, it leads to the same result (HX-13)."""

    __tablename__ = "action"
    __table_args__ = (UniqueConstraint("tenant_id", "action_id"), Index("ix_action_created_at", "created_at"))

    action_id: Mapped[UUID] = mapped_column(Uuid)
    result_id: Mapped[UUID] = mapped_column(Uuid)
