from __future__ import annotations

from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.domain.kinds import Kind
from kz_admin.domain.records import Address
from kz_admin.models.document import Document, key_text
from kz_admin.models.types import UtcMs


class Client(Document):
    """Whom a tenant sends invoices to."""

    __tablename__ = "client"
    kind = Kind.CLIENT

    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(key_text(300))
    company: Mapped[str] = mapped_column(String(300), default="")
    given_name: Mapped[str] = mapped_column(String(100), default="")
    middle_name: Mapped[str] = mapped_column(String(100), default="")
    family_name: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    email_key: Mapped[str] = mapped_column(key_text(254), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    line1: Mapped[str] = mapped_column(String(300), default="")
    line2: Mapped[str] = mapped_column(String(300), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    region: Mapped[str] = mapped_column(String(120), default="")
    postal_code: Mapped[str] = mapped_column(String(30), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    currency: Mapped[str] = mapped_column(String(3))  # of new invoices; each invoice has its own
    # Whether marketing mail is allowed, who said so and when (decision C30).
    marketable: Mapped[bool] = mapped_column(default=False)
    marketable_source: Mapped[str] = mapped_column(String(20), default="")
    marketable_by: Mapped[str] = mapped_column(String(300), default="")
    marketable_at: Mapped[int | None] = mapped_column(UtcMs)
    archived_at: Mapped[int | None] = mapped_column(UtcMs)

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        return (
            *super().indexes(),
            Index("ix_client_tenant_id_name_key", "tenant_id", "name_key", "id"),
            Index("ix_client_tenant_id_email_key", "tenant_id", "email_key"),
        )

    @property
    def address(self) -> Address:
        return Address(self.line1, self.line2, self.city, self.region, self.postal_code, self.country)
