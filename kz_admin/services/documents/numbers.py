"""Numbers of invoices and credit notes: given by a person or a platform, else the next of the tenant's series."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from kz_admin.domain.failures import Wrong
from kz_admin.domain.kinds import Kind
from kz_admin.domain.names import number_key
from kz_admin.models.credit_note import CreditNote
from kz_admin.models.invoice import Invoice
from kz_admin.models.numbering import NumberSeries
from kz_admin.services.documents.work import Work

PREFIXES = {Kind.INVOICE: "INV-", Kind.CREDIT_NOTE: "CN-"}
FIRST = 1001


def take(work: Work, kind: Kind) -> str:
    """The next free number; two at the same moment wait for each other at the series' row."""
    while True:
        taken = work.session.execute(
            update(NumberSeries)
            .where(NumberSeries.tenant_id == work.tenant_id, NumberSeries.kind == kind.value)
            .values(next=NumberSeries.next + 1)
            .returning(NumberSeries.prefix, NumberSeries.next)
        ).one_or_none()
        if taken is None:
            series = NumberSeries(tenant_id=work.tenant_id, kind=kind.value, prefix=PREFIXES[kind], next=FIRST)
            work.session.add(series)
            work.session.flush()
            continue
        number = f"{taken.prefix}{taken.next - 1}"
        if holder_of(work, kind, number) is None:
            return number


def refuse_taken(work: Work, kind: Kind, number: str, document_id: UUID) -> None:
    if holder_of(work, kind, number) not in (None, document_id):
        raise Wrong("number", f"You already have {_article(kind)} numbered {number}.")


def holder_of(work: Work, kind: Kind, number: str) -> UUID | None:
    """The document that has this number; case and space make no difference."""
    model = CreditNote if kind is Kind.CREDIT_NOTE else Invoice
    query = select(model.id).where(model.tenant_id == work.tenant_id, model.number_key == number_key(number))
    return work.session.scalar(query)


def _article(kind: Kind) -> str:
    return f"{'an' if kind is Kind.INVOICE else 'a'} {kind.word}"
