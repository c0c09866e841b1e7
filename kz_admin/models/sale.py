"""The columns that invoices and credit notes share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from kz_admin.models.client import Client
from kz_admin.models.document import Document, Part, key_text
from kz_admin.models.types import DecimalText, Minor, UtcMs


class Sale(Document):
    __abstract__ = True

    client_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("client.id"))
    project_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("project.id"))
    number: Mapped[str | None] = mapped_column(String(60))  # a draft may have none yet
    number_key: Mapped[str | None] = mapped_column(key_text(60))
    issued_on: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str] = mapped_column(String(3))
    exchange_rate: Mapped[Decimal | None] = mapped_column(DecimalText)  # company currency for one unit; None: theirs
    prices: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="")
    discount_percent: Mapped[Decimal | None] = mapped_column(DecimalText)
    tax_stated: Mapped[bool] = mapped_column(default=False)  # the sender gave the tax; it stands as given
    subtotal_minor: Mapped[int] = mapped_column(Minor)
    discount_minor: Mapped[int] = mapped_column(Minor, default=0)
    tax_minor: Mapped[int] = mapped_column(Minor)
    total_minor: Mapped[int] = mapped_column(Minor)
    open_minor: Mapped[int] = mapped_column(Minor)
    finalised_at: Mapped[int | None] = mapped_column(UtcMs)
    voided_at: Mapped[int | None] = mapped_column(UtcMs)

    @declared_attr
    @classmethod
    def client(cls) -> Mapped[Client]:
        return relationship(Client, lazy="raise")

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        name = cls.__tablename__
        return (
            *super().indexes(),
            # Equal numbers in another case or with other spaces are the same number.
            Index(f"uq_{name}_tenant_id_number_key", "tenant_id", "number_key", unique=True),
            Index(f"ix_{name}_tenant_id_issued_on", "tenant_id", "issued_on", "id"),
            Index(f"ix_{name}_client_id_issued_on", "client_id", "issued_on", "id"),
        )


class SaleLine(Part):
    """What was done, how much of it, at which price. Tax is kept as it was on the day."""

    __abstract__ = True

    position: Mapped[int] = mapped_column()
    description: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(DecimalText)
    unit_price: Mapped[Decimal] = mapped_column(DecimalText)
    amount_minor: Mapped[int] = mapped_column(Minor)
    discount_minor: Mapped[int] = mapped_column(Minor, default=0)
    tax_minor: Mapped[int] = mapped_column(Minor, default=0)
    tax_rate_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("tax_rate.id"))
    tax_name: Mapped[str] = mapped_column(String(100), default="")
    tax_percent: Mapped[Decimal | None] = mapped_column(DecimalText)
    service_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("service.id"))
