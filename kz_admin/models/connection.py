"""One tenant's authorised access to one company, for ever: disconnecting empties it, the same company revives it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from kz_admin.domain.connection import LIVE, State
from kz_admin.models.base import TenantOwned
from kz_admin.models.sealed import Sealed
from kz_admin.models.types import SealedText, UtcMs

_IS_LIVE = text("state IN ({})".format(", ".join(f"'{state}'" for state in sorted(LIVE))))


class Connection(TenantOwned):
    __tablename__ = "connection"
    __table_args__ = (
        UniqueConstraint("tenant_id", "provider", "environment", "company_key"),
        # One live connection per tenant, and one live tenant per company: the database is the judge of two callbacks.
        Index("uq_connection_live_tenant", "tenant_id", unique=True, sqlite_where=_IS_LIVE, postgresql_where=_IS_LIVE),
        Index(
            "uq_connection_live_company",
            "provider",
            "environment",
            "company_key",
            unique=True,
            sqlite_where=_IS_LIVE,
            postgresql_where=_IS_LIVE,
        ),
        Index("ix_connection_state_refresh_due_at", "state", "refresh_due_at"),
    )

    provider: Mapped[str] = mapped_column(String(20))
    environment: Mapped[str] = mapped_column(String(12))  # where the company lives: its host, its badge
    key_pair: Mapped[str] = mapped_column(String(12))  # with which pair it was consented; refreshes and revokes too
    state: Mapped[str] = mapped_column(String(20))
    state_since: Mapped[int] = mapped_column(UtcMs)
    state_reason: Mapped[str | None] = mapped_column(String(300))

    company_sealed: Mapped[str] = mapped_column(SealedText)  # their id of the company, a secret (INT-S17, S18)
    company_key: Mapped[str] = mapped_column(String(64))  # its keyed hash, for unique indexes and webhooks
    company_name: Mapped[str] = mapped_column(String(300))
    company_country: Mapped[str] = mapped_column(String(2), default="")
    company_currency: Mapped[str] = mapped_column(String(3), default="")
    company_plan: Mapped[str] = mapped_column(String(100), default="")
    subscription: Mapped[str] = mapped_column(String(40), default="")
    company_facts: Mapped[str] = mapped_column(Text, default="{}")  # JSON: what builders must know of it
    facts_read_at: Mapped[int | None] = mapped_column(UtcMs)

    access_sealed: Mapped[str | None] = mapped_column(SealedText)
    refresh_sealed: Mapped[str | None] = mapped_column(SealedText)
    previous_refresh_sealed: Mapped[str | None] = mapped_column(SealedText)
    previous_until: Mapped[int | None] = mapped_column(UtcMs)
    token_version: Mapped[int] = mapped_column(default=0)
    access_expires_at: Mapped[int | None] = mapped_column(UtcMs)
    refresh_expires_at: Mapped[int | None] = mapped_column(UtcMs)
    consent_expires_at: Mapped[int | None] = mapped_column(UtcMs)  # no refresh reaches beyond this
    refreshed_at: Mapped[int | None] = mapped_column(UtcMs)
    refresh_due_at: Mapped[int | None] = mapped_column(UtcMs)  # when the clock refreshes without being asked
    refresh_started_at: Mapped[int | None] = mapped_column(UtcMs)
    refresh_holder: Mapped[str | None] = mapped_column(String(40))
    refresh_until: Mapped[int | None] = mapped_column(UtcMs)
    grantor_key: Mapped[str | None] = mapped_column(String(64))
    scopes: Mapped[str] = mapped_column(String(500), default="")

    connected_by: Mapped[str] = mapped_column(String(300))
    connected_at: Mapped[int] = mapped_column(UtcMs)
    last_success_at: Mapped[int | None] = mapped_column(UtcMs)
    revoke_confirmed: Mapped[bool | None]  # after a disconnect: whether the provider said yes

    push_holder: Mapped[str | None] = mapped_column(String(40))
    push_until: Mapped[int | None] = mapped_column(UtcMs)
    fence: Mapped[int] = mapped_column(default=0)
    throttled_until: Mapped[int | None] = mapped_column(UtcMs)  # after a 429; pages say until when
    silent_since: Mapped[int | None] = mapped_column(UtcMs)  # the breaker is open: they do not answer
    probe_at: Mapped[int | None] = mapped_column(UtcMs)  # when one call may try whether they answer again
    doubt_since: Mapped[int | None] = mapped_column(UtcMs)  # our rows may lack what happened since (after-restore)
    pull_holder: Mapped[str | None] = mapped_column(String(40))
    pull_until: Mapped[int | None] = mapped_column(UtcMs)

    settings: Mapped[str] = mapped_column(Text, default="{}")  # checked against what the provider declares
    start_at: Mapped[int | None] = mapped_column(UtcMs)
    reset_at: Mapped[int | None] = mapped_column(UtcMs)
    version: Mapped[int] = mapped_column()

    company = Sealed("company_sealed")
    access = Sealed("access_sealed")
    refresh = Sealed("refresh_sealed")
    previous_refresh = Sealed("previous_refresh_sealed")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it once

    @property
    def as_state(self) -> State:
        return State(self.state)

    @property
    def is_live(self) -> bool:
        return self.as_state in LIVE


class OAuthState(TenantOwned):
    """A consent somebody went to give: good once, for ten minutes, for this person in this browser and tenant."""

    __tablename__ = "oauth_state"

    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sign_in_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UUID] = mapped_column(Uuid)
    provider: Mapped[str] = mapped_column(String(20))
    environment: Mapped[str] = mapped_column(String(12))
    reconnects: Mapped[UUID | None] = mapped_column(Uuid)  # the connection whose company it must be
    verifier_sealed: Mapped[str] = mapped_column(SealedText)
    expires_at: Mapped[int] = mapped_column(UtcMs, index=True)
    used_at: Mapped[int | None] = mapped_column(UtcMs)

    verifier = Sealed("verifier_sealed")
