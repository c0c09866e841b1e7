from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.domain.kinds import Kind
from kz_admin.models.document import Document, key_text
from kz_admin.models.types import DecimalText, UtcMs

_BUILT_IN = text("built_in")


class Service(Document):
    """What is sold, on the lines of invoices; a platform may call it a task."""

    __tablename__ = "service"
    kind = Kind.SERVICE

    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(key_text(300))
    description: Mapped[str] = mapped_column(Text, default="")
    unit_price: Mapped[Decimal | None] = mapped_column(DecimalText)
    tax_rate_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("tax_rate.id"))
    # Carries the lines that name no service; every tenant has one (DESIGN section 5).
    built_in: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[int | None] = mapped_column(UtcMs)

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        return (
            *super().indexes(),
            Index("uq_service_tenant_id_name_key", "tenant_id", "name_key", unique=True),
            Index("uq_service_built_in", "tenant_id", unique=True, sqlite_where=_BUILT_IN, postgresql_where=_BUILT_IN),
        )
