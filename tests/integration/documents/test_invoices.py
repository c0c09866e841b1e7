"""Invoices as services see them: numbers, totals, revisions, and nobody else's rows."""

from __future__ import annotations

from decimal import Decimal
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.invoices import Prices
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.models import AuditEntry, Invoice, InvoiceLine
from kz_admin.models.session import reading, writing
from kz_admin.services.documents import invoice_steps, invoices, projects
from kz_admin.services.documents.invoices import Filters
from kz_admin.services.documents.sales import Line
from tests.integration.documents.agency import Agency

TWO = (Line("Design", Decimal("1.5"), Decimal("80")), Line("Hosting", Decimal(1), Decimal("19.99")))


def test_a_new_invoice_is_a_draft_with_its_totals(agency: Agency) -> None:
    tax = agency.tax_rate()
    invoice = agency.draft(None, Line("Design", Decimal(3), Decimal("33.33"), tax_rate_id=tax.id), terms="Net 30")
    assert invoice.as_state is InvoiceState.DRAFT
    assert (invoice.subtotal_minor, invoice.tax_minor, invoice.total_minor, invoice.open_minor) == (
        99_99,
        10_00,
        109_99,
        109_99,
    )
    assert (invoice.due_on, invoice.number, invoice.revision) == ("2026-07-31", None, 1)


def test_lines_keep_the_tax_they_were_written_with(agency: Agency) -> None:
    tax = agency.tax_rate("VAT", "20")
    invoice = agency.draft(None, Line("Design", Decimal(1), Decimal(120), tax_rate_id=tax.id), prices=Prices.INCLUSIVE)
    line = agency.again(invoice).lines[0]
    assert (line.tax_name, line.tax_percent, line.tax_minor) == ("VAT", Decimal(20), 20_00)
    assert invoice.total_minor == 120_00


def test_finalising_gives_the_next_number(agency: Agency) -> None:
    client = agency.client()
    agency.draft(client, number="INV-1002")
    first, second = agency.invoice(client), agency.invoice(client)
    assert (first.number, second.number) == ("INV-1001", "INV-1003")


@pytest.mark.parametrize("number", ["INV-7", "inv-7", " INV - 7 "])
def test_a_number_is_given_once_without_regard_to_case_and_space(agency: Agency, number: str) -> None:
    client = agency.client()
    agency.draft(client, number="INV-7")
    with pytest.raises(Wrong) as refused:
        agency.draft(client, number=number)
    assert refused.value.field == "number"


def test_two_tenants_may_use_the_same_number(agency: Agency, stranger: Agency) -> None:
    agency.draft(number="INV-7")
    assert stranger.draft(number="INV-7").number == "INV-7"


def test_each_change_raises_the_revision_once(agency: Agency) -> None:
    client = agency.client()
    invoice = agency.draft(client, *TWO)
    agency.do(invoices.change, invoice.id, agency.details(client, *TWO[:1]), invoice.version)
    assert agency.again(invoice).revision == 2
    agency.do(invoice_steps.finalise, invoice.id)
    assert agency.again(invoice).revision == 3
    agency.pay(invoice)
    assert agency.again(invoice).revision == 4


def test_saving_the_same_again_changes_nothing(agency: Agency) -> None:
    client = agency.client()
    invoice = agency.draft(client, *TWO)
    same = (Line("Design", Decimal("1.50"), Decimal("80.00")), TWO[1])
    agency.do(invoices.change, invoice.id, agency.details(client, *same), invoice.version)
    after = agency.again(invoice)
    assert (after.revision, after.version) == (invoice.revision, invoice.version)


def test_a_changed_line_alone_raises_the_revision(agency: Agency) -> None:
    client = agency.client()
    invoice = agency.draft(client, *TWO)
    renamed = (Line("Designing", Decimal("1.5"), Decimal("80")), TWO[1])
    agency.do(invoices.change, invoice.id, agency.details(client, *renamed), invoice.version)
    after = agency.again(invoice)
    assert (after.revision, after.version) == (2, invoice.version + 1)
    assert [line.description for line in after.lines] == ["Designing", "Hosting"]


@pytest.mark.promise("KZ-05")
def test_a_change_that_passes_no_service_still_raises_the_revision(agency: Agency) -> None:
    """The net: the outbox looks at revisions, so no path can stay unseen."""
    invoice = agency.invoice(None, *TWO)
    with writing() as session:
        row = session.get_one(Invoice, invoice.id)
        row.state = InvoiceState.PAID.value
    assert agency.again(invoice).revision == invoice.revision + 1
    with writing() as session:
        line = session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)).first()
        assert line is not None
        line.description = "Changed"
    assert agency.again(invoice).revision == invoice.revision + 2


def test_the_second_of_two_people_is_told(agency: Agency) -> None:
    client = agency.client()
    invoice = agency.draft(client)
    agency.do(invoices.change, invoice.id, agency.details(client, note="mine"), invoice.version)
    with pytest.raises(Conflict, match="Somebody else changed this"):
        agency.do(invoices.change, invoice.id, agency.details(client, note="yours"), invoice.version)
    assert agency.again(invoice).note == "mine"


def test_a_paid_invoice_cannot_become_less_than_what_was_paid(agency: Agency) -> None:
    client = agency.client()
    invoice = agency.invoice(client)
    agency.pay(invoice, 60_00)
    less = agency.details(client, Line("Design", Decimal(1), Decimal("50")), number=invoice.number)
    with pytest.raises(Wrong, match=r"60\.00 USD are paid"):
        agency.do(invoices.change, invoice.id, less, None)
    more = agency.details(client, Line("Design", Decimal(3), Decimal("50")), number=invoice.number)
    after = agency.do(invoices.change, invoice.id, more, None)
    assert (after.as_state, after.open_minor) == (InvoiceState.PARTLY_PAID, 90_00)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"discount": 100_01}, "discount"),
        ({"discount": -1}, "discount"),
        ({"currency": "XXX"}, "currency"),
        ({"issued_on": "2026-02-30"}, "issued_on"),
        ({"due_on": "2026-06-30"}, "due_on"),
    ],
)
def test_contents_that_cannot_be_are_refused_at_their_field(agency: Agency, more: dict, field: str) -> None:
    with pytest.raises(Wrong) as refused:
        agency.draft(None, **more)
    assert refused.value.field == field


@pytest.mark.promise("A69")
def test_an_invoice_is_never_less_than_zero(agency: Agency) -> None:
    with pytest.raises(Wrong, match="credit note"):
        agency.draft(None, Line("Back", Decimal(-1), Decimal(5)))
    free = agency.invoice(None, Line("Gift", Decimal(1), Decimal(5)), Line("Gift", Decimal(-1), Decimal(5)))
    assert free.as_state is InvoiceState.PAID


@pytest.mark.promise("A69")
@pytest.mark.parametrize(("currency", "price", "minor"), [("JPY", "150", 300), ("KWD", "1.5", 3_000)])
def test_currencies_without_cents_and_with_thousandths_add_up(
    agency: Agency, currency: str, price: str, minor: int
) -> None:
    invoice = agency.draft(None, Line("Work", Decimal(2), Decimal(price)), currency=currency)
    assert invoice.total_minor == minor


def test_only_drafts_are_deleted_and_their_lines_with_them(agency: Agency) -> None:
    draft, sent = agency.draft(), agency.invoice()
    agency.do(invoices.delete, draft.id, None)
    with pytest.raises(Conflict, match="Void this invoice instead"):
        agency.do(invoices.delete, sent.id, None)
    with reading() as session:
        assert session.scalars(select(InvoiceLine.invoice_id).distinct()).all() == [sent.id]


def test_void_and_write_off_leave_nothing_open(agency: Agency) -> None:
    void = agency.do(invoice_steps.void, agency.invoice().id)
    part = agency.invoice()
    agency.pay(part, 30_00)
    off = agency.do(invoice_steps.write_off, part.id)
    assert (void.as_state, void.open_minor) == (InvoiceState.VOID, 0)
    assert (off.as_state, off.open_minor, off.written_off_minor) == (InvoiceState.WRITTEN_OFF, 0, 70_00)
    with pytest.raises(Conflict):
        agency.pay(off)


def test_everything_foreign_is_not_found(agency: Agency, stranger: Agency) -> None:
    invoice, foreign = agency.draft(), stranger.client()
    with pytest.raises(NotFound):
        stranger.do(invoice_steps.finalise, invoice.id)
    with pytest.raises(NotFound):
        agency.do(invoices.create, agency.details(foreign))
    tax, service = stranger.tax_rate(), stranger.service()
    for line in (Line("x", tax_rate_id=tax.id), Line("x", service_id=service.id)):
        with pytest.raises(Wrong, match="is gone"):
            agency.draft(None, line)


def test_a_project_belongs_to_the_invoices_client(agency: Agency) -> None:
    acme, other = agency.client(), agency.client("Other")
    project = agency.do(projects.create, projects.Details(other.id, "Website"))
    with pytest.raises(Wrong, match="another client"):
        agency.draft(acme, project_id=project.id)


@pytest.mark.promise("A3")
def test_one_foreign_invoice_refuses_the_whole_selection(agency: Agency, stranger: Agency) -> None:
    mine, foreign = agency.draft(), stranger.draft()
    with pytest.raises(NotFound):
        agency.do(invoice_steps.take_all, [mine.id, foreign.id], invoice_steps.Step.FINALISE)
    assert agency.again(mine).as_state is InvoiceState.DRAFT


def test_a_selection_does_what_it_can_and_counts_the_rest(agency: Agency) -> None:
    draft, done = agency.draft(), agency.invoice()
    assert agency.do(invoice_steps.take_all, [draft.id, done.id], invoice_steps.Step.FINALISE) == 1


def test_lists_are_paged_by_key_and_filtered(agency: Agency) -> None:
    client, other = agency.client("Zeta"), agency.client("Älpha GmbH")
    for day in range(1, 29):
        agency.draft(client, issued_on=f"2026-05-{day:02}")
        agency.draft(client, issued_on=f"2026-05-{day:02}")
    agency.invoice(other, number="X-1")
    first, counts = invoices.list_invoices(agency.tenant_id, Filters())
    assert len(first.rows) == 50
    assert first.next
    second, _ = invoices.list_invoices(agency.tenant_id, Filters(), first.next)
    seen = [*first.rows, *second.rows]
    assert len({row.id for row in seen}) == len(seen) == 57
    assert [row.issued_on for row in seen] == sorted((row.issued_on for row in seen), reverse=True)
    assert (counts[""], counts["draft"], counts["finalised"]) == (57, 56, 1)
    for filters in (Filters(q="x-"), Filters(client="älp"), Filters(state="open"), Filters(since="2026-06-01")):
        assert [row.number for row in invoices.list_invoices(agency.tenant_id, filters)[0].rows] == ["X-1"]


def test_a_key_that_makes_no_sense_begins_at_the_beginning(agency: Agency) -> None:
    agency.draft()
    for key in ("nonsense", "~", "2026-01-01~zz", "\x00~" + "0" * 32):
        assert invoices.list_invoices(agency.tenant_id, Filters(), key)[0].first


def test_what_people_do_is_in_the_activity_log(agency: Agency) -> None:
    invoice = agency.invoice()
    agency.pay(invoice)
    with reading() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [action for action in actions if action.startswith(("invoice", "payment"))] == [
        "invoice.created",
        "invoice.finalised",
        "invoice.paid",
        "payment.recorded",
    ]


def test_a_record_is_the_whole_invoice_in_plain_data(agency: Agency) -> None:
    invoice = agency.again(agency.invoice(None, *TWO, note="Thank you", discount=10_00))
    record = invoices.record_of(invoice)
    assert (record.total, record.discount, record.state) == (129_99, 10_00, InvoiceState.FINALISED)
    assert sum(line.amount - line.discount for line in record.lines) == 129_99
    assert record.lines[0].quantity == Decimal("1.5")


def test_people_who_finalise_at_the_same_moment_get_numbers_of_their_own(app: Flask, agency: Agency) -> None:
    drafts, start, outcomes = [agency.draft() for _ in range(5)], Barrier(4), []
    agency.do(invoice_steps.finalise, drafts.pop().id)

    def click(draft: Invoice) -> None:
        with app.app_context():
            start.wait()
            outcomes.append(agency.do(invoice_steps.finalise, draft.id).number)

    people = [Thread(target=click, args=(draft,)) for draft in drafts]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(outcomes) == ["INV-1002", "INV-1003", "INV-1004", "INV-1005"]
