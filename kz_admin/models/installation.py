from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import Base
from kz_admin.models.sealed import Sealed
from kz_admin.models.types import SealedText, UtcMs


class Installation(Base):
    """One row, written by the first migration: the id that tells this database from every copy's sibling."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[int] = mapped_column(UtcMs)
    base_url: Mapped[str | None] = mapped_column(String(300))  # under which it runs; another one means it was copied
    hash_key_sealed: Mapped[str | None] = mapped_column(SealedText)  # for company_key; never changed by key rotation

    hash_key = Sealed("hash_key_sealed")
