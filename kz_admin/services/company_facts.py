"""What builders must know of a company: read with the consent, kept fresh daily by the clock, and read when missing."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import func, select, update

from kz_admin import clock, logs
from kz_admin.domain.connection import State
from kz_admin.domain.failures import Refused
from kz_admin.domain.problems import ProviderFailure, Slug
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading, writing
from kz_admin.providers import PROVIDERS
from kz_admin.providers.base import CompanyFacts
from kz_admin.services import audit, paced, records, tokens
from kz_admin.services.documents.work import Work

log = logs.get(__name__)

# A switch of the company, and what waits for it to be turned.
DECIDES = {"closed_until": Slug.PERIOD_CLOSED, "multicurrency": Slug.CURRENCY_OFF, "taxes": Slug.TAX_OFF}
READ_EVERY = clock.DAY


def columns(facts: CompanyFacts) -> dict[str, Any]:
    """The connection's columns that describe its company and may change over there."""
    return {
        "company_facts": json.dumps(dict(facts.facts), sort_keys=True),
        "facts_read_at": clock.now_ms(),
        "company_country": facts.country,
        "company_currency": facts.currency,
        "company_plan": facts.plan[:100],
        "subscription": facts.subscription[:40],
    }


def known(connection: Connection) -> dict[str, Any]:
    """As they were last read, in the provider's own words."""
    facts: dict[str, Any] = json.loads(connection.company_facts or "{}")
    return facts


def refresh(connection: Connection) -> None:
    """Read them and put them into the row, also into the one at hand; a failure is the caller's."""
    facts = tokens.call(connection.id, paced.read(connection, PROVIDERS[connection.provider].read_company))
    values = columns(facts)
    was = known(connection)
    moved = [slug for name, slug in DECIDES.items() if was.get(name) != facts.facts.get(name)]
    with writing() as session:
        if moved and connection.is_live:  # some of what waits for it may go now, and the rest says the new day
            work = Work(session, connection.tenant_id, audit.SYSTEM, clock.now_ms())
            records.retry_problem(work, connection.id, *moved)
        session.execute(update(Connection).where(Connection.id == connection.id).values(**values))
    for name, value in values.items():
        setattr(connection, name, value)


def refresh_due() -> int:
    old = clock.now_ms() - READ_EVERY
    query = select(Connection).where(
        Connection.state == State.CONNECTED.value, func.coalesce(Connection.facts_read_at, 0) < old
    )
    with reading() as session:
        due = session.scalars(query).all()
    return sum(_refreshed(connection) for connection in due)


def _refreshed(connection: Connection) -> bool:
    try:
        refresh(connection)
    except (ProviderFailure, Refused, KeyError) as failure:  # an unknown provider holds up no other connection
        log.warning("company_not_read", connection_id=str(connection.id), kind=type(failure).__name__)
        return False
    return True
