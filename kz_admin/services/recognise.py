"""Which of our rows a sender means: by its own ref, an invoice also by its number, a client also by its address.

One statement answers for everything a hook names (the hook's budget is ten).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, String, Uuid, bindparam, literal, select, union_all

from kz_admin.domain.kinds import Kind, Source
from kz_admin.domain.names import number_key
from kz_admin.domain.paid import ClientSaid, InvoiceSaid, Paid
from kz_admin.models.client import Client
from kz_admin.models.external_ref import ExternalRef
from kz_admin.models.invoice import Invoice
from kz_admin.models.user import email_key
from kz_admin.services.documents.work import Work

TAX_RATE = "tax_rate"  # has refs, though it is no document
SETTLEMENT = "paid"  # of a payment the sender gave no id


@dataclass(frozen=True)
class Recognised:
    refs: Mapping[tuple[str, str], UUID]
    by_number: UUID | None
    by_email: tuple[UUID, ...]  # clients with this address that the sender did not name before

    def ref(self, kind: str, external_id: str) -> UUID | None:
        return self.refs.get((str(kind), external_id))


def recognise(work: Work, source: Source, paid: Paid) -> Recognised:
    wanted = {(str(kind), external_id) for kind, external_id in _named(paid)}
    number = paid.invoice.number if isinstance(paid.invoice, InvoiceSaid) else ""
    email = paid.client.email if isinstance(paid.client, ClientSaid) else ""
    asked = {
        "tenant_id": work.tenant_id,
        "source": source.value,
        "kinds": sorted({kind for kind, _ in wanted}),
        "external_ids": sorted({external_id for _, external_id in wanted}),
        "number_key": number_key(number) or None,  # nothing equals NULL
        "email_key": email_key(email) or None,
    }
    refs: dict[tuple[str, str], UUID] = {}
    others: dict[str, list[UUID]] = {"number": [], "email": []}
    work.session.flush()
    # ids only, so the connection is asked itself: the session would look for entities in them
    for how, kind, external_id, found in work.session.connection().execute(_QUESTION, asked):
        if how != "ref":
            others[how].append(found)
        elif (kind, external_id) in wanted:
            refs[kind, external_id] = found
    return Recognised(refs, next(iter(others["number"]), None), tuple(others["email"]))


def remember(work: Work, source: Source, kind: str, external_id: str, document_id: UUID) -> None:
    """From now on the sender's id means this row."""
    work.session.add(ref_to(work, source, kind, external_id, document_id))


def ref_to(work: Work, source: Source, kind: str, external_id: str, document_id: UUID) -> ExternalRef:
    return ExternalRef(
        tenant_id=work.tenant_id,
        created_at=work.at,
        source=source.value,
        kind=str(kind),
        external_id=external_id,
        document_id=document_id,
    )


def payment_ref(paid: Paid) -> str:
    """Without an id of its own there is one payment of the invoice, and this is its name."""
    said = paid.payment.id if paid.payment else ""
    return said or f"{paid.invoice.id}/{SETTLEMENT}"


def _named(paid: Paid) -> Iterator[tuple[str, str]]:
    yield Kind.CLIENT, paid.client.id
    yield Kind.INVOICE, paid.invoice.id
    yield Kind.PAYMENT, payment_ref(paid)
    lines: Sequence[Any] = paid.invoice.lines if isinstance(paid.invoice, InvoiceSaid) else ()
    for line in lines:
        if line.service:
            yield Kind.SERVICE, line.service.id
        if line.tax:
            yield TAX_RATE, line.tax.id


def _question() -> CompoundSelect[Any]:
    """Built once: putting it together costs more than asking it."""
    tenant, source = bindparam("tenant_id", type_=Uuid()), bindparam("source", type_=String())
    by_ref = select(literal("ref"), ExternalRef.kind, ExternalRef.external_id, ExternalRef.document_id).where(
        ExternalRef.tenant_id == tenant,
        ExternalRef.source == source,
        ExternalRef.kind.in_(bindparam("kinds", expanding=True)),
        ExternalRef.external_id.in_(bindparam("external_ids", expanding=True)),
    )
    by_number = select(literal("number"), literal(""), literal(""), Invoice.id).where(
        Invoice.tenant_id == tenant, Invoice.number_key == bindparam("number_key", type_=String())
    )
    named_before = (
        select(ExternalRef.id)
        .where(ExternalRef.document_id == Client.id, ExternalRef.tenant_id == tenant, ExternalRef.source == source)
        .exists()
    )
    by_email = select(literal("email"), literal(""), literal(""), Client.id).where(
        Client.tenant_id == tenant, Client.email_key == bindparam("email_key", type_=String()), ~named_before
    )
    return union_all(by_ref, by_number, by_email)


_QUESTION = _question()
