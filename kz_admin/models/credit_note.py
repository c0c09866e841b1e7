from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kz_admin.domain.kinds import Kind
from kz_admin.models.document import Document, Part
from kz_admin.models.sale import Sale, SaleLine
from kz_admin.models.types import Minor


class CreditNote(Sale):
    """Takes back all or part of what was invoiced. Its open amount can be applied to invoices or refunded."""

    __tablename__ = "credit_note"
    kind = Kind.CREDIT_NOTE

    invoice_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("invoice.id"), index=True)
    refunded_minor: Mapped[int] = mapped_column(Minor, default=0)

    lines: Mapped[list[CreditNoteLine]] = relationship(
        lazy="raise", order_by="CreditNoteLine.position", cascade="all, delete-orphan", passive_deletes=True
    )
    allocations: Mapped[list[CreditAllocation]] = relationship(lazy="raise", cascade="all, delete-orphan")

    @property
    def title(self) -> str:
        return self.number or "Draft"


class CreditNoteLine(SaleLine):
    __tablename__ = "credit_note_line"

    credit_note_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("credit_note.id", ondelete="CASCADE"), index=True)

    def document_key(self) -> tuple[type[Document], UUID]:
        return CreditNote, self.credit_note_id


class CreditAllocation(Part):
    """How much of a credit note settles which invoice."""

    __tablename__ = "credit_allocation"
    __table_args__ = (UniqueConstraint("credit_note_id", "invoice_id"),)

    credit_note_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("credit_note.id"))
    invoice_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("invoice.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(Minor)

    def document_key(self) -> tuple[type[Document], UUID]:
        return CreditNote, self.credit_note_id
