"""What goes to people besides mail: a tenant's chat channel, what waits for it, and which digests were written."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import TenantOwned
from kz_admin.models.sealed import Sealed
from kz_admin.models.types import SealedText, UtcMs


class ChatChannel(TenantOwned):
    """Where a tenant's chat takes messages. The address is a secret: whoever has it can write there."""

    __tablename__ = "chat_channel"
    __table_args__ = (UniqueConstraint("tenant_id"),)

    address_sealed: Mapped[str] = mapped_column(SealedText)
    host: Mapped[str] = mapped_column(String(255))  # what pages show of it
    added_by: Mapped[str] = mapped_column(String(300))
    last_ok_at: Mapped[int | None] = mapped_column(UtcMs)
    last_problem: Mapped[str | None] = mapped_column(String(300))

    address = Sealed("address_sealed")


class ChatMessage(TenantOwned):
    """An outgoing message, written in the transaction that opened its alert; one for each alert."""

    __tablename__ = "chat_message"
    __table_args__ = (UniqueConstraint("alert_id"), Index("ix_chat_message_state_due_at", "state", "due_at"))

    alert_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("alert.id"))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))  # waiting, sent, failed
    due_at: Mapped[int] = mapped_column(UtcMs)
    tries: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_until: Mapped[int | None] = mapped_column(UtcMs)
    sent_at: Mapped[int | None] = mapped_column(UtcMs)
    problem: Mapped[str | None] = mapped_column(String(300))


class Digest(TenantOwned):
    """That a tenant's digest of a day was written: the unique key lets no crash write it twice."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("tenant_id", "day"),)

    day: Mapped[str] = mapped_column(String(10))  # in the tenant's time zone
    mails: Mapped[int]
