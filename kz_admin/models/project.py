from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kz_admin.domain.kinds import Kind
from kz_admin.models.client import Client
from kz_admin.models.document import Document, key_text
from kz_admin.models.types import UtcMs


class Project(Document):
    """A piece of work for one client; a platform may call it a workflow."""

    __tablename__ = "project"
    kind = Kind.PROJECT

    client_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("client.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(key_text(300))
    code: Mapped[str] = mapped_column(String(60), default="")
    archived_at: Mapped[int | None] = mapped_column(UtcMs)

    client: Mapped[Client] = relationship(lazy="raise")

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        return (*super().indexes(), Index("ix_project_tenant_id_name_key", "tenant_id", "name_key", "id"))
