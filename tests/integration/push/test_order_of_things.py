"""What goes along with an invoice and in which order, where its income is booked, and what stays after the end."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.lists import List
from kz_admin.domain.pushing import LinkedBy
from kz_admin.models import Option, Service
from kz_admin.models.session import writing
from kz_admin.services import disconnect, links
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents import services
from kz_admin.services.documents.work import Work
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.push.conftest import Books, connect_books
from tests.integration.push.mapped import line, named
from tests.simulator.machine import Machine

KINDS = ("Customer", "Item", "Invoice", "Payment")


def tie(books: Books, service: str, item: dict[str, str]) -> None:
    """As a person chooses on the mapping page."""
    connection = books.connection
    with books.app.app_context(), writing() as session:
        work = Work(session, books.cast.tenant_id, SYSTEM, clock.now_ms())
        ours = session.scalars(select(Service.id).where(Service.name == service)).one()
        option = Option(list=List.ITEMS.value, remote_id=item["Id"], name=item["Name"])
        links.tie(work, connection, List.ITEMS, ours, option, LinkedBy.PERSON)


@pytest.mark.promise("KEAP-23", "KEAP-27")
def test_a_product_goes_over_with_the_first_paid_invoice_that_sells_it_and_not_before(books: Books) -> None:
    since = books.now_there()
    with books.app.app_context(), writing() as session:
        services.create(Work(session, books.cast.tenant_id, SYSTEM, clock.now_ms()), services.Details(name="Audit"))
    books.push()
    assert books.writes(since) == []
    books.pay(**{"invoice.lines": [line("1", "100.00", "100.00", service="Audit")]})
    books.push()
    made = books.made(since)
    assert sorted(made[:2]) == ["Customer", "Item"]  # in one call, then what refers to them
    assert made[2:] == ["Invoice", "Payment"]
    assert named(books, "Item", "Audit")["Type"] == "Service"


@pytest.mark.promise("PLAT-16")
def test_each_service_posts_to_the_income_account_of_the_item_chosen_for_it(books: Books) -> None:
    by_account = {row["IncomeAccountRef"]["value"]: row for row in books.there("Item", Type="Service", Active=True)}
    chosen = dict(zip(("Audit", "Design"), by_account.values(), strict=False))
    since = books.now_there()
    books.pay(**{"invoice.lines": [line("1", "50.00", "50.00", service=name) for name in chosen]})
    for name, item in chosen.items():
        tie(books, name, item)
    books.push()
    sold = [row["SalesItemLineDetail"]["ItemRef"]["value"] for row in books.invoice_there()["Line"][:2]]
    assert sold == [item["Id"] for item in chosen.values()]
    assert len({item["IncomeAccountRef"]["value"] for item in chosen.values()}) == 2
    assert "Item" not in books.made(since)


@pytest.mark.promise("KEAP-29")
def test_without_a_code_named_exempt_the_invoice_says_so_and_nothing_is_half_written(
    app: Flask, machine: Machine, cast: Cast, bridge: Bridge
) -> None:
    none = {"status": 200, "body": {"QueryResponse": {}, "time": "2026-11-27T01:00:00.000-08:00"}}
    machine.fault("status", none, count=None, query="TaxCode")
    books = connect_books(app, machine, cast, bridge, "GB")
    since = books.now_there()
    books.pay(**{"invoice.currency": "GBP", "invoice.lines": [line("1", "10.00", "10.00")], "invoice.total": "10.00"})
    books.push()
    record = books.record("invoice")
    assert (record.state, record.problem) == ("failed", "tax_unmapped")
    assert "Exempt" in (record.problem_facts or "")
    assert not {"Invoice", "Payment"} & set(books.made(since))


@pytest.mark.promise("PLAT-31", "K-QBO-57")
def test_after_disconnecting_everything_stays_where_it_is_on_both_sides(books: Books) -> None:
    books.pay()
    books.push()
    before = ({kind: len(books.there(kind)) for kind in KINDS}, books.states(), books.invoice().state)
    with books.app.app_context():
        disconnect.disconnect(books.cast.tenant_id, "quickbooks", SYSTEM)
    assert ({kind: len(books.there(kind)) for kind in KINDS}, books.states(), books.invoice().state) == before
