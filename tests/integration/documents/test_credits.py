"""Credit notes and refunds: money that goes back, never more than came in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.payments import Method
from kz_admin.services.documents import credit_notes, payments, refunds
from kz_admin.services.documents.credit_notes import Details
from kz_admin.services.documents.sales import Contents, Line
from tests.integration.documents.agency import Agency


def _contents(client_id, amount: str) -> Contents:  # type: ignore[no-untyped-def]
    return Contents(client_id, "2026-07-20", "USD", (Line("Back", Decimal(1), Decimal(amount)),))


def test_a_credit_note_settles_the_invoice_it_corrects(agency: Agency) -> None:
    invoice = agency.invoice()
    credit = agency.credit(invoice)
    after = agency.again(invoice)
    assert (after.as_state, after.credited_minor, after.open_minor) == (InvoiceState.PARTLY_PAID, 30_00, 70_00)
    assert (credit.number, credit.open_minor, credit.revision) == ("CN-1001", 0, 2)


def test_payment_and_credit_together_pay_an_invoice(agency: Agency) -> None:
    invoice = agency.invoice()
    agency.credit(invoice)
    agency.pay(invoice)
    after = agency.again(invoice)
    assert (after.as_state, after.paid_minor, after.credited_minor) == (InvoiceState.PAID, 70_00, 30_00)


def test_what_a_paid_invoice_cannot_take_stays_open_and_settles_another(agency: Agency) -> None:
    client = agency.client()
    paid, other = agency.invoice(client), agency.invoice(client)
    agency.pay(paid)
    credit = agency.credit(paid)
    assert credit.open_minor == 30_00
    agency.do(credit_notes.apply, credit.id, {other.id: None}, credit.version)
    found, settled = credit_notes.find(agency.tenant_id, credit.id)
    assert (found.open_minor, [part.amount_minor for part, _ in settled]) == (0, [30_00])
    assert agency.again(other).open_minor == 70_00


def test_more_than_is_open_cannot_be_used(agency: Agency) -> None:
    client = agency.client()
    paid, other = agency.invoice(client), agency.invoice(client)
    agency.pay(paid)
    credit = agency.credit(paid)
    with pytest.raises(Wrong, match=r"more than the 30\.00 USD available on this credit note"):
        agency.do(credit_notes.apply, credit.id, {other.id: 30_01}, None)
    with pytest.raises(Wrong, match=f"Invoice {paid.number} is paid already"):
        agency.do(credit_notes.apply, credit.id, {paid.id: 1_00}, None)


def test_a_voided_credit_note_opens_what_it_settled(agency: Agency) -> None:
    invoice = agency.invoice()
    credit = agency.credit(invoice)
    agency.do(credit_notes.void, credit.id, None)
    after = agency.again(invoice)
    assert (after.as_state, after.open_minor) == (InvoiceState.FINALISED, 100_00)
    with pytest.raises(Conflict, match="voided"):
        agency.do(credit_notes.apply, credit.id, {invoice.id: None}, None)


def test_a_changed_credit_note_keeps_what_is_used(agency: Agency) -> None:
    invoice = agency.invoice()
    credit = agency.credit(invoice)
    less = Details(_contents(invoice.client_id, "20"), invoice.id)
    with pytest.raises(Wrong, match=r"30\.00 USD of it are used"):
        agency.do(credit_notes.change, credit.id, less, None)
    more = Details(_contents(invoice.client_id, "50"), invoice.id)
    changed = agency.do(credit_notes.change, credit.id, more, None)
    assert (changed.total_minor, changed.open_minor, changed.number) == (50_00, 20_00, "CN-1001")


def test_money_is_given_back_once(agency: Agency) -> None:
    invoice = agency.invoice()
    payment = agency.pay(invoice)
    back = agency.do(refunds.create, refunds.Details(60_00, "2026-07-20", Method.CARD, payment_id=payment.id))
    with pytest.raises(Wrong, match=r"At most 40\.00 USD"):
        agency.do(refunds.create, refunds.Details(40_01, "2026-07-20", Method.CARD, payment_id=payment.id))
    with pytest.raises(Conflict, match="Void the refund first"):
        agency.do(payments.void, payment.id, None)
    assert agency.again(invoice).as_state is InvoiceState.PAID
    agency.do(refunds.void, back.id, None)
    found, _ = payments.find(agency.tenant_id, payment.id)
    assert found.refunded_minor == 0


def test_what_a_credit_note_left_open_is_given_back(agency: Agency) -> None:
    invoice = agency.invoice()
    agency.pay(invoice)
    credit = agency.credit(invoice)
    agency.do(refunds.create, refunds.Details(30_00, "2026-07-21", Method.CARD, credit_note_id=credit.id))
    found, _ = credit_notes.find(agency.tenant_id, credit.id)
    assert (found.open_minor, found.refunded_minor) == (0, 30_00)
    assert refunds.record_of(refunds.of(agency.tenant_id, credit.id)[0]).amount == 30_00
    assert credit_notes.record_of(found).total == 30_00


def test_everything_foreign_is_not_found(agency: Agency, stranger: Agency) -> None:
    invoice = agency.invoice()
    payment, credit = agency.pay(invoice, 10_00), agency.credit(invoice)
    with pytest.raises(NotFound):
        stranger.do(refunds.create, refunds.Details(1_00, "2026-07-20", Method.CARD, payment_id=payment.id))
    for deed in (credit_notes.void, lambda work, *args: credit_notes.apply(work, args[0], {}, None)):
        with pytest.raises(NotFound):
            stranger.do(deed, credit.id, None)
    with pytest.raises(NotFound):
        stranger.do(credit_notes.create, Details(_contents(stranger.client().id, "5"), invoice.id))
