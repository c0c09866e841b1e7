"""A wrong link taken back: nothing over there is touched, nothing is made twice, a person says what it is instead."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin.models import Client, Invoice, SyncRecord
from kz_admin.models.session import reading
from kz_admin.services.documents.sales import Line
from kz_admin.services.push import drain, writing_down
from tests import cast as people
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.push.conftest import PAID_ON, Books, connect_books
from tests.integration.push.test_removals import go_over
from tests.page import InspectingClient
from tests.simulator.machine import Machine


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is shown here does not hang on the database; the engine's own tests run on both."""
    return sqlite_url


@pytest.fixture
def books(app: Flask, machine: Machine, cast: Cast, bridge: Bridge) -> Books:
    """A company that takes our invoice numbers."""
    return connect_books(app, machine, cast, bridge, "MC")


@pytest.fixture
def desk(app: Flask, cast: Cast) -> InspectingClient:
    return people.sign_in(app, cast.bookkeeper, cast.tenant_id)


@pytest.fixture
def invoice(books: Books, desk: InspectingClient) -> Invoice:
    """Linked to what somebody entered over there under the same number: it is another one."""
    books.pay("U-0")  # the customer is there
    go_over(books)
    for number in ("U-1", "X-77"):
        books.later(2)
        books.write_there("Invoice", theirs(books, number))
    with books.app.app_context():
        with reading() as session:
            client = session.scalars(select(Client)).one()
        agency = Agency(books.cast.tenant_id)
        made: Invoice = agency.invoice(client, Line("Work", Decimal(1), Decimal(100)), number="U-1", issued_on=PAID_ON)
    copy(desk, made)
    go_over(books)
    record = of(books, made)
    assert (record.state, record.linked_by, record.remote_id) == ("done", "match", there(books, "U-1")["Id"])
    return made


def theirs(books: Books, number: str) -> dict[str, Any]:
    ours = books.ours("Invoice")[0]
    line = next(one for one in ours["Line"] if one["DetailType"] == "SalesItemLineDetail")
    detail = {"ItemRef": line["SalesItemLineDetail"]["ItemRef"]}
    kept = {name: ours[name] for name in ("CustomerRef", "CurrencyRef") if name in ours}
    lines = [{"DetailType": "SalesItemLineDetail", "Amount": 100, "SalesItemLineDetail": detail}]
    return {**kept, "DocNumber": number, "TxnDate": PAID_ON, "Line": lines}


def there(books: Books, number: str) -> dict[str, Any]:
    (found,) = books.there("Invoice", DocNumber=number)
    return found


def of(books: Books, invoice: Invoice) -> SyncRecord:
    return books.record_of(invoice.id)


def url(invoice: Invoice) -> str:
    return f"/kz-admin/invoices/{invoice.id}"


def copy(desk: InspectingClient, invoice: Invoice) -> None:
    assert desk.submit(f"{url(invoice)}/copy", {"confirmed": "1"}).status_code == 303


def unlink(desk: InspectingClient, invoice: Invoice) -> None:
    assert desk.submit(f"{url(invoice)}/unlink").status_code == 303


def link_to(desk: InspectingClient, invoice: Invoice, said: str) -> None:
    assert desk.submit(f"{url(invoice)}/link-to", {"sought": said}).status_code == 303


def choices(record: SyncRecord) -> dict[str, str]:
    found: dict[str, str] = json.loads(record.choices or "{}")
    return found


def test_a_copy_never_finds_what_was_unlinked_and_is_made_once(
    books: Books, desk: InspectingClient, invoice: Invoice
) -> None:
    before, since = there(books, "U-1"), books.now_there()
    unlink(desk, invoice)
    go_over(books)
    assert books.calls_there(since) == []
    copy(desk, invoice)
    go_over(books)
    record = of(books, invoice)
    assert (record.state, record.problem, record.remote_id) == ("failed", "duplicate_number", None)
    assert books.writes(since) == []
    books.machine.fault("commit_then_drop", method="POST", path="*/invoice")
    form = {"choice": "number", "value": "U-1-1"}
    assert desk.submit(f"{url(invoice)}/decide", form).status_code == 303
    books.push()
    assert of(books, invoice).state == "unknown"
    go_over(books)
    record = of(books, invoice)
    assert (record.state, record.linked_by, record.remote_number) == ("done", "created", "U-1-1")
    assert books.made(since) == ["Invoice"]
    assert [row["DocNumber"] for row in books.ours("Invoice") if str(invoice.id) in row["PrivateNote"]] == ["U-1-1"]
    assert there(books, "U-1") == before


def test_a_number_that_a_person_names_is_found_compared_and_linked(
    books: Books, desk: InspectingClient, invoice: Invoice
) -> None:
    since = books.now_there()
    unlink(desk, invoice)
    link_to(desk, invoice, "x-77")
    go_over(books)
    record = of(books, invoice)
    assert (record.state, record.linked_by, record.remote_number) == ("done", "person", "X-77")
    assert record.remote_id == there(books, "X-77")["Id"]
    assert choices(record) == {"unlinked": there(books, "U-1")["Id"]}

    unlink(desk, invoice)
    link_to(desk, invoice, "U-0")  # ours, and another one's
    go_over(books)
    assert of(books, invoice).state == "failed"
    assert of(books, invoice).remote_id is None
    link_to(desk, invoice, "NO-1")
    go_over(books)
    assert "QuickBooks has no invoice with the number or id NO-1." in desk.page(url(invoice)).text
    assert desk.submit(f"{url(invoice)}/retry").status_code == 303
    go_over(books)
    assert of(books, invoice).problem == "not_found_there"  # a retry asks the same, and makes nothing
    link_to(desk, invoice, there(books, "X-77")["Id"])  # by its id, and once more the one it was not
    go_over(books)
    record = of(books, invoice)
    assert (record.state, record.remote_number) == ("done", "X-77")
    assert choices(record) == {"unlinked": there(books, "U-1")["Id"]}
    assert books.writes(since) == []


def test_what_differs_is_not_linked_by_a_typed_number(books: Books, desk: InspectingClient, invoice: Invoice) -> None:
    other = next(row for row in books.there("Invoice") if row.get("DocNumber") and row["TotalAmt"] != 100)
    since = books.now_there()
    unlink(desk, invoice)
    link_to(desk, invoice, other["DocNumber"])
    go_over(books)
    record = of(books, invoice)
    assert (record.state, record.remote_id) == ("failed", None)
    text = desk.page(url(invoice)).text
    assert "What QuickBooks has for this differs in: it is" in text
    assert "Copy it anew instead" in text
    assert books.writes(since) == []


def test_unlinked_while_a_change_of_it_was_being_worked_out(
    books: Books, desk: InspectingClient, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was built for their invoice never leaves, although the document is due again by then."""
    before, since, held = there(books, "U-1"), books.now_there(), []
    books.change(of(books, invoice), state="due", due_at=0, pushed_hash=None, wanted_revision=9)
    write_down = writing_down.write_down

    def meanwhile(*given: Any) -> Any:
        if not held:
            held.append(of(books, invoice).remote_id)
            unlink(desk, invoice)
            copy(desk, invoice)
        return write_down(*given)

    monkeypatch.setattr(drain, "write_down", meanwhile)
    go_over(books)
    assert held == [before["Id"]]
    record = of(books, invoice)
    assert (record.problem, record.remote_id) == ("duplicate_number", None)
    assert books.writes(since) == []
    assert there(books, "U-1") == before
