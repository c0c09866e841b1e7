from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kz_admin.domain.kinds import Kind
from kz_admin.models.client import Client
from kz_admin.models.document import Document
from kz_admin.models.member import Member
from kz_admin.models.project import Project
from kz_admin.models.service import Service
from kz_admin.models.types import DecimalText, UtcMs


class TimeEntry(Document):
    """Time a member worked. Only approved time goes to the books (PG-11)."""

    __tablename__ = "time_entry"
    kind = Kind.TIME_ENTRY

    member_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("member.id"))
    client_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("client.id"))
    project_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("project.id"))
    service_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("service.id"))
    worked_on: Mapped[str] = mapped_column(String(10))
    minutes: Mapped[int] = mapped_column()
    description: Mapped[str] = mapped_column(Text, default="")
    billable: Mapped[bool] = mapped_column(default=True)
    hourly_rate: Mapped[Decimal | None] = mapped_column(DecimalText)
    approved_at: Mapped[int | None] = mapped_column(UtcMs)
    approved_by: Mapped[str] = mapped_column(String(300), default="")

    member: Mapped[Member] = relationship(lazy="raise")
    client: Mapped[Client] = relationship(lazy="raise")
    project: Mapped[Project | None] = relationship(lazy="raise")
    service: Mapped[Service | None] = relationship(lazy="raise")

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        return (
            *super().indexes(),
            Index("ix_time_entry_tenant_id_worked_on", "tenant_id", "worked_on", "id"),
            Index("ix_time_entry_member_id_worked_on", "member_id", "worked_on", "id"),
        )
