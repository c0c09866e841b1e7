from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import TenantOwned


class NumberSeries(TenantOwned):
    """The next number of invoices or credit notes; the row is locked while one is taken."""

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("tenant_id", "kind"),)

    kind: Mapped[str] = mapped_column(String(20))
    prefix: Mapped[str] = mapped_column(String(20))
    next: Mapped[int] = mapped_column()
