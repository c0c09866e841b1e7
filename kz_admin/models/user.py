"""A person, and the tenants they work for."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kz_admin.domain.roles import Role
from kz_admin.models.base import Identified, TenantOwned
from kz_admin.models.tenant import Tenant
from kz_admin.models.types import UtcMs


class User(Identified):
    __tablename__ = "user"

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)  # case and outer space do not make a second person
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_operator: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[int | None] = mapped_column(UtcMs)


class Membership(TenantOwned):
    """A person's role in a tenant; on screen, one of its people."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("tenant_id", "user_id"),)

    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    disabled_at: Mapped[int | None] = mapped_column(UtcMs)
    wants_digest: Mapped[bool | None]  # None: as their role usually does (services.notifications)
    wants_alerts: Mapped[bool | None]
    version: Mapped[int] = mapped_column()

    user: Mapped[User] = relationship(lazy="raise")
    tenant: Mapped[Tenant] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it once

    @property
    def as_role(self) -> Role:
        return Role(self.role)


def email_key(email: str) -> str:
    """Folding can make an address longer, so it is cut to what its column takes."""
    return email.strip().casefold()[:254]
