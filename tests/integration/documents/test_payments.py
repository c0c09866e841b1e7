"""Money: an invoice becomes paid in one function, once, and never by more than is open."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from flask import Flask

from kz_admin.domain.failures import Conflict, NotFound, Refused, Wrong
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.payments import Method
from kz_admin.models.session import reading
from kz_admin.services.documents import payments
from kz_admin.services.documents.payments import Details, Filters
from tests.integration.documents.agency import Agency


def _details(client_id, amount: int, *parts) -> Details:  # type: ignore[no-untyped-def]
    return Details(client_id, amount, "USD", "2026-07-15", Method.BANK_TRANSFER, parts=dict(parts))


def test_mark_paid_records_a_payment_and_pays_the_invoice(agency: Agency) -> None:
    invoice = agency.invoice()
    payment = agency.pay(invoice, reference="R-1")
    after = agency.again(invoice)
    assert (after.as_state, after.open_minor, after.paid_minor) == (InvoiceState.PAID, 0, 100_00)
    assert after.paid_at is not None
    assert (payment.amount_minor, payment.unallocated_minor, payment.reference) == (100_00, 0, "R-1")


def test_the_moment_a_sender_states_is_the_moment_it_was_paid(agency: Agency) -> None:
    invoice = agency.invoice()
    details = _details(invoice.client_id, 100_00, (invoice.id, None))
    agency.do(payments.record, details, source="platform", moment=1_750_000_000_000)
    assert agency.again(invoice).paid_at == 1_750_000_000_000


def test_a_part_leaves_the_rest_open(agency: Agency) -> None:
    invoice = agency.invoice()
    agency.pay(invoice, 40_00)
    after = agency.again(invoice)
    assert (after.as_state, after.open_minor, after.paid_at) == (InvoiceState.PARTLY_PAID, 60_00, None)
    agency.pay(invoice)
    assert agency.again(invoice).as_state is InvoiceState.PAID


def test_more_than_is_open_is_refused(agency: Agency) -> None:
    with pytest.raises(Wrong, match=r"Only 100\.00 USD are still open"):
        agency.pay(agency.invoice(), 100_01)


def test_nobody_pays_twice(agency: Agency) -> None:
    invoice = agency.invoice()
    agency.pay(invoice)
    with pytest.raises(Conflict, match="paid already"):
        agency.pay(invoice)
    assert len(payments.of_invoice(agency.tenant_id, invoice.id)) == 1


def test_two_people_at_the_same_moment_pay_it_once(app: Flask, agency: Agency) -> None:
    invoice, start, outcomes = agency.invoice(), Barrier(2), []

    def click() -> None:
        with app.app_context():
            start.wait()
            try:
                agency.pay(invoice)
                outcomes.append("paid")
            except Refused as refused:
                outcomes.append(type(refused).__name__)

    people = [Thread(target=click) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(outcomes) == ["Conflict", "paid"]
    assert agency.again(invoice).paid_minor == 100_00


def test_one_payment_settles_several_invoices_and_keeps_the_rest(agency: Agency) -> None:
    client = agency.client()
    first, second = agency.invoice(client), agency.invoice(client)
    payment = agency.do(payments.record, _details(client.id, 250_00, (first.id, None), (second.id, 70_00)))
    assert payment.unallocated_minor == 80_00
    assert [agency.again(one).open_minor for one in (first, second)] == [0, 30_00]
    agency.do(payments.apply, payment.id, {second.id: None}, payment.version)
    found, parts = payments.find(agency.tenant_id, payment.id)
    assert found.unallocated_minor == 50_00
    assert sorted(part.amount_minor for part, _ in parts) == [100_00, 100_00]
    assert agency.again(second).as_state is InvoiceState.PAID


def test_parts_cannot_be_more_than_the_payment(agency: Agency) -> None:
    client = agency.client()
    first, second = agency.invoice(client), agency.invoice(client)
    with pytest.raises(Wrong, match="add up to more"):
        agency.do(payments.record, _details(client.id, 150_00, (first.id, 100_00), (second.id, 100_00)))
    assert agency.again(first).paid_minor == 0


def test_a_voided_payment_opens_its_invoices_again(agency: Agency) -> None:
    invoice = agency.invoice()
    payment = agency.pay(invoice)
    agency.do(payments.void, payment.id, payment.version)
    after = agency.again(invoice)
    assert (after.as_state, after.open_minor, after.paid_at) == (InvoiceState.FINALISED, 100_00, None)
    agency.pay(invoice)
    assert agency.again(invoice).as_state is InvoiceState.PAID


def test_drafts_other_clients_and_other_currencies_take_no_money(agency: Agency) -> None:
    client = agency.client()
    draft, foreign = agency.draft(client), agency.invoice(agency.client("Other"))
    euros = agency.invoice(client, currency="EUR")
    with pytest.raises(Conflict, match="still a draft"):
        agency.do(payments.record, _details(client.id, 5_00, (draft.id, None)))
    with pytest.raises(Wrong, match="another client"):
        agency.do(payments.record, _details(client.id, 5_00, (foreign.id, None)))
    with pytest.raises(Wrong, match="is in EUR"):
        agency.do(payments.record, _details(client.id, 5_00, (euros.id, None)))


@pytest.mark.promise("A69")
@pytest.mark.parametrize("amount", [0, -1])
def test_a_payment_is_more_than_nothing(agency: Agency, amount: int) -> None:
    with pytest.raises(Wrong, match="greater than zero"):
        agency.do(payments.record, _details(agency.client().id, amount))


def test_foreign_payments_are_not_found(agency: Agency, stranger: Agency) -> None:
    payment = agency.pay(agency.invoice())
    for deed in (payments.void, lambda work, *args: payments.apply(work, args[0], {}, None)):
        with pytest.raises(NotFound):
            stranger.do(deed, payment.id, None)
    with pytest.raises(NotFound):
        payments.find(stranger.tenant_id, payment.id)


def test_payments_are_listed_and_downloaded(agency: Agency) -> None:
    invoice = agency.invoice(agency.client("=cmd()"))
    agency.pay(invoice, 40_00)
    agency.do(payments.record, _details(invoice.client_id, 5_00))
    assert len(payments.list_payments(agency.tenant_id, Filters()).rows) == 2
    assert len(payments.list_payments(agency.tenant_id, Filters(unallocated=True)).rows) == 1
    assert payments.list_payments(agency.tenant_id, Filters(client="nobody")).rows == ()
    text = "".join(payments.as_csv(agency.tenant_id, Filters()))
    assert text.count("\r\n") == 3
    assert ",'=cmd()," in text


def test_a_record_names_what_it_pays(agency: Agency) -> None:
    invoice = agency.invoice()
    payment = agency.pay(invoice)
    found, _ = payments.find(agency.tenant_id, payment.id)
    record = payments.record_of(found)
    assert [(part.invoice_id, part.amount) for part in record.allocations] == [(invoice.id, 100_00)]
    with reading():
        assert (record.method, record.voided) == (Method.CARD, False)
