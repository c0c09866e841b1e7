"""How much money hangs on each subject of a list: a client with half the revenue is not one of five hundred.

The last twelve months in the company's currency; of very long histories the newest documents, so that a page costs
the same at a million invoices as at a thousand.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Subquery, Uuid, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from kz_admin import clock, ids
from kz_admin.domain.lists import List, term_key
from kz_admin.models.connection import Connection
from kz_admin.models.expense import Expense
from kz_admin.models.invoice import Invoice, InvoiceLine
from kz_admin.models.option import Mapping
from kz_admin.models.payment import Payment
from kz_admin.services import mapping_subjects

NEWEST = 20_000
A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Weights:
    currency: str = ""
    by_subject: MappingOf[str, int] = field(default_factory=dict)
    mapped: int = 0
    total: int = 0

    @property
    def share(self) -> int | None:
        """Per cent of the money that is mapped; None where no money hangs on the list."""
        return self.mapped * 100 // self.total if self.total > 0 else None


def of(session: Session, connection: Connection, which: List, subjects: Sequence[str] = ()) -> Weights:
    """What is mapped of all of it, and how much hangs on each of these: a page shows a few of many."""
    if which is List.EMPLOYEES or not connection.company_currency:
        return Weights()
    if which not in mapping_subjects.MODELS:
        return _of_words(session, connection, which)
    found = session.execute(_of_rows(connection, which, subjects)).all()
    total, mapped = next((int(row[1]), int(row[2])) for row in found if row[0] is None)
    weights = {str(row[0]): int(row[1]) for row in found if row[0] is not None}
    return Weights(connection.company_currency, weights, mapped, total)


def _of_rows(connection: Connection, which: List, subjects: Sequence[str]) -> CompoundSelect[Any]:
    """The sums, in a row without a key, and a row for each of the subjects."""
    key, amount, source = _measured(connection, which)
    grouped = select(key.label("key"), func.sum(amount).label("amount")).select_from(source)
    each = grouped.where(key.is_not(None)).group_by(key).cte("each")
    part: Any = connection.company_currency if which is List.CUSTOMERS else None
    remote = mapping_subjects.remote_of(which)
    mapped = case((remote.is_not(None), each.c.amount), else_=0)
    sums = (
        select(literal(None, Uuid), func.coalesce(func.sum(each.c.amount), 0), func.coalesce(func.sum(mapped), 0))
        .select_from(each)
        .outerjoin(remote.class_, mapping_subjects.linked(connection, which, each.c.key, part))
    )
    wanted = [known for one in subjects if (known := ids.parse(one)) is not None]
    return union_all(sums, select(each.c.key, each.c.amount, literal(0)).where(each.c.key.in_(wanted)))


def _measured(connection: Connection, which: List) -> tuple[Any, Any, Any]:
    """What the money is counted by, the money, and where both stand."""
    if which in (List.VENDORS, List.CATEGORIES):
        spent = _recent(
            connection, Expense, Expense.spent_on, Expense.vendor_id, Expense.category_id, Expense.amount_minor
        )
        return (spent.c.vendor_id if which is List.VENDORS else spent.c.category_id), spent.c.amount_minor, spent
    sold = _invoices(connection)
    if which is List.CUSTOMERS:
        return sold.c.client_id, sold.c.total_minor, sold
    if which in (List.PROJECTS, List.TRACKING):
        return sold.c.project_id, sold.c.total_minor, sold
    key = InvoiceLine.service_id if which is List.ITEMS else InvoiceLine.tax_rate_id
    lines = select(key, InvoiceLine.amount_minor).join(sold, sold.c.id == InvoiceLine.invoice_id).subquery()
    return lines.c[key.key], lines.c.amount_minor, lines


def _of_words(session: Session, connection: Connection, which: List) -> Weights:
    """Ways of paying and payment terms are few, so they are matched here."""
    mine = (Mapping.connection_id == connection.id, Mapping.list == which.value)
    chosen = set(session.scalars(select(Mapping.subject).where(*mine)))
    if which is List.TERMS:
        sold = _invoices(connection)
        query = select(sold.c.terms, func.sum(sold.c.total_minor)).where(sold.c.terms != "").group_by(sold.c.terms)
        found = [(term_key(words), int(amount)) for words, amount in session.execute(query)]
    else:
        paid = _recent(connection, Payment, Payment.paid_on, Payment.method, Payment.amount_minor)
        query = select(paid.c.method, func.sum(paid.c.amount_minor)).group_by(paid.c.method)
        found = [(str(method), int(amount)) for method, amount in session.execute(query)]
    weights: dict[str, int] = {}
    for subject, amount in found:
        weights[subject] = weights.get(subject, 0) + amount
    mapped = sum(amount for subject, amount in weights.items() if subject in chosen)
    return Weights(connection.company_currency, weights, mapped, sum(weights.values()))


def _invoices(connection: Connection) -> Subquery:
    columns = (Invoice.id, Invoice.client_id, Invoice.project_id, Invoice.terms, Invoice.total_minor)
    return _recent(connection, Invoice, Invoice.issued_on, *columns)


def _recent(connection: Connection, model: Any, day: Any, *columns: Any) -> Subquery:
    since = (datetime.fromtimestamp(clock.now_ms() / clock.SECOND, UTC) - A_YEAR).date().isoformat()
    query = select(*columns).where(
        model.tenant_id == connection.tenant_id, day >= since, model.currency == connection.company_currency
    )
    if model is Invoice:
        query = query.where(Invoice.finalised_at.is_not(None))
    if model is not Expense:
        query = query.where(model.voided_at.is_(None))
    return query.order_by(day.desc(), model.id.desc()).limit(NEWEST).subquery()
