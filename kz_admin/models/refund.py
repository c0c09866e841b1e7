from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kz_admin.domain.kinds import Kind
from kz_admin.domain.payments import Method
from kz_admin.models.client import Client
from kz_admin.models.document import Document
from kz_admin.models.types import Minor, UtcMs


class Refund(Document):
    """Money given back: of a payment, or of what a credit note left open."""

    __tablename__ = "refund"
    kind = Kind.REFUND

    client_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("client.id"))
    payment_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("payment.id"), index=True)
    credit_note_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("credit_note.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(Minor)
    unused_minor: Mapped[int] = mapped_column(Minor, default=0)  # of it, what no invoice had used of the payment
    currency: Mapped[str] = mapped_column(String(3))
    refunded_on: Mapped[str] = mapped_column(String(10))
    method: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(100), default="")
    voided_at: Mapped[int | None] = mapped_column(UtcMs)

    client: Mapped[Client] = relationship(lazy="raise")

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        return (
            *super().indexes(),
            Index("ix_refund_tenant_id_refunded_on", "tenant_id", "refunded_on", "id"),
            CheckConstraint("(payment_id IS NULL) <> (credit_note_id IS NULL)", name="of_one_thing"),
        )

    @property
    def of_credit(self) -> bool:
        """It gives back, at least in part, what the client had to their credit, and not income."""
        return self.credit_note_id is not None or self.unused_minor > 0

    @property
    def as_method(self) -> Method:
        return Method(self.method)
