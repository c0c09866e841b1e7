"""What a person answers on a card reaches the books, once: pages on one side, engine and QuickBooks on the other."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from kz_admin.services.documents import invoices
from tests import cast as people
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.push.conftest import Books, connect_books
from tests.page import InspectingClient
from tests.simulator.machine import HOSTS, Machine


@pytest.fixture
def numbered(app: Flask, machine: Machine, cast: Cast, bridge: Bridge) -> Books:
    """A company that takes our invoice numbers."""
    return connect_books(app, machine, cast, bridge, "MC")


@pytest.fixture
def desk(app: Flask, cast: Cast) -> InspectingClient:
    return people.sign_in(app, cast.bookkeeper, cast.tenant_id)


def url(books: Books, kind: str = "invoice") -> str:
    return f"/kz-admin/{kind}s/{books.record(kind).local_id}"


def go_over(books: Books) -> None:
    books.push()
    books.later(2)
    books.push()


def states(books: Books) -> dict[str, str]:
    return {record.kind: record.state for record in books.records()}


def delete_there(books: Books, entity: str) -> None:
    """Somebody deletes our object in QuickBooks itself."""
    (theirs,) = books.ours(entity)
    with books.app.app_context():
        token = books.connection.access
    address = f"{books.machine.base}{HOSTS['production']}/v3/company/{books.company_id}/{entity.lower()}"
    answer = books.machine.http.post(
        address,
        json={"Id": theirs["Id"], "SyncToken": theirs["SyncToken"]},
        params={"operation": "delete"},
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text


def test_the_address_given_on_the_card_brings_client_invoice_and_payment(books: Books, desk: InspectingClient) -> None:
    books.pay(**{"client.email": None})
    books.push()
    assert "Could not find customer email" in desk.page(url(books)).text
    assert desk.submit(f"{url(books)}/email", {"email": "books@nordlicht.example"}).status_code == 303
    go_over(books)
    assert set(states(books).values()) == {"done"}
    assert len(books.ours("Invoice")) == 1
    page = desk.page(url(books))
    assert "Success" in page.text
    assert "Totals equal" in page.text


@pytest.mark.promise("K-QBO-44")
def test_retry_after_a_passing_refusal_makes_one_invoice(books: Books, desk: InspectingClient) -> None:
    said = {"Fault": {"Error": [{"Message": "Not today", "code": "6000"}], "type": "ValidationFault"}}
    refusal = {"status": 400, "body": said, "content_type": "application/json"}
    fault = books.machine.fault("status", refusal, count=None, method="POST", path="*/invoice")
    books.pay()
    books.push()
    assert states(books)["invoice"] == "failed"
    assert "QuickBooks refused 2026-0001" in desk.page(url(books)).text
    books.machine.sim("DELETE", f"faults/{fault}")
    assert desk.submit(f"{url(books)}/retry").status_code == 303
    go_over(books)
    assert set(states(books).values()) == {"done"}
    assert len(books.ours("Invoice")) == 1


def test_a_taken_number_is_pushed_with_the_next_one_and_never_tied_to_what_differs(
    numbered: Books, desk: InspectingClient
) -> None:
    taken = next(row for row in numbered.there("Invoice") if row.get("DocNumber"))
    numbered.pay(taken["DocNumber"])
    numbered.push()
    page = desk.get(url(numbered)).text
    assert f"QuickBooks already has an invoice numbered {taken['DocNumber']}." in page
    assert f"it is of {taken['CustomerRef']['name']}" in page
    assert "Link to it" not in page
    forced = desk.submit(f"{url(numbered)}/decide", {"choice": "link", "value": taken["Id"]})
    assert forced.status_code == 422
    value = offered(page, "number")
    assert desk.submit(f"{url(numbered)}/decide", {"choice": "number", "value": value}).status_code == 303
    since = numbered.now_there()
    numbered.push()
    record = numbered.record("invoice")
    assert (record.state, record.remote_number) == ("done", value)
    assert numbered.made(since).count("Invoice") == 1
    assert f"Numbered {value} in QuickBooks, where {taken['DocNumber']} was taken." in desk.page(url(numbered)).text


@pytest.mark.parametrize("choice", ["reactivate", "name"])
def test_an_inactive_twin_is_made_active_or_gets_a_successor(books: Books, desk: InspectingClient, choice: str) -> None:
    books.pay(**{"client.name": "Briar Patch Nursery", "client.email": "briar@patchnursery.example"})
    books.push()
    page = desk.get(url(books)).text
    assert "Briar Patch Nursery is inactive in QuickBooks." in page
    since = books.now_there()
    answer = {"choice": choice, "value": offered(page, choice)}
    assert desk.submit(f"{url(books)}/decide", answer).status_code == 303
    go_over(books)
    assert set(states(books).values()) == {"done"}
    assert ("Customer" in books.made(since)) is (choice == "name")


def test_what_was_deleted_there_is_made_again_when_a_person_says_so(books: Books, desk: InspectingClient) -> None:
    agency = Agency(books.cast.tenant_id)
    with books.app.app_context():
        client = agency.client(email="a@acme.example")
        invoice = agency.invoice(client)
    assert desk.submit(f"/kz-admin/invoices/{invoice.id}/copy").status_code == 303
    go_over(books)
    delete_there(books, "Invoice")
    with books.app.app_context():
        later = agency.details(client, number=invoice.number, note="Thank you")
        agency.do(invoices.change, invoice.id, later, None)
    go_over(books)
    page = desk.get(url(books)).text
    assert "was deleted in QuickBooks" in page
    since = books.now_there()
    answer = {"choice": "again", "value": offered(page, "again")}
    assert desk.submit(f"{url(books)}/decide", answer).status_code == 303
    go_over(books)
    assert states(books)["invoice"] == "done"
    assert books.made(since).count("Invoice") == 1


@pytest.mark.promise("K-QBO-30")
def test_copy_and_a_later_paid_hook_make_one_invoice(books: Books, desk: InspectingClient) -> None:
    agency = Agency(books.cast.tenant_id)
    with books.app.app_context():
        invoice = agency.invoice(agency.client(email="a@acme.example"))
    for status in (303, 409):  # the second click finds it there
        assert desk.submit(f"/kz-admin/invoices/{invoice.id}/copy").status_code == status
        books.push()
    books.later(2)
    with books.app.app_context():
        agency.pay(invoice)
    go_over(books)
    assert set(states(books).values()) == {"done"}
    assert len(books.ours("Invoice")) == 1


def offered(html: str, choice: str) -> str:
    """The value that stands beside this answer on the card."""
    found = re.search(rf'name="choice" value="{choice}"><input type="hidden" name="value" value="([^"]+)"', html)
    assert found, f"the card does not offer {choice!r}"
    return found[1]
