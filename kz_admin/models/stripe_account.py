"""How a tenant's Stripe account reaches us: which signature its events carry, and the key that reads long invoices."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import TenantOwned
from kz_admin.models.sealed import Sealed
from kz_admin.models.types import SealedText, UtcMs


class StripeAccount(TenantOwned):
    __tablename__ = "stripe_account"
    __table_args__ = (UniqueConstraint("tenant_id"),)

    account: Mapped[str | None] = mapped_column(String(100), unique=True)  # acct_…, how Connect names the tenant
    endpoint_secret_sealed: Mapped[str | None] = mapped_column(SealedText)
    previous_secret_sealed: Mapped[str | None] = mapped_column(SealedText)  # the second live one, while it is rolled
    restricted_key_sealed: Mapped[str | None] = mapped_column(SealedText)
    changed_at: Mapped[int] = mapped_column(UtcMs)
    version: Mapped[int] = mapped_column()

    endpoint_secret = Sealed("endpoint_secret_sealed")
    previous_secret = Sealed("previous_secret_sealed")
    restricted_key = Sealed("restricted_key_sealed")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it once
