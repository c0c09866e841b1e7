"""Files people give us, such as receipts: sealed, in pieces, in the database, because web and worker share no disk."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import TenantOwned
from kz_admin.models.sealed import Sealed
from kz_admin.models.types import SealedText


class StoredFile(TenantOwned):
    __tablename__ = "stored_file"

    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column()
    sha256: Mapped[str] = mapped_column(String(64))


class StoredChunk(TenantOwned):
    __tablename__ = "stored_chunk"
    __table_args__ = (UniqueConstraint("file_id", "number"),)

    file_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("stored_file.id"))
    number: Mapped[int] = mapped_column()
    data_sealed: Mapped[str] = mapped_column(SealedText)

    data = Sealed("data_sealed")  # base64 of this piece
