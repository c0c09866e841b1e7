"""The board of causes: one cause is one card, with all that waits for it, and one deed for all of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin.domain.problems import Problem, Slug
from kz_admin.models import AuditEntry, Client, SyncRecord
from kz_admin.models.session import reading
from kz_admin.services import causes
from tests.cast import Cast
from tests.integration.documents.test_pages import statements
from tests.integration.web.desk import Change, SignIn
from tests.integration.web.failing import Failures
from tests.page import InspectingClient

BOARD = "/kz-admin/integrations/quickbooks/problems"
NO_ACCOUNT = Problem(Slug.ACCOUNT_MISSING, "income", {"document": "F-0"})
TAKEN = Problem(Slug.DUPLICATE_NUMBER, "", {"number": "T-0", "remote_id": "266"})


@pytest.fixture
def failures(app: Flask, connected: UUID, cast: Cast) -> Failures:
    return Failures(app, cast.tenant_id)


def cards(books: InspectingClient) -> int:
    return books.get(BOARD).text.count('class="error-card cause"')


def test_a_cause_is_one_card_with_all_that_waits_for_it(failures: Failures, books: InspectingClient) -> None:
    assert "Nothing is in the way." in books.page(BOARD).text
    client = failures.client()
    failures.invoices(3, NO_ACCOUNT, client)
    failures.invoices(2, NO_ACCOUNT, client, total=50_00, currency="EUR", first="E")
    failures.invoices(7, TAKEN, client, first="T", each=True)  # each for itself, told together
    lacking = failures.client("Bluebird GmbH")
    no_address = Problem(Slug.EMAIL_MISSING, str(lacking), {"name": "Bluebird GmbH"})
    partner = failures.partner(lacking, no_address)
    failures.invoices(2, no_address, lacking, waits_for=partner, first="B")
    page = books.page(BOARD)
    assert cards(books) == 3
    for words in (
        "Ensure your default income account is configured",
        "3 invoices",
        "300.00 USD",
        "2 invoices",
        "100.00 EUR",  # never one figure of two currencies
        "Retry all 5",
        "QuickBooks already has an invoice with this number.",
        "Retry all 7",
        "3 more",
        "Could not find customer email",
        "E-mail address of Bluebird GmbH",
    ):
        assert words in page.text, words
    assert "/kz-admin/integrations/quickbooks/mappings/accounts" in page.links
    whole = books.page(f"{BOARD}/documents?cause=account_missing:income")
    assert "E-1" in whole.text
    assert "T-1" not in whole.text
    listed = books.page("/kz-admin/invoices?cause=duplicate_number")
    assert "T-6" in listed.text
    assert "F-1" not in listed.text
    assert books.page("/kz-admin/invoices?books=failed").links.count("/kz-admin/problems") == 1
    assert books.get("/kz-admin/problems").location == BOARD


def test_retry_all_moves_everything_of_one_cause_and_nothing_else(
    failures: Failures, books: InspectingClient, rung: list[str]
) -> None:
    client = failures.client()
    many = failures.invoices(40, NO_ACCOUNT, client, kills=3, tries=2, failing_since=1)
    parked = failures.invoices(1, Problem(Slug.KILLED_WORKERS), client, first="P", each=True, state="parked")
    other = failures.invoices(1, TAKEN, client, first="T", each=True)
    assert books.submit(f"{BOARD}/retry", {"cause": "account_missing:income"}).status_code == 303
    assert failures.states(many) == {"due"}
    assert failures.states(other) == {"failed"}
    with failures.app.app_context(), reading() as session:
        row = session.scalars(select(SyncRecord).where(SyncRecord.local_id == many[0])).one()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "cause.retried")).one()
    assert (row.kills, row.tries, row.failing_since, row.cause, row.lane) == (0, 0, None, None, "bulk")
    assert entry.subject == "Ensure your default income account is configured"
    assert rung == ["push_bulk"]
    assert "40 documents are on the way again." in books.page(BOARD).text
    assert books.submit(f"{BOARD}/retry", {"cause": "killed_workers"}).status_code == 303
    assert failures.states(parked) == {"due"}
    books.submit(f"{BOARD}/retry", {"cause": "account_missing:income"})  # a second click
    assert "Nothing waits for this cause any more." in books.page(BOARD).text


ON_POSTGRES = pytest.param("postgresql", marks=pytest.mark.postgres)  # SQLite reads all of a board at one moment


@pytest.mark.parametrize("database_url", [ON_POSTGRES], indirect=True)
def test_what_is_mended_while_the_board_is_read_is_left_out_of_it(
    failures: Failures, books: InspectingClient, signed_in: SignIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, somebody = failures.client(), signed_in(cast.admin)
    failures.invoices(2, NO_ACCOUNT, client)
    failures.invoices(1, TAKEN, client, first="T", each=True)
    read = causes._first_of_each

    def after_a_retry(*args: Any) -> Any:
        monkeypatch.undo()
        with ThreadPoolExecutor(1) as meanwhile:
            asked = meanwhile.submit(somebody.submit, f"{BOARD}/retry", {"cause": NO_ACCOUNT.cause})
            assert asked.result().status_code == 303
        return read(*args)

    monkeypatch.setattr(causes, "_first_of_each", after_a_retry)
    assert cards(books) == 1
    assert "an invoice numbered T-0" in books.page(BOARD).text


def test_a_paused_connection_holds_what_is_retried(failures: Failures, books: InspectingClient, change: Change) -> None:
    many = failures.invoices(2, NO_ACCOUNT, failures.client())
    change(state="paused")
    books.submit(f"{BOARD}/retry", {"cause": NO_ACCOUNT.cause})
    assert failures.states(many) == {"held"}


def test_all_of_a_cause_is_left_out_with_a_reason(failures: Failures, books: InspectingClient) -> None:
    client = failures.client()
    unsent = failures.invoices(3, TAKEN, client, first="T", each=True)
    there = failures.invoices(1, TAKEN, client, first="U", each=True, remote_id="9", remote_type="Invoice")
    address = f"{BOARD}/ignore?cause=duplicate_number"
    assert "Leave all 4 documents out of QuickBooks?" in books.page(address).text
    refused = books.submit(f"{BOARD}/ignore", {"cause": "duplicate_number", "reason": " "})
    assert refused.status_code == 422
    assert "There is a problem" in refused.text
    assert failures.states(unsent) == {"failed"}
    said = {"cause": "duplicate_number", "reason": "Booked by hand"}
    assert books.submit(f"{BOARD}/ignore", said).status_code == 303
    assert failures.states(unsent) == {"idle"}
    assert failures.states(there) == {"failed"}  # what is there is not left out
    text = books.page(BOARD).text
    assert "3 documents stay here." in text
    assert "1 other not" in text
    row = books.page(f"/kz-admin/invoices/{unsent[0]}").text
    assert "ignored by Bea Books" in row


def test_an_address_given_on_the_board_sends_all_of_that_client(
    failures: Failures, books: InspectingClient, rung: list[str]
) -> None:
    client = failures.client("Bluebird GmbH")
    problem = Problem(Slug.EMAIL_MISSING, str(client), {"name": "Bluebird GmbH"})
    partner = failures.partner(client, problem)
    waiting = failures.invoices(2, problem, client, waits_for=partner, first="B")
    wrong = books.submit(f"{BOARD}/email", {"cause": problem.cause, "email": "nonsense"})
    assert wrong.status_code == 422
    assert "There is a problem" in wrong.text
    assert books.submit(f"{BOARD}/email", {"cause": problem.cause, "email": "b@blue.example"}).status_code == 303
    assert failures.states([client, *waiting]) == {"due"}
    with failures.app.app_context(), reading() as session:
        assert session.get_one(Client, client).email == "b@blue.example"
    assert cards(books) == 0


def test_it_is_read_only_for_a_viewer_and_of_one_tenant(failures: Failures, signed_in: SignIn, cast: Cast) -> None:
    many = failures.invoices(2, NO_ACCOUNT, failures.client())
    viewer = signed_in(cast.viewer)
    assert "Retry all" not in viewer.page(BOARD).text
    assert viewer.submit(f"{BOARD}/retry", {"cause": NO_ACCOUNT.cause}).status_code == 403
    stranger = signed_in(cast.stranger)
    assert stranger.get(BOARD).status_code == 404
    assert stranger.submit(f"{BOARD}/retry", {"cause": NO_ACCOUNT.cause}).status_code == 404
    assert stranger.get("/kz-admin/problems").location == "/kz-admin/integrations"
    assert failures.states(many) == {"failed"}


def test_a_board_takes_the_same_few_statements_whatever_failed(failures: Failures, books: InspectingClient) -> None:
    client = failures.client()
    failures.invoices(1, NO_ACCOUNT, client)
    with failures.app.app_context():
        few = statements(lambda: books.get(BOARD))
    failures.invoices(300, NO_ACCOUNT, client, first="M")
    for slug in (Slug.DUPLICATE_NUMBER, Slug.TOTALS_DIFFER, Slug.CURRENCY_OFF, Slug.TAX_OFF):
        failures.invoices(20, Problem(slug), client, first=slug.value)
    with failures.app.app_context():
        assert statements(lambda: books.get(BOARD)) == few <= 8
