from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kz_admin.domain.kinds import Kind
from kz_admin.domain.payments import Method
from kz_admin.models.client import Client
from kz_admin.models.document import Document, Part
from kz_admin.models.types import DecimalText, Minor, UtcMs


class Payment(Document):
    """Money a client paid. What no invoice could take stays on it for a person to look at."""

    __tablename__ = "payment"
    kind = Kind.PAYMENT

    client_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("client.id"))
    amount_minor: Mapped[int] = mapped_column(Minor)
    unallocated_minor: Mapped[int] = mapped_column(Minor)
    refunded_minor: Mapped[int] = mapped_column(Minor, default=0)
    currency: Mapped[str] = mapped_column(String(3))
    exchange_rate: Mapped[Decimal | None] = mapped_column(DecimalText)  # company currency for one unit; None: theirs
    paid_on: Mapped[str] = mapped_column(String(10))
    method: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(100), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(20))  # person, platform, stripe, csv, or the provider it was read from
    deposit_account: Mapped[str] = mapped_column(String(300), default="")  # as the books name it, when read from there
    voided_at: Mapped[int | None] = mapped_column(UtcMs)

    client: Mapped[Client] = relationship(lazy="raise")
    allocations: Mapped[list[PaymentAllocation]] = relationship(lazy="raise", cascade="all, delete-orphan")

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        return (
            *super().indexes(),
            Index("ix_payment_tenant_id_paid_on", "tenant_id", "paid_on", "id"),
            Index("ix_payment_client_id_paid_on", "client_id", "paid_on", "id"),
        )

    @property
    def as_method(self) -> Method:
        return Method(self.method)


class PaymentAllocation(Part):
    """How much of a payment settles which invoice."""

    __tablename__ = "payment_allocation"
    __table_args__ = (UniqueConstraint("payment_id", "invoice_id"),)

    payment_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("payment.id"))
    invoice_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("invoice.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(Minor)

    def document_key(self) -> tuple[type[Document], UUID]:
        return Payment, self.payment_id
