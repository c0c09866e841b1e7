"""What a person chose on the mapping pages is what goes over."""

from __future__ import annotations

import pytest

from kz_admin.domain.lists import List
from kz_admin.models import Client, Option, Service
from kz_admin.models.session import reading
from kz_admin.services import options
from tests import cast as people
from tests.integration.push.conftest import Books
from tests.page import InspectingClient

MAPPINGS = "/kz-admin/integrations/quickbooks/mappings"


def choices(books: Books, which: List) -> list[Option]:
    with books.app.app_context():
        options.refresh(books.connection.id, which)
        with reading() as session:
            found = session.query(Option).filter_by(list=which.value, active=True).order_by(Option.name)
            return list(found)


def choose(browser: InspectingClient, which: str, subject: object, option: Option) -> None:
    data = {f"to:{subject}": option.remote_id, f"was:{subject}": ""}
    assert browser.submit(f"{MAPPINGS}/{which}/save", data).status_code == 303


@pytest.fixture
def bookkeeper(books: Books) -> InspectingClient:
    return people.sign_in(books.app, books.cast.bookkeeper, books.cast.tenant_id)


@pytest.mark.promise("K-QBO-07", "PLAT-12", "PLAT-17", "PLAT-36")
def test_an_invoice_goes_to_the_chosen_customer_and_items(books: Books, bookkeeper: InspectingClient) -> None:
    customer, item = choices(books, List.CUSTOMERS)[-1], choices(books, List.ITEMS)[-1]
    books.pay(**{"invoice.lines.0.service": {"id": "s-1", "name": "Growth work"}})
    with books.app.app_context(), reading() as session:
        client = session.query(Client).one()
        service = session.query(Service).filter(Service.built_in.is_(False)).first()
    assert service is not None
    choose(bookkeeper, "customers", client.id, customer)
    choose(bookkeeper, "items", service.id, item)
    since = books.now_there()
    books.push()
    invoice = books.invoice_there()
    assert invoice["CustomerRef"]["value"] == customer.remote_id
    used = {
        line["SalesItemLineDetail"]["ItemRef"]["value"] for line in invoice["Line"] if "SalesItemLineDetail" in line
    }
    assert item.remote_id in used
    assert not {"Customer", "JournalEntry"} & set(books.made(since))
    assert books.record("client").linked_by == "person"


@pytest.mark.promise("PLAT-32")
def test_a_choice_sets_free_what_failed_for_its_client(books: Books, bookkeeper: InspectingClient) -> None:
    customer = choices(books, List.CUSTOMERS)[-1]
    books.pay()
    record = books.record("client")
    books.change(record, state="failed", problem="several_matches", cause=f"several_matches:{record.local_id}")
    invoice = books.record("invoice")
    books.change(invoice, state="failed", problem="several_matches", waits_for_id=record.id)
    choose(bookkeeper, "customers", record.local_id, customer)
    assert books.record("client").state == "done"
    books.push()
    assert books.record("invoice").state == "done"
    assert books.invoice_there()["CustomerRef"]["value"] == customer.remote_id


def test_a_chosen_payment_method_goes_before_one_of_the_same_name(books: Books, bookkeeper: InspectingClient) -> None:
    method = choices(books, List.PAYMENT_METHODS)[0]
    choose(bookkeeper, "payment-methods", "card", method)
    books.pay(**{"payment.method": "card"})
    books.push()
    (payment,) = books.ours("Payment")
    assert payment["PaymentMethodRef"]["value"] == method.remote_id
