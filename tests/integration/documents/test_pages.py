"""The pages of our documents, opened and sent like a browser without scripts does."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from kz_admin import clock, ids
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.models import Client, Invoice, Mail, Payment, Refund
from kz_admin.models.session import engine, reading
from kz_admin.services import housekeeping
from kz_admin.services.documents import clients, invoices, listing, payments
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.page import InspectingClient

SignIn = Callable[..., InspectingClient]
LISTS = (
    *("invoices", "clients", "projects", "services", "members", "vendors", "tax-rates"),
    *("payments", "credit-notes", "refunds", "time", "expenses"),
)


@pytest.fixture
def books(signed_in: SignIn, cast: Cast) -> InspectingClient:
    return signed_in(cast.bookkeeper)


def invoice_form(**more: str) -> dict[str, str]:
    return {
        "action_id": str(ids.uuid7()),
        "client": "Acme Ltd",
        "issued_on": "2026-07-01",
        "currency": "USD",
        "prices": "exclusive",
        "terms": "Net 30",
        "lines-0-description": "Design",
        "lines-0-quantity": "1.5",
        "lines-0-unit_price": "80",
        "step": "save",
        **more,
    }


def count(model: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_every_list_says_what_will_be_here_and_how(agency: Agency, books: InspectingClient) -> None:
    for name in LISTS:
        page = books.page(f"/kz-admin/{name}")
        assert re.search(r"No .+ yet", page.text), name


def test_every_list_and_page_opens_with_something_in_it(agency: Agency, books: InspectingClient) -> None:
    made = agency.one_of_each()
    for name in LISTS:
        assert "yet" not in books.page(f"/kz-admin/{name}").text, name
        assert books.get(f"/kz-admin/{name}", headers={"HX-Request": "true"}).status_code == 200
    for name, argument in zip(
        LISTS, ("invoice", "client", "project", "service", "logger", "vendor", "tax_rate"), strict=False
    ):
        books.page(f"/kz-admin/{name}/{made[argument]}")
        books.page(f"/kz-admin/{name}/{made[argument]}/edit")
        books.page(f"/kz-admin/{name}/new")
    for path in (
        f"payments/{made['payment']}",
        f"payments/{made['payment']}/void",
        f"payments/new?client={made['client']}",
        f"credit-notes/{made['credit_note']}",
        f"credit-notes/{made['credit_note']}/edit",
        f"credit-notes/new?invoice={made['invoice']}",
        f"refunds/{made['refund']}/void",
        f"refunds/of-payment/{made['payment']}",
        f"time/{made['entry']}",
        f"time/{made['entry']}/edit",
        f"time/{made['entry']}/delete",
        f"expenses/{made['expense']}",
        f"expenses/{made['expense']}/edit",
        f"invoices/{made['invoice']}/mark-paid",
        f"invoices/{made['invoice']}/write-off",
    ):
        books.page(f"/kz-admin/{path}")


@pytest.mark.promise("K-QBO-39")
def test_each_list_shows_not_synced_while_nothing_is_connected(agency: Agency, books: InspectingClient) -> None:
    made = agency.one_of_each()
    for name in ("invoices", "payments", "credit-notes", "refunds", "time", "expenses", "clients", "projects"):
        assert "Not synced" in books.page(f"/kz-admin/{name}").text, name
    assert "Not synced" in books.page(f"/kz-admin/invoices/{made['invoice']}").text


def test_an_invoice_is_written_without_any_script(agency: Agency, books: InspectingClient) -> None:
    agency.client()
    longer = books.submit("/kz-admin/invoices/new", invoice_form(step="add-line"))
    assert longer.status_code == 200
    assert 'name="lines-1-description"' in longer.text
    assert 'value="80"' in longer.text
    entries = invoice_form(**{"lines-1-description": "Hosting", "lines-1-quantity": "1", "lines-1-unit_price": "20"})
    totals = books.submit("/kz-admin/invoices/new", {**entries, "step": "totals"})
    assert "140.00 USD" in totals.text
    shorter = books.submit("/kz-admin/invoices/new", {**entries, "step": "remove-line-0"})
    assert "Hosting" in shorter.text
    assert 'value="Design"' not in shorter.text
    saved = books.submit("/kz-admin/invoices/new", entries)
    assert saved.status_code == 303
    page = books.page(saved.location)
    assert "Draft invoice" in page.text
    assert "140.00 USD" in page.text
    assert "31 Jul 2026" in page.text


@pytest.mark.promise("A68")
def test_a_double_click_makes_one_invoice_and_one_payment(agency: Agency, books: InspectingClient) -> None:
    agency.client()
    form = invoice_form(step="finalise")
    first, second = (books.submit("/kz-admin/invoices/new", form) for _ in range(2))
    assert first.location == second.location
    assert count(Invoice) == 1
    invoice = invoices.list_invoices(agency.tenant_id, invoices.Filters())[0].rows[0]
    paid = {
        "action_id": str(ids.uuid7()),
        "version": str(invoice.version),
        "amount": "50",
        "paid_on": "2026-07-15",
        "method": "card",
    }
    answers = [books.submit(f"/kz-admin/invoices/{invoice.id}/mark-paid", paid) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert count(Payment) == 1


@pytest.mark.promise("A68")
def test_a_double_click_gives_money_back_once(agency: Agency, books: InspectingClient) -> None:
    payment = agency.pay(agency.invoice())
    back = {"action_id": str(ids.uuid7()), "amount": "100", "refunded_on": "2026-07-20", "method": "card"}
    answers = [books.submit(f"/kz-admin/refunds/of-payment/{payment.id}", back) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert count(Refund) == 1
    again = books.submit(f"/kz-admin/refunds/of-payment/{payment.id}", {**back, "action_id": str(ids.uuid7())})
    assert again.status_code == 422
    assert books.get(f"/kz-admin/refunds/of-payment/{payment.id}").status_code == 409


def test_what_a_form_led_to_is_remembered_for_a_month(
    agency: Agency, books: InspectingClient, at: Callable[[int], None]
) -> None:
    agency.client()
    books.submit("/kz-admin/invoices/new", invoice_form())
    assert housekeeping.sweep()["action"] == 0
    at(31 * clock.DAY)
    assert housekeeping.sweep()["action"] == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"client": ""}, "Choose a client."),
        ({"client": "Nobody"}, "There is no client called Nobody."),
        ({"issued_on": ""}, "Enter a date."),
        ({"issued_on": "yesterday"}, "Enter a date such as 2026-07-31."),
        ({"lines-0-unit_price": ""}, "Line 1: Enter a price, 0 for none."),
        ({"lines-0-unit_price": "NaN"}, "Line 1: Write a number such as 1250 or 1250.50."),
        ({"lines-0-quantity": "1e308"}, "Line 1: Write a number"),
        ({"lines-0-service": "Magic"}, "Line 1: There is no service called Magic."),
        ({"lines-0-description": "", "lines-0-unit_price": ""}, "Add at least one line."),
        ({"discount": "120.01"}, "The discount can be at most the sum of the lines, 120.00 USD."),
        ({"discount": "101 %"}, "A discount is from 0 to 100 %."),
        ({"due_on": "2026-06-01"}, "The due date is before the date of the invoice."),
        ({"number": "INV-7"}, "You already have an invoice numbered INV-7."),
        ({"lines-0-description": "a\u202eb"}, "hidden letter"),
    ],
)
def test_mistakes_are_named_where_they_are_and_nothing_is_lost(
    agency: Agency, books: InspectingClient, change: dict[str, str], sentence: str
) -> None:
    agency.draft(number="INV-7")
    answer = books.submit("/kz-admin/invoices/new", invoice_form(note="Keep this", **change))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "There is a problem" in answer.text
    assert "Keep this" in answer.text
    assert count(Invoice) == 1


@pytest.mark.promise("K-QBO-29")
def test_a_draft_offers_no_payment_and_refuses_one(agency: Agency, books: InspectingClient) -> None:
    draft = agency.draft()
    assert "Mark paid" not in books.page(f"/kz-admin/invoices/{draft.id}").text
    answer = books.submit(f"/kz-admin/invoices/{draft.id}/send", {"version": str(draft.version)})
    assert answer.status_code == 409
    assert "still a draft" in answer.text


@pytest.mark.promise("KZ-03")
def test_mark_paid_asks_how_much_when_and_how(agency: Agency, books: InspectingClient) -> None:
    invoice = agency.invoice()
    path = f"/kz-admin/invoices/{invoice.id}/mark-paid"
    assert 'value="100.00"' in books.get(path).text
    form = {"action_id": str(ids.uuid7()), "version": str(invoice.version), "paid_on": "2026-07-15", "method": "cheque"}
    too_much = books.submit(path, {**form, "amount": "100.01"})
    assert too_much.status_code == 422
    assert "Only 100.00 USD are still open." in too_much.text
    paid = books.submit(path, {**form, "amount": "100", "reference": "No. 17"})
    page = books.page(paid.location)
    assert "Paid" in page.text
    assert "No. 17" in page.text
    assert books.get(path).status_code == 409


def test_two_people_at_one_invoice_see_both_versions(agency: Agency, books: InspectingClient) -> None:
    client = agency.client()
    invoice = agency.draft(client)
    stale = invoice_form(version=str(invoice.version), note="Mine")
    agency.do(invoices.change, invoice.id, agency.details(client, note="Theirs"), None)
    answer = books.submit(f"/kz-admin/invoices/{invoice.id}/edit", stale)
    assert answer.status_code == 409
    for words in ("Somebody else changed this meanwhile", "Theirs", "Mine", "Save mine over it"):
        assert words in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert version
    again = books.submit(f"/kz-admin/invoices/{invoice.id}/edit", {**stale, "version": version[1]})
    assert again.status_code == 303
    assert agency.again(invoice).note == "Mine"


def test_the_amount_a_platform_stated_survives_an_edit_of_the_note(agency: Agency, books: InspectingClient) -> None:
    from decimal import Decimal

    from kz_admin.services.documents.sales import Line

    stated = Line("Design", Decimal("1.5"), Decimal("80"), amount=119_99)
    invoice = agency.draft(agency.client(), stated)
    books.submit(f"/kz-admin/invoices/{invoice.id}/edit", invoice_form(version=str(invoice.version), note="New"))
    after = agency.again(invoice)
    assert (after.note, after.total_minor) == ("New", 119_99)


def test_steps_of_a_life_on_the_page(agency: Agency, books: InspectingClient) -> None:
    invoice = agency.draft()
    for step, state in (("finalise", "finalised"), ("send", "sent"), ("void", "void")):
        version = str(agency.again(invoice).version)
        answer = books.submit(f"/kz-admin/invoices/{invoice.id}/{step}", {"version": version})
        assert answer.status_code == 303, step
        assert agency.again(invoice).state == state
    old = books.submit(f"/kz-admin/invoices/{invoice.id}/send", {"version": "1"})
    assert old.status_code == 409


def test_several_at_once_end_with_a_summary(agency: Agency, books: InspectingClient) -> None:
    draft, done = agency.draft(), agency.invoice()
    form = {"step": "finalise", "selected": [str(draft.id), str(done.id)]}
    answer = books.submit("/kz-admin/invoices/bulk", form, follow_redirects=True)
    assert "1 invoice finalised, 1 not. Only drafts can be finalised." in answer.text
    said = books.submit("/kz-admin/invoices/bulk", {**form, "step": "send"}, follow_redirects=True).text
    assert "2 invoices marked as sent." in said
    assert agency.again(draft).as_state is InvoiceState.SENT


def test_a_whole_filter_is_done_at_once_over_all_pages(agency: Agency, books: InspectingClient) -> None:
    acme, other = agency.client(), agency.client("Other")
    for _ in range(52):
        agency.draft(acme)
    spared = agency.draft(other)
    assert "All that match, on every page" in books.page("/kz-admin/invoices?client=acme").text
    form = {"step": "finalise", "everything": "1", "client": "acme", "confirmed": "1"}
    answer = books.submit("/kz-admin/invoices/bulk", form, follow_redirects=True)
    assert "52 invoices finalised." in answer.text
    assert agency.again(spared).as_state is InvoiceState.DRAFT


@pytest.mark.promise("A24")
@pytest.mark.parametrize("letters", ["a\x00b", "a\u202eb", "\x00", "x" * 10_000])
def test_hidden_letters_and_endless_names_are_refused_clearly(
    agency: Agency, books: InspectingClient, letters: str
) -> None:
    agency.client()
    for field in ("client", "project", "number", "note", "terms", "discount", "lines-0-description", "lines-0-service"):
        answer = books.submit("/kz-admin/invoices/new", invoice_form(**{field: letters}))
        assert answer.status_code == 422, field
    for path in (
        "clients?q=",
        "clients/choices?client=",
        "payments/new?client=",
        "invoices?after=",
        "invoices?client=",
    ):
        assert books.get(f"/kz-admin/{path}", query_string=None).status_code == 200
        name = path.partition("?")[2].rstrip("=")
        answer = books.get(f"/kz-admin/{path.partition('?')[0]}", query_string={name: letters})
        assert answer.status_code in (200, 422), path


@pytest.mark.promise("A3")
def test_a_foreign_id_in_a_selection_is_not_found(agency: Agency, stranger: Agency, books: InspectingClient) -> None:
    draft, foreign = agency.draft(), stranger.draft()
    form = {"step": "finalise", "selected": [str(draft.id), str(foreign.id)]}
    assert books.submit("/kz-admin/invoices/bulk", form).status_code == 404
    assert agency.again(draft).as_state is InvoiceState.DRAFT


@pytest.mark.promise("A5")
def test_search_and_downloads_show_ones_own_rows_only(
    agency: Agency, stranger: Agency, books: InspectingClient
) -> None:
    agency.invoice(agency.client("Ours Ltd"), number="OURS-1")
    foreign = stranger.client("Theirs Ltd", email="them@theirs.test")
    stranger.pay(stranger.invoice(foreign, number="THEIRS-1"))
    for path in (
        "/kz-admin/invoices?q=THEIRS",
        "/kz-admin/invoices?client=Theirs",
        f"/kz-admin/invoices?client_id={foreign.id}",
        "/kz-admin/clients/choices?client=Theirs",
        "/kz-admin/clients?q=them@theirs.test",
        *(f"/kz-admin/{name}/download" for name in LISTS),
    ):
        text = books.get(path).text
        assert "THEIRS-1" not in text, path
        assert "Theirs Ltd" not in text, path


@pytest.mark.promise("A17", "A18", "A19", "A22")
def test_names_are_shown_as_typed_everywhere(agency: Agency, books: InspectingClient) -> None:
    name = '<img src=x onerror=alert(1)>"\' {{7*7}} <b hx-get="/x">'
    client = agency.client(name)
    invoice = agency.invoice(client)
    agency.pay(invoice)
    for path in (
        "/kz-admin/invoices",
        f"/kz-admin/invoices/{invoice.id}",
        f"/kz-admin/invoices/{invoice.id}/edit",
        f"/kz-admin/clients/{client.id}",
        f"/kz-admin/clients/{client.id}/edit",
        "/kz-admin/payments",
        "/kz-admin/clients/choices",
    ):
        text = books.get(path).text
        assert "<img" not in text, path
        assert "<b hx-get" not in text, path
        assert "{{7*7}}" in text, path


@pytest.mark.promise("A23", "A70")
def test_downloads_are_streamed_and_no_formula(agency: Agency, books: InspectingClient) -> None:
    agency.client("=HYPERLINK(1)", email="a@example.com", phone="+1 555 0100")
    agency.client("-1+1")
    answer = books.get("/kz-admin/clients/download")
    assert answer.is_streamed
    rows = answer.text.splitlines()
    assert rows[0].startswith("Name,Company,E-mail address")
    assert rows[1].startswith("'-1+1,")
    assert "'=HYPERLINK(1)" in rows[2]
    assert "'+1 555 0100" in rows[2]


@pytest.mark.promise("A70")
def test_one_download_at_a_time(agency: Agency, books: InspectingClient) -> None:
    first = clients.as_csv(agency.tenant_id, clients.Filters())
    assert books.get("/kz-admin/clients/download").status_code == 429
    first.close()
    for _ in range(2):
        assert books.head("/kz-admin/clients/download").status_code == 200
        assert books.get("/kz-admin/clients/download").text.startswith("Name,")


@pytest.mark.promise("KEAP-12")
def test_a_message_to_many_is_refused_by_the_mail_service(agency: Agency, books: InspectingClient) -> None:
    plain = agency.client("Plain")
    agreed = agency.client("Agreed", email="yes@example.com", marketable=True)
    for client, reason in ((plain, "did not agree to marketing mail"), (agreed, "sends no campaigns")):
        answer = books.submit("/kz-admin/clients/message", {"selected": str(client.id)})
        assert answer.status_code == 403
        assert reason in answer.text
    assert count(Mail) == 0


@pytest.mark.promise("KEAP-13")
def test_a_person_allows_marketing_and_the_page_says_who_and_when(agency: Agency, books: InspectingClient) -> None:
    client = agency.client()
    assert "Not allowed" in books.page(f"/kz-admin/clients/{client.id}").text
    form = {"name": "Acme Ltd", "currency": "USD", "country": "", "marketable": "y", "version": str(client.version)}
    books.submit(f"/kz-admin/clients/{client.id}/edit", form)
    text = books.page(f"/kz-admin/clients/{client.id}").text
    assert "Allowed Bea Books" in text


def test_a_client_is_written_changed_and_archived(agency: Agency, books: InspectingClient) -> None:
    form = {
        "action_id": str(ids.uuid7()),
        "name": "Nordlicht",
        "currency": "EUR",
        "country": "DE",
        "email": "hello@nordlicht.de",
    }
    first, second = (books.submit("/kz-admin/clients/new", form) for _ in range(2))
    assert first.location == second.location
    assert count(Client) == 1
    wrong = books.submit("/kz-admin/clients/new", {**form, "action_id": str(ids.uuid7()), "email": "nowhere"})
    assert wrong.status_code == 422
    assert "There is a problem" in wrong.text
    archive = books.submit(f"{first.location}/archive", {"version": "1"})
    assert archive.status_code == 303
    assert "Archived" in books.page(first.location).text
    assert "Nordlicht" not in books.page("/kz-admin/clients").text
    assert "Nordlicht" in books.page("/kz-admin/clients?archived=1").text


def test_one_payment_for_several_invoices(agency: Agency, books: InspectingClient) -> None:
    client = agency.client()
    first, second = agency.invoice(client), agency.invoice(client)
    asked = books.get("/kz-admin/payments/new?client=Acme+Ltd")
    assert first.number in asked.text
    form = {
        "action_id": str(ids.uuid7()),
        "amount": "180",
        "currency": "USD",
        "paid_on": "2026-07-15",
        "method": "bank_transfer",
        f"part-{first.id}": "100",
        f"part-{second.id}": "60.00",
    }
    made = books.submit(f"/kz-admin/payments/new?client={client.id}", form)
    assert made.status_code == 303
    assert "20.00 USD" in books.page(made.location).text
    assert [agency.again(one).open_minor for one in (first, second)] == [0, 40_00]
    payment = payments.list_payments(agency.tenant_id, payments.Filters()).rows[0]
    more = {"version": str(payment.version), f"part-{second.id}": "20"}
    assert books.submit(f"{made.location}/apply", more).status_code == 303
    assert agency.again(second).open_minor == 20_00
    void = books.submit(f"{made.location}/void", {"version": str(payment.version + 1)})
    assert void.status_code == 303
    assert [agency.again(one).open_minor for one in (first, second)] == [100_00, 100_00]


def test_viewers_see_everything_and_no_button_that_changes(agency: Agency, signed_in: SignIn, cast: Cast) -> None:
    made = agency.one_of_each()
    viewer = signed_in(cast.viewer)
    for path in ("invoices", f"invoices/{made['invoice']}", "clients", f"payments/{made['payment']}"):
        text = viewer.page(f"/kz-admin/{path}").text
        for word in ("New invoice", "Mark paid", "Edit", "Void", "Finalise", "Send a message"):
            assert word not in text, f"{word} on {path}"


@pytest.mark.parametrize("rows", [1, 60])
def test_a_list_takes_the_same_few_statements_whatever_its_length(
    app: Flask, agency: Agency, books: InspectingClient, rows: int
) -> None:
    client = agency.client()
    for _ in range(rows):
        agency.draft(client)
    for name in LISTS:
        assert statements(lambda name=name: books.get(f"/kz-admin/{name}")) <= 6, name


def statements(deed: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "ROLLBACK")):
            seen.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    try:
        deed()
    finally:
        event.remove(engine(), "before_cursor_execute", note)
    return len(seen)


def test_tabs_and_pages_keep_the_other_filters(agency: Agency, books: InspectingClient) -> None:
    client = agency.client()
    for _ in range(51):
        agency.draft(client)
    agency.invoice(client)
    page = books.page("/kz-admin/invoices?client=acme")
    assert "/kz-admin/invoices?client=acme&state=draft" in page.links
    further = next(link for link in page.links if "after=" in link)
    assert "client=acme" in further
    last = books.page(further)
    assert "further on" in last.title
    assert "/kz-admin/invoices?client=acme" in last.links
    assert "Finalised" in books.page("/kz-admin/invoices?state=finalised").text


def test_a_whole_filter_is_finalised_in_turns_and_asked_first(
    agency: Agency, books: InspectingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "CHANGED_AT_ONCE", 2)
    client = agency.client()
    drafts = [agency.draft(client) for _ in range(3)]
    standing = agency.invoice(client)
    form = {"step": "finalise", "everything": "1"}
    asked = books.submit("/kz-admin/invoices/bulk", form).text
    assert "Finalise 2 invoices?" in asked
    assert "More of them match." in asked
    assert {agency.again(one).as_state for one in drafts} == {InvoiceState.DRAFT}
    answer = books.submit("/kz-admin/invoices/bulk", {**form, "confirmed": "1"})
    assert re.search(r"[12] invoices? finalised", answer.text)
    after = answer.text.partition('name="after" value="')[2].partition('"')[0]
    assert after
    last = books.submit("/kz-admin/invoices/bulk", {**form, "confirmed": "1", "after": after})
    assert last.status_code == 303
    assert {agency.again(one).as_state for one in (*drafts, standing)} == {InvoiceState.FINALISED}
    assert len({agency.again(one).number for one in (*drafts, standing)}) == 4


def test_ids_that_are_none_are_not_found(agency: Agency, books: InspectingClient) -> None:
    for name in LISTS[:8]:
        assert books.get(f"/kz-admin/{name}/{ids.uuid7()}").status_code == 404
        assert books.get(f"/kz-admin/{name}/not-an-id").status_code == 404
    assert isinstance(ids.uuid7(), UUID)
