"""Which of our rows a sender means: by its own ref, an invoice also by its number, a client also by its address.

One statement answers for everything a hook names (the hook's budget is ten).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, literal, or_, select, union_all

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
    queries = [_by_ref(work, source, paid)]
    if isinstance(paid.invoice, InvoiceSaid) and paid.invoice.number:
        queries.append(_by_number(work, paid.invoice.number))
    if isinstance(paid.client, ClientSaid) and paid.client.email:
        queries.append(_by_email(work, source, paid.client.email))
    refs: dict[tuple[str, str], UUID] = {}
    others: dict[str, list[UUID]] = {"number": [], "email": []}
    for how, kind, external_id, found in work.session.execute(union_all(*queries)):
        if how == "ref":
            refs[kind, external_id] = found
        else:
            others[how].append(found)
    return Recognised(refs, next(iter(others["number"]), None), tuple(others["email"]))


def remember(work: Work, source: Source, kind: str, external_id: str, document_id: UUID) -> None:
    """From now on the sender's id means this row."""
    work.session.add(
        ExternalRef(
            tenant_id=work.tenant_id,
            created_at=work.at,
            source=source.value,
            kind=str(kind),
            external_id=external_id,
            document_id=document_id,
        )
    )


def payment_ref(paid: Paid) -> str:
    """Without an id of its own there is one payment of the invoice, and this is its name."""
    said = paid.payment.id if paid.payment else ""
    return said or f"{paid.invoice.id}/{SETTLEMENT}"


def _by_ref(work: Work, source: Source, paid: Paid) -> Select[str, str, str, UUID]:
    wanted: dict[str, list[str]] = {}
    for kind, external_id in _named(paid):
        wanted.setdefault(str(kind), []).append(external_id)
    any_of = [and_(ExternalRef.kind == kind, ExternalRef.external_id.in_(ids)) for kind, ids in wanted.items()]
    return select(literal("ref"), ExternalRef.kind, ExternalRef.external_id, ExternalRef.document_id).where(
        ExternalRef.tenant_id == work.tenant_id, ExternalRef.source == source.value, or_(*any_of)
    )


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


def _by_number(work: Work, number: str) -> Select[str, str, str, UUID]:
    query = select(literal("number"), literal(""), literal(""), Invoice.id)
    return query.where(Invoice.tenant_id == work.tenant_id, Invoice.number_key == number_key(number))


def _by_email(work: Work, source: Source, email: str) -> Select[str, str, str, UUID]:
    named_before = (
        select(ExternalRef.id)
        .where(
            ExternalRef.document_id == Client.id,
            ExternalRef.tenant_id == work.tenant_id,
            ExternalRef.source == source.value,
        )
        .exists()
    )
    return select(literal("email"), literal(""), literal(""), Client.id).where(
        Client.tenant_id == work.tenant_id, Client.email_key == email_key(email), ~named_before
    )
