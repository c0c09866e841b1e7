from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import Base
from kz_admin.models.types import UtcMs


class Installation(Base):
    """One row, written by the first migration: the id that tells this database from every copy's sibling."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[int] = mapped_column(UtcMs)
