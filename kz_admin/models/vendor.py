from __future__ import annotations

from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.domain.kinds import Kind
from kz_admin.models.document import Document, key_text
from kz_admin.models.types import UtcMs


class Vendor(Document):
    """Whom a tenant buys from."""

    __tablename__ = "vendor"
    kind = Kind.VENDOR

    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(key_text(300))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    archived_at: Mapped[int | None] = mapped_column(UtcMs)

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        return (*super().indexes(), Index("uq_vendor_tenant_id_name_key", "tenant_id", "name_key", unique=True))
