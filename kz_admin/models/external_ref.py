"""How other programs call our documents."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import TenantOwned


class ExternalRef(TenantOwned):
    """A source's own id → our document. A hook finds its document by its own ref only."""

    __tablename__ = "external_ref"
    __table_args__ = (
        UniqueConstraint("tenant_id", "source", "kind", "external_id"),
        Index("ix_external_ref_document_id", "document_id"),
    )

    source: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))  # a kind, or member or tax_rate
    external_id: Mapped[str] = mapped_column(String(255))
    document_id: Mapped[UUID] = mapped_column(Uuid)  # no foreign key: the kind names the table
