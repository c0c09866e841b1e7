"""A tenant's Stripe account: the secrets of its webhook endpoint and the key that reads long invoices."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.failures import Conflict, Wrong
from kz_admin.models.session import reading, writing
from kz_admin.models.stripe_account import StripeAccount
from kz_admin.services import audit
from kz_admin.services.audit import Actor
from kz_admin.services.races import until_won

LONGEST = 255


@dataclass(frozen=True)
class Said:
    """What a person entered; an empty secret means: keep what is stored."""

    account: str = ""
    endpoint_secret: str = field(default="", repr=False)
    restricted_key: str = field(default="", repr=False)

    def check(self) -> None:
        for name, value, beginning, words in (
            ("account", self.account, "acct_", "An account id begins with acct_."),
            ("endpoint_secret", self.endpoint_secret, "whsec_", "A signing secret begins with whsec_."),
            (
                "restricted_key",
                self.restricted_key,
                "rk_",
                "A restricted key begins with rk_. Secret keys are refused.",
            ),
        ):
            if value and (not value.startswith(beginning) or len(value) > LONGEST or not value.isascii()):
                raise Wrong(name, words)


def find(tenant_id: UUID) -> StripeAccount | None:
    with reading() as session:
        return session.scalar(select(StripeAccount).where(StripeAccount.tenant_id == tenant_id))


def save(tenant_id: UUID, said: Said, actor: Actor) -> StripeAccount:
    """A new endpoint secret leaves the one before it live, until it is saved once more or ended."""
    said.check()
    return until_won(_save, tenant_id, said, actor)


def _save(tenant_id: UUID, said: Said, actor: Actor) -> StripeAccount:
    with writing() as session:
        row = session.scalar(select(StripeAccount).where(StripeAccount.tenant_id == tenant_id).with_for_update())
        if row is None:
            row = StripeAccount(tenant_id=tenant_id, changed_at=clock.now_ms())
            session.add(row)
        if said.account:
            taken = select(StripeAccount.id).where(StripeAccount.account == said.account, StripeAccount.id != row.id)
            if session.scalar(taken):
                raise Conflict("This Stripe account belongs to another tenant already.")
        row.account, row.changed_at = said.account or None, clock.now_ms()
        if said.endpoint_secret and said.endpoint_secret != row.endpoint_secret:
            row.previous_secret, row.endpoint_secret = row.endpoint_secret, said.endpoint_secret
        if said.restricted_key:
            row.restricted_key = said.restricted_key
        changed = [name for name, value in vars(said).items() if value]
        audit.record(
            session, actor, "stripe.changed", ("stripe", row.id, "Stripe"), tenant_id=tenant_id, after={"set": changed}
        )
    return row


def end_previous_secret(tenant_id: UUID, actor: Actor) -> None:
    with writing() as session:
        row = session.scalar(select(StripeAccount).where(StripeAccount.tenant_id == tenant_id).with_for_update())
        if row is not None and row.previous_secret:
            row.previous_secret = None
            audit.record(session, actor, "secret.ended", ("stripe", row.id, "Stripe"), tenant_id=tenant_id)
