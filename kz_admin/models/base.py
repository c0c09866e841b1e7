"""What every table shares: names of constraints, ids, and belonging to a tenant."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, MetaData, Uuid, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from kz_admin import clock, ids
from kz_admin.models.types import UtcMs

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(metadata=Base.metadata)


class Identified(Base):
    """A row with a public id of its own, known as soon as the object exists (sealed columns need it)."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    created_at: Mapped[int] = mapped_column(UtcMs)

    def __init__(self, **values: Any) -> None:
        values.setdefault("id", ids.uuid7())
        values.setdefault("created_at", clock.now_ms())
        super().__init__(**values)


class TenantOwned(Identified):
    """A row of one tenant. There is no getter without the tenant."""

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("tenant.id"), index=True)

    @classmethod
    def of_tenant(cls, session: Session, tenant_id: UUID, row_id: UUID | None) -> Self | None:
        """The tenant's row with this id; a foreign id and a missing one are the same answer."""
        if row_id is None:
            return None
        return session.scalar(select(cls).where(cls.id == row_id, cls.tenant_id == tenant_id))
