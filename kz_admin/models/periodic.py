"""The rights and dates of processes that share work: leases, and when periodic work is due again."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import Base
from kz_admin.models.types import UtcMs


class Lease(Base):
    """The right of one process to do something alone until a moment; `fence` rises with every new holder."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(60))
    until: Mapped[int] = mapped_column(UtcMs)
    fence: Mapped[int]


class PeriodicWork(Base):
    __tablename__ = "periodic_work"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[int] = mapped_column(UtcMs)
    last_ok_at: Mapped[int | None] = mapped_column(UtcMs)
    last_problem: Mapped[str | None] = mapped_column(String(500))
