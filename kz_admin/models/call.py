"""What left for a provider, and which documents it was about (reliability.md 2.1).

A Call is one HTTP write, frozen before its first byte left: sent again, it is the same bytes under the same request
id. An Attempt is one SyncRecord's place in it. While an Attempt is open nobody else may send for its record: the
partial unique index is what protects a document, whoever believes to hold the lease.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kz_admin.models.base import TenantOwned
from kz_admin.models.types import UtcMs

_OPEN = text("closed_at IS NULL")
_FULL = text("body IS NOT NULL")


class Call(TenantOwned):
    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("connection_id", "request_id"),
        Index("ix_call_connection_id_last_sent_at", "connection_id", "last_sent_at"),
        Index("ix_call_full", "last_sent_at", sqlite_where=_FULL, postgresql_where=_FULL),
    )

    connection_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("connection.id"))
    request_id: Mapped[str] = mapped_column(String(50))
    method: Mapped[str] = mapped_column(String(8))
    path: Mapped[str] = mapped_column(String(200))  # below the company
    params: Mapped[str] = mapped_column(Text, default="{}")
    headers: Mapped[str] = mapped_column(Text, default="{}")  # what belongs to the request; never a token
    body: Mapped[bytes | None] = mapped_column(LargeBinary)  # emptied by the hourly clean-up when it is old
    body_hash: Mapped[str] = mapped_column(String(64))
    items: Mapped[int] = mapped_column(default=1)
    first_sent_at: Mapped[int] = mapped_column(UtcMs)
    last_sent_at: Mapped[int] = mapped_column(UtcMs)
    sends: Mapped[int] = mapped_column(default=1)
    last_status: Mapped[int | None]  # of an answer that left the outcome open, such as a 500
    closed_at: Mapped[int | None] = mapped_column(UtcMs)

    attempts: Mapped[list[Attempt]] = relationship(lazy="raise", order_by="Attempt.position", back_populates="call")


class Attempt(TenantOwned):
    __tablename__ = "attempt"
    __table_args__ = (
        # One in flight per document: an open Attempt, unknown ones included.
        Index("uq_attempt_open", "sync_record_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_attempt_sync_record_id_opened_at", "sync_record_id", "opened_at"),
        Index("ix_attempt_connection_open", "connection_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_attempt_call_id", "call_id"),
        Index("ix_attempt_connection_id_closed_at", "connection_id", "closed_at", "outcome"),
    )

    connection_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("connection.id"))
    sync_record_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("sync_record.id"))
    call_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("call.id"))
    position: Mapped[int] = mapped_column(default=0)  # in a bulk call
    verb: Mapped[str] = mapped_column(String(10))
    revision: Mapped[int]
    generation: Mapped[int]
    marker: Mapped[str] = mapped_column(String(60))
    draft: Mapped[str] = mapped_column(Text)  # what was meant, to recognise it over there (domain.pushing.Draft)
    fence: Mapped[int]  # of the holder whose result counts
    opened_at: Mapped[int] = mapped_column(UtcMs)
    unknown_since: Mapped[int | None] = mapped_column(UtcMs)
    closed_at: Mapped[int | None] = mapped_column(UtcMs)
    outcome: Mapped[str | None] = mapped_column(String(20))  # services.push.results.Outcome
    code: Mapped[str | None] = mapped_column(String(40))
    words: Mapped[str | None] = mapped_column(Text)  # the provider's own sentence, for the tenant's eyes only
    reference: Mapped[str | None] = mapped_column(String(100))

    call: Mapped[Call] = relationship(lazy="raise", back_populates="attempts")
