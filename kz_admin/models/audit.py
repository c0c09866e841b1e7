"""What people and settings did. Rows are added and never changed: the database refuses it (see the first migration)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import Base
from kz_admin.models.types import RowNumber, UtcMs


class AuditEntry(Base):
    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_tenant_id_id", "tenant_id", "id"),
        Index("ix_audit_entry_subject", "tenant_id", "subject_id", "id"),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    tenant_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("tenant.id"))
    at: Mapped[int] = mapped_column(UtcMs)
    actor_id: Mapped[UUID | None] = mapped_column(Uuid)  # no foreign key: the entry outlives the person
    actor: Mapped[str] = mapped_column(String(300))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(300))
    before: Mapped[str | None] = mapped_column(Text)  # JSON of what changed
    after: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(String(64))


class AuditSeal(Base):
    """One link of the chain: a hash over the entries it covers and over the link before."""

    __tablename__ = "audit_seal"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    at: Mapped[int] = mapped_column(UtcMs)
    settled_to: Mapped[int] = mapped_column(RowNumber)  # every entry up to this id is in some link
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditSealed(Base):
    """Which link covers an entry. A row of its own, because entries are never touched again."""

    __tablename__ = "audit_sealed"

    entry_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("audit_entry.id"), primary_key=True, autoincrement=False
    )
    seal_id: Mapped[int] = mapped_column(RowNumber, ForeignKey("audit_seal.id"), index=True)
