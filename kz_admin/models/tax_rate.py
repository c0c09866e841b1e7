from __future__ import annotations

from decimal import Decimal

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.document import Versioned, key_text
from kz_admin.models.types import DecimalText, UtcMs


class TaxRate(Versioned):
    """A tax as this tenant charges it. Lines keep the name and percentage they were written with."""

    __tablename__ = "tax_rate"
    __table_args__ = (UniqueConstraint("tenant_id", "name_key"),)

    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(key_text(100))
    percent: Mapped[Decimal] = mapped_column(DecimalText)
    archived_at: Mapped[int | None] = mapped_column(UtcMs)
