"""A payment over invoices of several customers: one payment for each of them over there, together what came in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete

from kz_admin.domain.payments import Method
from kz_admin.models import Payment, SyncRecord
from kz_admin.models.session import writing
from kz_admin.services.documents import clients, payments, projects
from tests.integration.documents.agency import Agency
from tests.integration.push.conftest import Books
from tests.integration.push.mapped import prefer
from tests.integration.push.test_credits_there import LINE, do
from tests.integration.push.test_removals import database_url as database_url
from tests.integration.push.test_removals import desk as desk
from tests.integration.push.test_removals import go_over, removals
from tests.integration.push.test_restore import doubt, forget_what_was_sent
from tests.page import InspectingClient


@pytest.fixture
def paid(books: Books) -> Payment:
    """330 for two projects of one client, 100 each, and one invoice beside them; 30 are left over."""
    prefer(books, sub_customers=True)
    client = do(books, "client", "Nordlicht Studio", email="books@nordlicht.example")
    with books.app.app_context():
        agency = Agency(books.cast.tenant_id)
        named = [agency.do(projects.create, projects.Details(client.id, name)).id for name in ("Website", "Shop")]
        invoices = [
            agency.invoice(client, LINE, number=f"N-{number}", project_id=project_id)
            for number, project_id in enumerate([*named, None])
        ]
        parts = {one.id: None for one in invoices}
        details = payments.Details(client.id, 330_00, "USD", "2026-11-20", Method.CARD, reference="ch_1", parts=parts)
        made: Payment = agency.do(payments.record, details)
    return made


def there(books: Books) -> list[tuple[Any, ...]]:
    """Each payment of ours: its amount, what is unused of it, and how many invoices it settles."""
    amount = [lambda row, name=name: Decimal(str(row[name])) for name in ("TotalAmt", "UnappliedAmt")]
    return sorted((*(read(row) for read in amount), len(row["Line"])) for row in books.ours("Payment"))


@pytest.mark.parametrize("action", ["", "commit_then_drop", "drop_before_commit"])
def test_each_customer_gets_its_share_once_whatever_becomes_of_an_answer(
    books: Books, desk: InspectingClient, paid: Payment, action: str
) -> None:
    since = books.now_there()
    if action:
        books.machine.fault(action, path="*/payment", method="POST")
    go_over(books, rounds=8)
    assert {record.state for record in books.records()} == {"done"}
    assert books.made(since).count("Payment") == 3
    assert there(books) == [(100, 0, 1), (100, 0, 1), (130, 30, 1)]
    customers = {row["CustomerRef"]["value"] for row in books.ours("Payment")}
    assert customers == {row["CustomerRef"]["value"] for row in books.ours("Invoice")}
    assert len(customers) == 3
    assert [Decimal(str(row["Balance"])) for row in books.ours("Invoice")] == [0, 0, 0]
    assert "Totals equal" in desk.page(f"/kz-admin/payments/{paid.id}").text
    seen = books.now_there()
    books.push()
    assert books.calls_there(seen) == []


def test_a_later_use_of_the_rest_and_a_void_reach_every_part(books: Books, paid: Payment) -> None:
    go_over(books)
    since = books.now_there()
    with books.app.app_context():
        agency = Agency(books.cast.tenant_id)
        third = agency.invoice(clients.find(paid.tenant_id, paid.client_id), LINE, number="N-9")
        agency.do(payments.apply, paid.id, {third.id: 30_00}, None)
        agency.pay(third)
    go_over(books)
    assert sum(row[0] for row in there(books)) == 330 + 70
    assert sum(row[1] for row in there(books)) == 0
    assert books.made(since).count("Payment") == 1
    records = [one for one in books.records("payment") if one.local_id == paid.id]
    with books.app.app_context():
        Agency(books.cast.tenant_id).do(payments.void, paid.id, None)
    books.machine.fault("commit_then_drop", path="*/payment", method="POST")
    go_over(books, rounds=8)
    assert len(removals(books, since)) == len(records) == 3
    assert {record.state for record in books.records()} == {"done"}
    assert sum(Decimal(str(row["Balance"])) for row in books.ours("Invoice")) == 330


def test_after_a_restore_every_part_is_found_although_its_record_is_gone(books: Books, paid: Payment) -> None:
    """The copy was taken before the payment was sent, when nobody knew yet that it is three over there."""
    go_over(books)
    forget_what_was_sent(books)
    with books.app.app_context(), writing() as session:
        session.execute(delete(SyncRecord).where(SyncRecord.kind == "payment", SyncRecord.part != ""))
    doubt(books)
    since = books.now_there()
    for _ in range(4):
        books.push()
        books.later(2)
    assert {record.state for record in books.records()} == {"done"}
    assert books.made(since) == []
    ids = {record.remote_id for record in books.records("payment") if record.local_id == paid.id}
    assert ids == {row["Id"] for row in books.ours("Payment")}
