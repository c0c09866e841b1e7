from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.models.base import Identified
from kz_admin.models.sealed import Sealed
from kz_admin.models.types import SealedText, UtcMs


class Mail(Identified):
    """An outgoing mail. Written in the transaction that caused it, delivered by the worker afterwards.

    The text is sealed: it may hold a link that lets its reader in.
    """

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_state_due_at", "state", "due_at"),)

    tenant_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("tenant.id"), index=True)
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    purpose: Mapped[str] = mapped_column(String(20))
    text_sealed: Mapped[str] = mapped_column(SealedText)
    html_sealed: Mapped[str | None] = mapped_column(SealedText)
    state: Mapped[str] = mapped_column(String(12))  # waiting, sent, failed, kept
    due_at: Mapped[int] = mapped_column(UtcMs)
    tries: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_until: Mapped[int | None] = mapped_column(UtcMs)
    sent_at: Mapped[int | None] = mapped_column(UtcMs)
    problem: Mapped[str | None] = mapped_column(String(500))

    text = Sealed("text_sealed")
    html = Sealed("html_sealed")
