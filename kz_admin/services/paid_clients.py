"""The client of an invoice as a sender says it: found or made, kept up to date, never mistaken for another."""

from __future__ import annotations

from uuid import UUID

from kz_admin.domain.failures import Wrong
from kz_admin.domain.kinds import Kind, Source
from kz_admin.domain.names import name_key
from kz_admin.domain.paid import ClientSaid, Known
from kz_admin.models.client import Client
from kz_admin.models.invoice import Invoice
from kz_admin.models.user import email_key
from kz_admin.services import outbox
from kz_admin.services.documents.saving import put, saved
from kz_admin.services.documents.work import Work
from kz_admin.services.recognise import Recognised, remember


def find_or_make(work: Work, source: Source, said: ClientSaid | Known, found: Recognised, currency: str) -> UUID:
    """By the sender's id, else the one client with this address that the sender did not name before, else a new one."""
    known = found.ref(Kind.CLIENT, said.id)
    if isinstance(said, Known):
        if known is None:
            raise Wrong("client.name", f"We do not know the client {said.id} yet. Send it whole.")
        return known
    if known is None and len(found.by_email) == 1:
        known = found.by_email[0]
        remember(work, source, Kind.CLIENT, said.id, known)
    if known is not None:
        planner = outbox.here(work.session)
        client = planner.prepare(known) if planner else work.session.get_one(Client, known)
        update(work, client, said)
        return client.id
    client = saved(work, Client(tenant_id=work.tenant_id, created_at=work.at, currency=currency, **_columns(said)))
    remember(work, source, Kind.CLIENT, said.id, client.id)
    return client.id


def update(work: Work, client: Client, said: ClientSaid | Known) -> None:
    """What is said replaces what was known; what is left out changes nothing."""
    if isinstance(said, ClientSaid) and put(work, client, _columns(said))[1]:
        saved(work, client)


def is_of(invoice: Invoice, said: ClientSaid | Known, found: Recognised) -> bool:
    """By the sender's own id, else by the address: an id that is new alone proves nothing."""
    if found.ref(Kind.CLIENT, said.id) == invoice.client_id:
        return True
    return isinstance(said, ClientSaid) and bool(said.email) and email_key(said.email) == invoice.client.email_key


def _columns(said: ClientSaid) -> dict[str, str]:
    values = {name: value for name, value in vars(said).items() if name not in ("id", "address") and value}
    if said.address:
        values |= vars(said.address)
    values["name_key"] = name_key(said.name)
    if said.email:
        values["email_key"] = email_key(said.email)
    return values
