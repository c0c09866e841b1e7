"""The demo is a real agency's half year: every state, two currencies, and books that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from kz_admin import clock
from kz_admin.domain.lifecycle import InvoiceState, state_of
from kz_admin.models import (
    AuditEntry,
    Client,
    CreditAllocation,
    CreditNote,
    Expense,
    Invoice,
    Payment,
    PaymentAllocation,
    TimeEntry,
)
from kz_admin.models.session import engine, reading
from kz_admin.services import demo
from tests.conftest import make_app


@pytest.fixture
def loaded(sqlite_url: str) -> Iterator[Flask]:
    app = make_app(sqlite_url)
    with app.app_context():
        demo.load()
        yield app
        engine().dispose()


def test_it_looks_like_half_a_year_and_adds_up(loaded: Flask) -> None:
    with reading() as session:
        invoices = session.scalars(select(Invoice)).all()
        paid = _sums(session, PaymentAllocation, Payment, PaymentAllocation.payment_id)
        credited = _sums(session, CreditAllocation, CreditNote, CreditAllocation.credit_note_id)
        mails = session.scalars(select(Client.email)).all()
        receipts = session.scalars(select(Expense.receipt_id)).all()
        approvals = session.scalars(select(TimeEntry.approved_at)).all()
        unused = session.scalars(select(Payment.unallocated_minor)).all()
        logged = session.scalar(select(func.count()).select_from(AuditEntry))
    states = Counter(invoice.state for invoice in invoices)
    assert len(invoices) == 210
    assert set(states) == {state.value for state in InvoiceState}
    assert {"USD", "EUR", "CAD"} == {invoice.currency for invoice in invoices}
    assert "" in mails
    assert any(mails)
    for kept in (receipts, approvals):
        assert None in kept
        assert any(kept)
    assert any(unused)
    for invoice in invoices:
        assert invoice.paid_minor == paid.get(invoice.id, 0)
        assert invoice.credited_minor == credited.get(invoice.id, 0)
        assert invoice.as_state is state_of(invoice.facts)
        assert invoice.created_at <= (invoice.paid_at or clock.now_ms()) <= clock.now_ms()
    assert (logged or 0) < 50


def test_loading_it_twice_is_loading_it_once(loaded: Flask) -> None:
    with reading() as session:
        before = session.scalar(select(func.count()).select_from(Invoice))
    demo.load()
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Invoice)) == before


def _sums(session, part, document, column):  # type: ignore[no-untyped-def]
    query = select(part.invoice_id, func.sum(part.amount_minor)).join(document, document.id == column)
    return {
        row[0]: row[1] for row in session.execute(query.where(document.voided_at.is_(None)).group_by(part.invoice_id))
    }
