"""An invoice that was paid through QuickBooks Payments, which books the payment over there itself (decision C26)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.kinds import Kind
from kz_admin.models import ExternalRef
from kz_admin.models.session import reading, writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers.base import Access
from kz_admin.services import records, tokens
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents.work import Work
from tests.integration.push.conftest import Books

DEPOSIT, REST = "40.00", "60.00"
BY_THEM = {"payment.id": "pay-2", "payment.amount": REST, "payment.method": "quickbooks_payments"}


@pytest.fixture
def open_there(books: Books) -> Books:
    """An invoice over 100, of which 40 are paid: copied over, so that its client can pay the rest over there."""
    books.pay(**{"payment.id": "pay-1", "payment.amount": DEPOSIT})
    invoice_id = books.invoice().id
    with books.app.app_context(), writing() as session:
        work = Work(session, books.cast.tenant_id, SYSTEM, clock.now_ms())
        records.copy(work, Kind.INVOICE, [invoice_id], confirmed=True)
    books.push()
    assert books.invoice_there()["Balance"] == Decimal(REST)
    books.later(120)
    return books


def paid_over_there(books: Books, *, unused: bool = False) -> str:
    """What QuickBooks Payments does when the client pays: a payment with nothing of ours in it."""
    invoice = books.invoice_there()
    line = {"Amount": REST, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    body = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": REST, "Line": [] if unused else [line]}

    def post(access: Access) -> str:
        address = f"{access.base_url}/v3/company/{access.company}/payment"
        headers = {"Authorization": f"Bearer {access.token}", "Accept": "application/json"}
        answer = books.machine.http.post(address, json=body, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text
        made: str = answer.json()["Payment"]["Id"]
        return made

    connection_id = books.connection.id
    with books.app.app_context():  # by the access we have: another grant would end it
        return tokens.call(connection_id, post)


def second_payment(books: Books) -> SyncRecord:
    with books.app.app_context(), reading() as session:
        query = select(ExternalRef.document_id).where(ExternalRef.external_id == "pay-2")
        payment_id = session.scalars(query).one()
    return next(record for record in books.records("payment") if record.local_id == payment_id)


def settled(books: Books) -> tuple[Any, int]:
    """What is open on the invoice over there, and how many payments are on it."""
    invoice = books.invoice_there()
    return invoice["Balance"], len(invoice.get("LinkedTxn", []))


@pytest.mark.promise("KZ-04", "KZ-25")
def test_the_payment_that_is_there_already_is_linked_and_no_other_one_is_made(open_there: Books) -> None:
    theirs, since = paid_over_there(open_there), open_there.now_there()
    open_there.pay(**BY_THEM)
    open_there.push()
    record = second_payment(open_there)
    assert (record.state, record.remote_id, record.linked_by) == ("done", theirs, "match")
    assert open_there.made(since) == []
    assert settled(open_there) == (0, 2)


@pytest.mark.promise("KZ-25")
def test_a_payment_that_is_still_on_its_way_over_there_is_waited_for(open_there: Books) -> None:
    since = open_there.now_there()
    open_there.pay(**BY_THEM)
    open_there.push()
    assert open_there.made(since) == []
    assert second_payment(open_there).state == "due"
    theirs, since = paid_over_there(open_there), open_there.now_there()
    open_there.later(6 * 3600)
    open_there.push()
    record = second_payment(open_there)
    assert (record.state, record.remote_id) == ("done", theirs)
    assert open_there.made(since) == []
    assert settled(open_there) == (0, 2)


def test_one_that_never_comes_is_told_to_a_person_and_found_when_it_came_late(open_there: Books) -> None:
    since = open_there.now_there()
    open_there.pay(**BY_THEM)
    for _ in range(13):
        open_there.push()
        open_there.later(6 * 3600)
    record = second_payment(open_there)
    assert (record.state, record.problem) == ("failed", "payment_expected")
    assert open_there.made(since) == []
    theirs = paid_over_there(open_there)
    with open_there.app.app_context(), writing() as session:
        work = Work(session, open_there.cast.tenant_id, SYSTEM, clock.now_ms())
        assert records.retry(work, Kind.PAYMENT, [record.local_id]) == 1
    open_there.push()
    found = second_payment(open_there)
    assert (found.state, found.remote_id) == ("done", theirs)


def test_what_they_cannot_have_known_before_is_booked_by_us(books: Books) -> None:
    """Invoice and payment arrive together: their own payments never saw this invoice."""
    books.pay(**{"payment.method": "quickbooks_payments"})
    books.push()
    assert books.record("payment").state == "done"
    assert settled(books) == (0, 1)
