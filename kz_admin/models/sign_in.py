"""How people get in: sign-ins alive on the server, invitations, links to choose a password, failed tries."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import Base, Identified, TenantOwned
from kz_admin.models.types import RowNumber, UtcMs


class SignIn(Identified):
    """One browser of one person. Ended rows let nobody in, whatever the browser still holds."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user.id"), index=True)
    tenant_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("tenant.id"))
    expires_at: Mapped[int] = mapped_column(UtcMs, index=True)
    ended_at: Mapped[int | None] = mapped_column(UtcMs)


class Invitation(TenantOwned):
    __tablename__ = "invitation"

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    role: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[int] = mapped_column(UtcMs)
    invited_by: Mapped[str] = mapped_column(String(200))
    accepted_at: Mapped[int | None] = mapped_column(UtcMs)
    withdrawn_at: Mapped[int | None] = mapped_column(UtcMs)


class PasswordLink(Identified):
    """A one-time link by which a person chooses a password: forgotten, or the first one."""

    __tablename__ = "password_link"

    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[int] = mapped_column(UtcMs)
    used_at: Mapped[int | None] = mapped_column(UtcMs)


class FailedSignIn(Base):
    """Counted by what was tried and by where it came from; neither stands here in clear."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (Index("ix_failed_sign_in_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[int] = mapped_column(UtcMs, index=True)
