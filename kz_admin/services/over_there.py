"""Where what became of a document stands in the provider's own web application."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, true

from kz_admin import config
from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import OF_A_CREDIT
from kz_admin.domain.status import STUCK
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services import record_states


def link(tenant_id: UUID, kind: Kind, document_id: UUID, part: str = "") -> str | None:
    """It names the company, so it only stands in a redirect.

    `part`: of the credit for an invoice, not the invoice itself."""
    query = (
        select(SyncRecord, Connection)
        .join(Connection, Connection.id == SyncRecord.connection_id)
        .where(
            SyncRecord.tenant_id == tenant_id,
            SyncRecord.kind == kind.value,
            SyncRecord.local_id == document_id,
            SyncRecord.part == part if part in OF_A_CREDIT else true(),
        )
        .order_by(Connection.state_since.desc(), SyncRecord.part)  # itself before what belongs to it
    )
    with reading() as session:
        for record, connection in session.execute(query):
            there = (record.remote_type or "", record.remote_id) if record.remote_id else _named(record)
            sending = PROVIDERS[connection.provider].sending
            if there is not None and sending is not None:
                return sending.link_to(config.current(), connection.company or "", there[0], there[1])
    return None


def _named(record: SyncRecord) -> tuple[str, str] | None:
    """What a Problem found over there in its place."""
    if record.as_state not in STUCK:
        return None
    facts = record_states.problem_of(record).facts
    return (facts.get("remote_type", ""), facts["remote_id"]) if facts.get("remote_id") else None
