"""What the billing platform calls us with: a key that names the tenant, and the secrets it signs with."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import Identified
from kz_admin.models.sealed import Sealed
from kz_admin.models.types import SealedText, UtcMs


class ApiKey(Identified):
    """Only a hash is stored; the prefix lets people recognise a key. Without tenant it is a platform key."""

    __tablename__ = "api_key"

    tenant_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("tenant.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(24))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    last_used_at: Mapped[int | None] = mapped_column(UtcMs)
    revoked_at: Mapped[int | None] = mapped_column(UtcMs)


class SigningSecret(Identified):
    """The secret a key's requests are signed with; two live ones let a platform change it without a gap."""

    __tablename__ = "signing_secret"

    tenant_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("tenant.id"))
    api_key_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("api_key.id"), index=True)
    secret_sealed: Mapped[str] = mapped_column(SealedText)
    retired_at: Mapped[int | None] = mapped_column(UtcMs)

    secret = Sealed("secret_sealed")
