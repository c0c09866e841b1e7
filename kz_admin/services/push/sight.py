"""What one reading of the database knows about a connection and some of its records: all that a builder may need.

A few statements, whatever the number of records, and one for each that is looked for by its number; the rest of
gathering asks nobody.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import Company, Key, Ref
from kz_admin.domain.records import LineRecord
from kz_admin.models.connection import Connection
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.document import Document
from kz_admin.models.invoice import Invoice
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services import needs
from kz_admin.services.needs import Need
from kz_admin.services.push import around, backwards, beside, chosen, credited, given_back
from kz_admin.services.push.fates import choices_of

StandIn = Callable[[Key], Ref | None]


@dataclass
class Sight:
    session: Session
    connection: Connection
    company: Company
    choices: chosen.Choices
    documents: Mapping[UUID, Document]
    has_default: bool = False  # an item for lines that name no service
    needed: Mapping[UUID, tuple[Need, ...]] = field(default_factory=dict)
    partners: dict[Key, SyncRecord] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    inactive: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[UUID, frozenset[str]] = field(default_factory=dict)  # payment → markers beside it, in doubt
    given_back: Mapping[UUID, tuple[LineRecord, ...]] = field(default_factory=dict)  # refund → what it takes back
    voided_on: Mapping[UUID, str] = field(default_factory=dict)  # invoice to credit → the day of its void
    rates: Mapping[UUID, Decimal] = field(default_factory=dict)  # invoice → the exchange rate somebody gave for it
    own_currency: str = ""
    to_remove_first: dict[UUID, SyncRecord] = field(default_factory=dict)  # record → what must be gone before it
    our_numbers: Mapping[UUID, frozenset[str]] = field(default_factory=dict)  # what a changed number may not be
    by_provider: set[UUID] = field(default_factory=set)  # invoices paid through the provider's own payments
    stand_in: StandIn | None = None  # a preview does not wait for partners

    def is_there(self, key: Key) -> bool:
        row = self.partners.get(key)
        return row is not None and row.over_there


def read(
    session: Session, connection: Connection, rows: Sequence[SyncRecord], stand_in: StandIn | None = None
) -> Sight:
    documents = around.documents(session, rows)
    choices = chosen.read(session, connection)
    sight = Sight(session, connection, company_of(connection), choices, documents, stand_in=stand_in)
    built_in = needs.built_in(session, connection)
    sight.has_default = built_in is not None or chosen.has_default_item(sight.choices)
    sight.needed = needs.read(session, connection, list(documents.values()), built_in)
    sight.partners = around.partners(session, connection, documents.values(), sight.needed)
    sight.inactive = chosen.inactive_items(session, connection, sight.partners.values())
    sight.names = around.names(session, documents.values()) | chosen.names_of_unmapped(session, sight.needed)
    if connection.doubt_since is not None:
        sight.remembered = beside.remembered(session, documents.values())
    sight.rates = beside.rates(session, connection, documents.values())
    rated = bool(sight.rates) or any(getattr(one, "exchange_rate", None) for one in documents.values())
    sight.own_currency = beside.own_currency(session, connection, rated)
    sight.given_back = given_back.lines(session, documents.values())
    sight.voided_on = credited.days(session, connection, rows, documents)
    sight.to_remove_first = backwards.in_the_way(session, connection, rows)
    if stand_in is None:
        sight.to_remove_first |= backwards.in_front(session, connection, rows, documents)
    sight.our_numbers = _our_numbers(session, connection, rows, documents)
    sight.by_provider = beside.paid_by_provider(session, documents.values())
    return sight


def company_of(connection: Connection) -> Company:
    facts = json.loads(connection.company_facts or "{}")
    return Company(connection.company_country, connection.company_currency, connection.company_plan, facts)


def _our_numbers(
    session: Session, connection: Connection, rows: Iterable[SyncRecord], documents: Mapping[UUID, Document]
) -> dict[UUID, frozenset[str]]:
    """Only of what is looked for over there: its number may turn out to be taken."""
    pushers, found = PROVIDERS[connection.provider].pushers, dict[UUID, frozenset[str]]()
    for row in rows:
        document, longest = documents.get(row.local_id), pushers[row.as_kind].longest_number
        if not longest or row.over_there or not isinstance(document, Invoice | CreditNote):
            continue
        if looks_first(row, document, connection, choices_of(row)):
            found[document.id] = beside.numbers_of_ours(session, document, longest)
    return found


def looks_first(row: SyncRecord, document: Document, connection: Connection, choices: Mapping[str, str]) -> bool:
    """The reasons of decision C26 to look over there before creating."""
    older = document.kind is Kind.INVOICE and document.created_at < connection.created_at
    return row.look_first or connection.doubt_since is not None or "look" in choices or older
