from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kz_admin.domain.kinds import Kind
from kz_admin.models.client import Client
from kz_admin.models.document import Document, Versioned, key_text
from kz_admin.models.member import Member
from kz_admin.models.stored_file import StoredFile
from kz_admin.models.types import Minor
from kz_admin.models.vendor import Vendor


class ExpenseCategory(Versioned):
    """What money is spent on; mapped to an account of the books."""

    __tablename__ = "expense_category"
    __table_args__ = (UniqueConstraint("tenant_id", "name_key"),)

    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(key_text(100))


class Expense(Document):
    """What was bought, of whom, and the receipt for it."""

    __tablename__ = "expense"
    kind = Kind.EXPENSE

    member_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("member.id"))
    vendor_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("vendor.id"), index=True)
    client_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("client.id"))
    project_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("project.id"))
    category_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("expense_category.id"), index=True)
    spent_on: Mapped[str] = mapped_column(String(10))
    description: Mapped[str] = mapped_column(Text, default="")
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(Minor)  # what was paid, tax included
    tax_minor: Mapped[int] = mapped_column(Minor, default=0)
    tax_rate_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("tax_rate.id"))
    paid_with: Mapped[str] = mapped_column(String(20))
    billable: Mapped[bool] = mapped_column(default=False)
    receipt_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("stored_file.id"))

    member: Mapped[Member | None] = relationship(lazy="raise")
    vendor: Mapped[Vendor | None] = relationship(lazy="raise")
    client: Mapped[Client | None] = relationship(lazy="raise")
    category: Mapped[ExpenseCategory] = relationship(lazy="raise")
    receipt: Mapped[StoredFile | None] = relationship(lazy="raise")

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        return (*super().indexes(), Index("ix_expense_tenant_id_spent_on", "tenant_id", "spent_on", "id"))
