"""Clients: whom a tenant sends invoices to."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from kz_admin.domain.failures import Forbidden, NotFound, Wrong
from kz_admin.domain.kinds import Origin
from kz_admin.domain.names import name_key
from kz_admin.domain.records import Address, ClientRecord
from kz_admin.domain.regions import COUNTRIES, CURRENCIES
from kz_admin.models.client import Client
from kz_admin.models.session import reading
from kz_admin.models.user import email_key
from kz_admin.services import mails
from kz_admin.services.documents import saving
from kz_admin.services.documents.listing import Order, Page, begins_with, download, name_begins, page
from kz_admin.services.documents.saving import all_mine, mine, note, put, saved
from kz_admin.services.documents.work import Work

ORDER = Order(Client.name_key, Client.id)
BY_PERSON = "person"
CHOICES = 20
HEAD = ("Name", "Company", "E-mail address", "Phone", "Currency", "Marketable", "City", "Country", "Archived", "Id")


@dataclass(frozen=True)
class Details:
    """What people may say about a client."""

    name: str
    currency: str
    company: str = ""
    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    email: str = ""
    phone: str = ""
    address: Address = field(default_factory=Address)
    marketable: bool = False

    def check(self) -> None:
        if not self.name.strip():
            raise Wrong("name", "Enter a name.")
        if self.currency not in CURRENCIES:
            raise Wrong("currency", "Choose a currency from the list.")
        if self.address.country and self.address.country not in COUNTRIES:
            raise Wrong("country", "Choose a country from the list.")

    def columns(self) -> dict[str, Any]:
        values = {name: value for name, value in vars(self).items() if name not in ("address", "marketable")}
        return {**values, **vars(self.address), "name_key": name_key(self.name), "email_key": email_key(self.email)}


@dataclass(frozen=True)
class Filters:
    q: str = ""
    archived: bool = False


def create(work: Work, details: Details, *, source: str = BY_PERSON, origin: Origin = Origin.OURS) -> Client:
    details.check()
    client = Client(tenant_id=work.tenant_id, created_at=work.at, origin=origin.value, **details.columns())
    _allow_marketing(work, client, details.marketable, source)
    saved(work, client)
    note(work, "client.created", client, client.name)
    return client


def change(
    work: Work, client_id: UUID | None, details: Details, version: int | None, source: str = BY_PERSON
) -> Client:
    details.check()
    client = mine(work, Client, client_id, version=version)
    before, after = put(work, client, details.columns())
    if client.marketable != details.marketable:
        before["marketable"], after["marketable"] = client.marketable, details.marketable
        _allow_marketing(work, client, details.marketable, source)
    if after:
        saved(work, client)
        note(work, "client.changed", client, client.name, _shown(before), _shown(after))
    return client


def archive(work: Work, client_id: UUID | None, version: int | None, *, archived: bool = True) -> Client:
    """An archived client stays on its invoices and is not offered for new ones."""
    return saving.archived(work, Client, client_id, version, away=archived)


def send_message(work: Work, client_ids: Sequence[UUID], text: str) -> None:
    """A message to many is marketing: the mail service refuses it, whoever asks (decision C30)."""
    for client in all_mine(work, Client, client_ids):
        if not client.marketable:
            raise Forbidden(f"{client.name} did not agree to marketing mail, so nothing was sent to anybody.")
        mails.write(
            work.session,
            "message",
            to=client.email,
            tenant_id=work.tenant_id,
            subject="",
            purpose="marketing",
            text=text,
        )


def find(tenant_id: UUID, client_id: UUID | None) -> Client:
    with reading() as session:
        client = Client.of_tenant(session, tenant_id, client_id)
    if client is None:
        raise NotFound
    return client


def list_clients(tenant_id: UUID, filters: Filters, after: str = "") -> Page[Client]:
    with reading() as session:
        return page(session, _matching(tenant_id, filters), ORDER, after)


def choices(tenant_id: UUID, text: str) -> Sequence[Client]:
    """The first clients whose name or e-mail address begins like this: what a form offers while one types."""
    with reading() as session:
        return page(session, _matching(tenant_id, Filters(text)), ORDER, size=CHOICES).rows


def named(tenant_id: UUID, text: str) -> Sequence[Client]:
    """Whom a person means by "Name", "Name <address>" or an address."""
    name, _, rest = text.rpartition(" <")
    with reading() as session:
        every = select(Client).where(Client.tenant_id == tenant_id, Client.archived_at.is_(None))
        if name and rest.endswith(">"):
            both = every.where(Client.name_key == name_key(name), Client.email_key == email_key(rest[:-1]))
            if found := session.scalars(both.limit(CHOICES)).all():
                return found
        by_name = session.scalars(every.where(Client.name_key == name_key(text)).limit(CHOICES)).all()
        return by_name or session.scalars(every.where(Client.email_key == email_key(text)).limit(CHOICES)).all()


def as_csv(tenant_id: UUID, filters: Filters) -> Generator[str]:
    return download(tenant_id, HEAD, _matching(tenant_id, filters), ORDER, _cells)


def record_of(client: Client) -> ClientRecord:
    return ClientRecord(
        id=client.id,
        revision=client.revision,
        origin=Origin(client.origin),
        created_at=client.created_at,
        name=client.name,
        company=client.company,
        given_name=client.given_name,
        middle_name=client.middle_name,
        family_name=client.family_name,
        email=client.email,
        phone=client.phone,
        address=client.address,
        currency=client.currency,
        marketable=client.marketable,
        archived=client.archived_at is not None,
    )


def _allow_marketing(work: Work, client: Client, allowed: bool, source: str) -> None:
    """Who said so and when, each time it changes; nobody is marketable by default (KEAP-11)."""
    if allowed or client.marketable_at is not None:
        client.marketable_source, client.marketable_by, client.marketable_at = source, work.actor.name[:300], work.at
    client.marketable = allowed


def _matching(tenant_id: UUID, filters: Filters) -> Select[Client]:
    query = select(Client).where(Client.tenant_id == tenant_id)
    query = query.where(Client.archived_at.is_not(None) if filters.archived else Client.archived_at.is_(None))
    if filters.q:
        by_name = name_begins(Client.name_key, filters.q)
        query = query.where(or_(by_name, begins_with(Client.email_key, email_key(filters.q))))
    return query


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    """Keys are for comparing, not for reading."""
    return {name: value for name, value in values.items() if not name.endswith("_key")}


def _cells(client: Client) -> Sequence[object]:
    return (
        client.name,
        client.company,
        client.email,
        client.phone,
        client.currency,
        client.marketable,
        client.city,
        client.country,
        client.archived_at is not None,
        client.id,
    )
