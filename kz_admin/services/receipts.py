"""Hook calls as they arrived: admitted once, shown to people, worked again when somebody asks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin.domain.failures import Conflict, NotFound
from kz_admin.domain.payments import Outcome
from kz_admin.models.receipt import Receipt
from kz_admin.models.session import reading

APP = "app"
PAGE = 50
FAILED, WAITING, IGNORED = "failed", "waiting", "ignored"


class Replaced(Conflict):
    """The same delivery id with another body."""

    field = "webhook-id"


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def earlier(session: Session, source: str, scope: str, delivery_id: str) -> Receipt | None:
    return session.scalar(
        select(Receipt).where(Receipt.source == source, Receipt.delivery_id == delivery_id, Receipt.scope == scope)
    )


def same_again(receipt: Receipt, body: bytes) -> Receipt:
    """A delivery that came before: the same body changes nothing, another body is a mistake of the sender."""
    if receipt.body_hash != digest(body):
        raise Replaced(
            f"Delivery {receipt.delivery_id[:60]} arrived before with another body. "
            "Send a changed body under a new webhook-id. Nothing was changed."
        )
    return receipt


def list_receipts(tenant_id: UUID, outcome: str = "", before: UUID | None = None) -> Sequence[Receipt]:
    """Newest first; one more than a page, so that the page knows whether there is another."""
    query = select(Receipt).where(Receipt.tenant_id == tenant_id)
    if outcome:
        query = query.where(Receipt.outcome == outcome)
    with reading() as session:
        if before is not None and (edge := session.get(Receipt, before)) and edge.tenant_id == tenant_id:
            older = (Receipt.created_at < edge.created_at) | (
                (Receipt.created_at == edge.created_at) & (Receipt.id < edge.id)
            )
            query = query.where(older)
        return session.scalars(query.order_by(Receipt.created_at.desc(), Receipt.id.desc()).limit(PAGE + 1)).all()


def find(tenant_id: UUID, receipt_id: UUID | None) -> Receipt:
    with reading() as session:
        receipt = session.scalar(select(Receipt).where(Receipt.id == receipt_id, Receipt.tenant_id == tenant_id))
    if receipt is None:
        raise NotFound
    return receipt


def word(outcome: str) -> tuple[str, str]:
    """Tone and word of an outcome, as the developer's page shows it."""
    return {
        Outcome.ACCEPTED.value: ("green", "Accepted"),
        Outcome.REPEATED.value: ("grey", "Repeated"),
        Outcome.ALREADY_PAID.value: ("grey", "Already paid"),
        IGNORED: ("grey", "Not needed"),
        WAITING: ("amber", "Waiting"),
        FAILED: ("red", "Failed"),
    }[outcome]
