"""Items, terms and tax modes on invoices of a US company: what mappings and settings decide, and keep here."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.lists import DEFAULT, List
from kz_admin.domain.presets import TaxMode
from kz_admin.models import Invoice, Service
from kz_admin.models.session import reading, writing
from kz_admin.services import outbox
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents import projects
from kz_admin.services.documents.work import Work
from tests.integration.push.conftest import Books
from tests.integration.push.mapped import choose, line, named, prefer, retry

TAX = ("Sales tax", "7")


@pytest.mark.promise("K-QBO-60", "K-QBO-34", "PLAT-17")
def test_with_strict_mapping_a_service_waits_for_its_item_and_nothing_is_made_up(books: Books) -> None:
    prefer(books, strict_mapping=True)
    choose(books, List.ITEMS, DEFAULT, named(books, "Item", "Hours"))
    lines = [line("1", "80.00", "80.00", service="Audit"), line("1", "20.00", "20.00")]
    since = books.now_there()
    books.pay(**{"invoice.lines": lines})
    books.push()
    invoice, service = books.record("invoice"), [one for one in books.records("service") if not one.part]
    facts = json.loads(invoice.problem_facts or "{}")
    assert (invoice.problem, facts["service"], facts["list"]) == ("item_unmapped", "Audit", "items")
    with books.app.app_context(), reading() as session:
        assert facts["row"] == str(session.scalars(select(Service.id).where(Service.name == "Audit")).one())
    assert (books.made(since), service) == (["Customer"], [])
    prefer(books, strict_mapping=False)  # it may go along as an item of its own again
    retry(books, invoice)
    books.push()
    items = [row["SalesItemLineDetail"]["ItemRef"]["name"] for row in books.invoice_there()["Line"][:2]]
    assert items == ["Audit", "Hours"]
    assert books.made(since).count("Item") == 1


@pytest.mark.promise("K-QBO-35")
def test_mapped_terms_go_along_and_our_due_date_stands(books: Books) -> None:
    choose(books, List.TERMS, "net 30 days", named(books, "Term", "Net 30"))
    terms = {"invoice.terms": "Net  30 Days", "invoice.due_on": "2026-12-24"}
    books.pay("1", **terms)
    books.pay("2", **{**terms, "invoice.terms": "By Christmas"})
    books.push()
    mapped, unmapped = sorted(books.ours("Invoice"), key=lambda row: str(row["PrivateNote"]))
    assert mapped["SalesTermRef"]["value"] == named(books, "Term", "Net 30")["Id"]
    assert "SalesTermRef" not in unmapped
    assert [mapped["DueDate"], unmapped["DueDate"]] == ["2026-12-24", "2026-12-24"]


@pytest.mark.promise("KZ-23")
def test_the_tax_mode_decides_whose_tax_stands_and_a_difference_is_told(books: Books) -> None:
    taxed = {"invoice.lines": [line("1", "100.00", "100.00", tax=TAX)], "invoice.total": "107.00"}
    books.pay("1", **taxed)
    books.push()
    prefer(books, tax_mode=TaxMode.PROVIDER)
    books.pay("2", **taxed)
    books.push()
    ours, theirs = sorted(books.ours("Invoice"), key=lambda row: int(row["Id"]))
    notes = {record.remote_id: record.note for record in books.records("invoice")}
    assert (ours["TotalAmt"], notes[ours["Id"]]) == (107, None)
    assert theirs["TotalAmt"] != 107
    told = notes[theirs["Id"]] or ""
    assert told.startswith(f"The total is {theirs['TotalAmt']:.2f} USD in QuickBooks and 107.00 USD here; the tax is")
    assert told.endswith("QuickBooks works out sales tax by address.")
    assert {record.state for record in books.records("invoice")} == {"done"}


@pytest.mark.promise("K-QBO-09", "K-QBO-28")
def test_an_invoice_of_a_project_goes_to_a_sub_customer_only_when_that_is_switched_on(books: Books) -> None:
    books.pay("1")
    books.push()
    prefer(books, sub_customers=True)
    since = books.now_there()
    books.pay("2")
    with books.app.app_context(), writing() as session:
        invoice = session.scalars(select(Invoice).where(Invoice.number == "2")).one()
        work = Work(session, invoice.tenant_id, SYSTEM, clock.now_ms())
        project = projects.create(work, projects.Details(client_id=invoice.client_id, name="Website", code=""))
        invoice.project_id = project.id
        outbox.note(session, invoice)
    books.push()
    first, second = sorted(books.ours("Invoice"), key=lambda row: str(row["PrivateNote"]))
    (sub,) = books.there("Customer", Id=second["CustomerRef"]["value"])
    assert (sub["FullyQualifiedName"], sub["Job"]) == ("Nordlicht Studio:Website", True)
    assert sub["ParentRef"]["value"] == first["CustomerRef"]["value"]
    assert books.made(since) == ["Customer", "Invoice", "Payment"]
    assert second["Balance"] == 0
