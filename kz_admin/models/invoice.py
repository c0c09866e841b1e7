from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lifecycle import Facts, InvoiceState
from kz_admin.models.document import Document
from kz_admin.models.sale import Sale, SaleLine
from kz_admin.models.types import Minor, UtcMs


class Invoice(Sale):
    __tablename__ = "invoice"
    kind = Kind.INVOICE

    due_on: Mapped[str] = mapped_column(String(10), default="")
    terms: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(12))  # follows from the columns below (domain/lifecycle.py)
    paid_minor: Mapped[int] = mapped_column(Minor, default=0)
    credited_minor: Mapped[int] = mapped_column(Minor, default=0)
    written_off_minor: Mapped[int] = mapped_column(Minor, default=0)
    sent_at: Mapped[int | None] = mapped_column(UtcMs)
    paid_at: Mapped[int | None] = mapped_column(UtcMs)  # the moment it became paid, which the start date looks at
    written_off_at: Mapped[int | None] = mapped_column(UtcMs)

    lines: Mapped[list[InvoiceLine]] = relationship(
        lazy="raise", order_by="InvoiceLine.position", cascade="all, delete-orphan", passive_deletes=True
    )

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        return (
            *super().indexes(),
            Index("ix_invoice_tenant_id_state_issued_on", "tenant_id", "state", "issued_on", "id"),
        )

    @property
    def settled_minor(self) -> int:
        return self.paid_minor + self.credited_minor

    @property
    def facts(self) -> Facts:
        return Facts(
            total=self.total_minor,
            settled=self.settled_minor,
            finalised=self.finalised_at is not None,
            sent=self.sent_at is not None,
            voided=self.voided_at is not None,
            written_off=self.written_off_at is not None,
        )

    @property
    def as_state(self) -> InvoiceState:
        return InvoiceState(self.state)

    @property
    def title(self) -> str:
        return self.number or "Draft"


class InvoiceLine(SaleLine):
    __tablename__ = "invoice_line"

    invoice_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("invoice.id", ondelete="CASCADE"), index=True)

    def document_key(self) -> tuple[type[Document], UUID]:
        return Invoice, self.invoice_id
