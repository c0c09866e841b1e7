"""What can be chosen on their side, and what was chosen: one mechanism for all lists."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import TenantOwned
from kz_admin.models.types import UtcMs


class Option(TenantOwned):
    """A cached choice: an account, an item, an employee … as the company has it."""

    __tablename__ = "option"
    __table_args__ = (UniqueConstraint("connection_id", "list", "remote_id"),)

    connection_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("connection.id"))
    list: Mapped[str] = mapped_column(String(20))
    remote_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(500))
    group: Mapped[str] = mapped_column(String(60), default="")  # an account's type: what the choice is for
    details: Mapped[str] = mapped_column(Text, default="{}")
    active: Mapped[bool]
    read_at: Mapped[int] = mapped_column(UtcMs)


class OptionList(TenantOwned):
    """How fresh a cached list is: "as of 09:12", or why it could not be read."""

    __tablename__ = "option_list"
    __table_args__ = (UniqueConstraint("connection_id", "list"),)

    connection_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("connection.id"))
    list: Mapped[str] = mapped_column(String(20))
    read_at: Mapped[int | None] = mapped_column(UtcMs)
    problem: Mapped[str | None] = mapped_column(String(500))


class Mapping(TenantOwned):
    """Subject → option. An empty option is the explicit choice of none, which is not the same as no row."""

    __tablename__ = "mapping"
    __table_args__ = (UniqueConstraint("connection_id", "list", "subject"),)

    connection_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("connection.id"))
    list: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(64))
    remote_id: Mapped[str] = mapped_column(String(64))
    chosen_how: Mapped[str] = mapped_column(String(12))  # for_you, exact, person
    chosen_by: Mapped[str] = mapped_column(String(300))
    chosen_at: Mapped[int] = mapped_column(UtcMs)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it once


class Suggestion(TenantOwned):
    """What Auto-Match would choose for a subject, and why. It binds nobody: pushes read mappings only."""

    __tablename__ = "suggestion"
    __table_args__ = (UniqueConstraint("connection_id", "list", "subject"),)

    connection_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("connection.id"))
    list: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(64))
    remote_id: Mapped[str] = mapped_column(String(64))  # the best one
    others: Mapped[str] = mapped_column(Text, default="[]")  # JSON: what else it could be
    certainty: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(String(200))
    contested: Mapped[bool] = mapped_column(default=False)  # another subject has, or would get, the same option
