"""POST /hooks/paid: an invoice and its payment, found or made, once."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.models import Client, Invoice, Payment, PaymentAllocation, Receipt
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.hooks.conftest import Rows
from tests.platform import BODY, Platform, body

ONE_OF_EACH = {"client": 1, "invoice": 1, "payment": 1, "receipt": 1}


@pytest.mark.promise("KZ-05")
def test_a_paid_invoice_is_made_with_its_client_and_payment(platform: Platform, rows: Rows) -> None:
    answer = platform.told()
    assert answer["outcome"] == "accepted"
    assert rows.counts() == ONE_OF_EACH
    invoice, payment, receipt = rows.all(Invoice)[0], rows.all(Payment)[0], rows.all(Receipt)[0]
    assert answer == {"receipt": str(receipt.id), "invoice": str(invoice.id), "outcome": "accepted"}
    assert (invoice.as_state, invoice.total_minor, invoice.open_minor) == (InvoiceState.PAID, 10_000, 0)
    assert invoice.paid_at == 1_795_168_800_000  # the hook's moment, not ours
    assert (payment.amount_minor, payment.unallocated_minor, payment.paid_on) == (10_000, 0, "2026-11-20")
    assert rows.all(PaymentAllocation)[0].amount_minor == 10_000
    assert rows.all(Client)[0].email == "books@nordlicht.example"


@pytest.mark.promise("A46")
def test_the_same_delivery_again_does_nothing_and_says_so(platform: Platform, rows: Rows) -> None:
    first = platform.told(delivery="msg_1")
    again = platform.told(delivery="msg_1")
    assert again == {**first, "outcome": "repeated"}
    assert rows.counts() == ONE_OF_EACH


def test_the_same_delivery_id_with_another_body_is_refused(platform: Platform, rows: Rows) -> None:
    platform.told(delivery="msg_1")
    answer = platform.post(body(**{"payment.reference": "x"}), "msg_1")
    assert (answer.status_code, answer.get_json()["field"]) == (409, "webhook-id")
    assert rows.counts() == ONE_OF_EACH


def test_the_same_invoice_in_another_delivery_is_the_same_payment(platform: Platform, rows: Rows) -> None:
    platform.told()
    assert platform.told()["outcome"] == "repeated"
    assert rows.counts() == {**ONE_OF_EACH, "receipt": 2}


def test_what_we_know_may_shrink_to_its_id(platform: Platform, rows: Rows) -> None:
    platform.told(body(**{"payment.id": "p1", "payment.amount": "40.00"}))
    said = {"client": {"id": "cus-1"}, "invoice": {"id": "inv-1"}, "payment": {**BODY["payment"], "id": "p2"}}
    assert platform.told(said)["outcome"] == "accepted"
    assert [payment.amount_minor for payment in rows.all(Payment)] == [4_000, 6_000]
    assert rows.all(Invoice)[0].as_state is InvoiceState.PAID


@pytest.mark.parametrize("part", ["client", "invoice"])
def test_an_unknown_id_alone_names_what_is_missing(platform: Platform, rows: Rows, part: str) -> None:
    answer = platform.post({**BODY, part: {"id": "nobody"}})
    assert (answer.status_code, answer.get_json()["field"].split(".")[0]) == (400, part)
    assert sum(rows.counts().values()) == 0


def test_a_known_number_with_the_same_client_and_total_is_that_invoice(
    app: Flask, cast: Cast, platform: Platform, rows: Rows
) -> None:
    with app.app_context():
        agency = Agency(cast.tenant_id)
        client = agency.client("Nordlicht", email="Books@Nordlicht.example ".strip())
        invoice = agency.invoice(client, number="2026-0001 ")
    answer = platform.told()
    assert UUID(answer["invoice"]) == invoice.id
    assert rows.counts() == ONE_OF_EACH


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"invoice.total": "90.00", "invoice.lines.0.amount": "90.00"}, "invoice.total"),
        ({"invoice.currency": "EUR"}, "invoice.currency"),
        ({"client.email": "else@where.example", "client.id": "cus-2"}, "client.email"),
    ],
)
def test_a_known_number_that_disagrees_changes_nothing(
    platform: Platform, rows: Rows, changes: dict[str, str], field: str
) -> None:
    platform.told()
    answer = platform.post(body(**{"invoice.id": "inv-2", **changes}))
    assert (answer.status_code, answer.get_json()["field"]) == (409, field)
    assert rows.counts() == ONE_OF_EACH


def test_what_a_person_marked_paid_is_already_paid(app: Flask, cast: Cast, platform: Platform, rows: Rows) -> None:
    with app.app_context():
        agency = Agency(cast.tenant_id)
        invoice = agency.invoice(agency.client("Nordlicht", email="books@nordlicht.example"), number="2026-0001")
        agency.pay(invoice)
    assert platform.told()["outcome"] == "already_paid"
    assert platform.told()["outcome"] == "already_paid"
    assert rows.counts() == {**ONE_OF_EACH, "receipt": 2}


def test_another_source_is_booked_up_to_what_is_open_and_the_rest_is_shown(
    app: Flask, cast: Cast, platform: Platform, rows: Rows
) -> None:
    with app.app_context():
        agency = Agency(cast.tenant_id)
        invoice = agency.invoice(agency.client("Nordlicht", email="books@nordlicht.example"), number="2026-0001")
        agency.pay(invoice, amount=3_000)
    assert platform.told(body(**{"payment.amount": "100.00"}))["outcome"] == "accepted"
    assert sorted(payment.amount_minor for payment in rows.all(Payment)) == [3_000, 7_000]
    assert "30.00 USD were not booked" in (rows.all(Receipt)[0].detail or "")


def test_a_second_payment_of_the_same_sender_is_a_second_payment(platform: Platform, rows: Rows) -> None:
    platform.told(body(**{"payment.id": "p1"}))
    assert platform.told(body(**{"payment.id": "p2", "payment.amount": "25.00"}))["outcome"] == "accepted"
    assert [payment.unallocated_minor for payment in rows.all(Payment)] == [0, 2_500]


def test_nothing_can_be_paid_on_a_void_invoice(app: Flask, cast: Cast, platform: Platform, rows: Rows) -> None:
    from kz_admin.services.documents import invoice_steps

    with app.app_context():
        agency = Agency(cast.tenant_id)
        invoice = agency.invoice(agency.client("Nordlicht", email="books@nordlicht.example"), number="2026-0001")
        agency.do(invoice_steps.void, invoice.id, None)
    answer = platform.post()
    assert (answer.status_code, answer.get_json()["field"]) == (409, "invoice.id")


def test_services_and_taxes_are_found_or_made_once(platform: Platform, rows: Rows) -> None:
    from kz_admin.models import Service, TaxRate

    line = {"service": {"id": "s1", "name": "Design"}, "tax": {"id": "t1", "name": "VAT", "rate": "20"}}
    changes = {f"invoice.lines.0.{name}": value for name, value in line.items()}
    platform.told(body(**{**changes, "invoice.total": "120.00"}))
    second = {"invoice.id": "inv-2", "invoice.number": "2026-0002", "invoice.total": "120.00"}
    platform.told(body(**{**changes, **second}))
    assert [service.name for service in rows.all(Service)] == ["Design"]
    assert [(rate.name, str(rate.percent)) for rate in rows.all(TaxRate)] == [("VAT", "20")]
    assert [invoice.tax_minor for invoice in rows.all(Invoice)] == [2_000, 2_000]


def test_a_platform_key_names_the_tenant_in_the_body(app: Flask, cast: Cast, rows: Rows) -> None:
    platform = Platform.of(app, None)
    assert platform.post().get_json()["field"] == "tenant"
    assert platform.post(body(tenant="nobody")).get_json()["field"] == "tenant"
    assert platform.told(body(tenant="acme"))["outcome"] == "accepted"
    assert rows.all(Invoice)[0].tenant_id == cast.tenant_id


def test_what_a_client_is_called_now_is_taken_over(platform: Platform, rows: Rows) -> None:
    platform.told()
    platform.told(
        body(
            **{
                "client.name": "Nordlicht GmbH",
                "client.phone": "+49 40 1",
                "invoice.id": "inv-2",
                "invoice.number": "2",
            }
        )
    )
    (client,) = rows.all(Client)
    assert (client.name, client.phone, client.email) == ("Nordlicht GmbH", "+49 40 1", "books@nordlicht.example")


def test_one_payment_id_for_a_second_new_invoice_is_a_disagreement(platform: Platform, rows: Rows) -> None:
    platform.told(body(**{"payment.id": "p1"}))
    second = {"invoice.id": "inv-2", "invoice.number": "2026-0002", "payment.id": "p1"}
    answer = platform.post(body(**second))
    assert (answer.status_code, answer.get_json()["field"]) == (409, "payment.id")
    assert rows.counts() == ONE_OF_EACH


def test_a_payment_that_settled_another_invoice_is_never_said_to_have_settled_this_one(
    platform: Platform, rows: Rows
) -> None:
    platform.told(body(**{"payment.id": "p1"}))
    part = {"invoice.id": "inv-2", "invoice.number": "2026-0002", "payment.id": "p2", "payment.amount": "40.00"}
    platform.told(body(**part))
    answer = platform.post(body(**{**part, "payment.id": "p1", "payment.amount": "60.00"}))
    assert (answer.status_code, answer.get_json()["field"]) == (409, "payment.id")
    assert [one.open_minor for one in rows.all(Invoice)] == [0, 6_000]


def test_a_payment_that_came_as_too_much_is_repeated_after_a_person_used_it_elsewhere(
    app: Flask, cast: Cast, platform: Platform, rows: Rows
) -> None:
    from kz_admin.services.documents import payments

    platform.told(body(**{"payment.id": "p1"}))
    extra = body(**{"payment.id": "p2", "payment.amount": "25.00"})
    platform.told(extra)
    with app.app_context():
        agency = Agency(cast.tenant_id)
        other = agency.invoice(rows.all(Client)[0])
        agency.do(payments.apply, rows.all(Payment)[1].id, {other.id: None}, None)
    assert platform.told(extra)["outcome"] == "repeated"
    assert [one.amount_minor for one in rows.all(Payment)] == [10_000, 2_500]


def test_another_client_on_a_known_invoice_changes_neither(platform: Platform, rows: Rows) -> None:
    platform.told()
    other = {"client.id": "cus-2", "client.name": "Someone Else", "client.email": "else@where.example"}
    answer = platform.post(body(**other))
    assert (answer.status_code, answer.get_json()["field"]) == (409, "client.id")
    answer = platform.post({**BODY, "client": {"id": "cus-2"}})
    assert (answer.status_code, answer.get_json()["field"]) == (409, "client.id")
    assert [(one.name, one.email) for one in rows.all(Client)] == [("Nordlicht Studio", "books@nordlicht.example")]


def test_a_client_with_a_new_id_and_the_same_address_is_that_client(platform: Platform, rows: Rows) -> None:
    platform.told()
    assert platform.told(body(**{"client.id": "cus-2"}))["outcome"] == "repeated"
    second = {"client.id": "cus-2", "invoice.id": "inv-2", "invoice.number": "2026-0002"}
    platform.told(body(**second))
    assert len(rows.all(Client)) == 1


def test_a_tax_id_with_another_percentage_is_another_rate(platform: Platform, rows: Rows) -> None:
    from kz_admin.models import InvoiceLine, TaxRate

    for number, (rate, total) in enumerate((("20", "120.00"), ("19", "119.00"), ("19", "119.00"))):
        said = {"invoice.id": f"inv-{number}", "invoice.number": f"N-{number}", "invoice.total": total}
        platform.told(body(**said, **{"invoice.lines.0.tax": {"id": "t1", "name": "VAT", "rate": rate}}))
    rates = {one.id: str(one.percent) for one in rows.all(TaxRate)}
    assert sorted(rates.values()) == ["19", "20"]
    assert [(rates[one.tax_rate_id], str(one.tax_percent)) for one in rows.all(InvoiceLine)] == [
        ("20", "20"),
        ("19", "19"),
        ("19", "19"),
    ]


def test_an_address_that_grows_when_it_is_folded_is_kept(platform: Platform, rows: Rows) -> None:
    email = "ß" * 240 + "@a.example"
    platform.told(body(**{"client.email": email}))
    platform.told(body(**{"client.email": email, "client.id": "cus-2", "invoice.id": "inv-2", "invoice.number": "2"}))
    assert {one.email for one in rows.all(Client)} == {email}


def test_two_clients_of_one_address_do_not_keep_an_invoice_from_its_second_word(
    app: Flask, cast: Cast, platform: Platform, rows: Rows
) -> None:
    platform.told(body(**{"invoice.id": "inv-9", "invoice.number": "9"}))
    with app.app_context():
        agency = Agency(cast.tenant_id)
        agency.invoice(agency.client("By hand", email="books@nordlicht.example"), number="2026-0001")
    assert [platform.told()["outcome"] for _ in range(2)] == ["accepted", "repeated"]
    assert sorted(one.name for one in rows.all(Client)) == ["By hand", "Nordlicht Studio"]
