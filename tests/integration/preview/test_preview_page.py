"""The page of a preview, whatever state its invoice is in."""

from __future__ import annotations

from kz_admin import clock
from tests.integration.web.conftest import books as books
from tests.integration.web.conftest import change as change
from tests.integration.web.conftest import connected as connected
from tests.integration.web.conftest import desk as desk
from tests.integration.web.conftest import rung as rung
from tests.integration.web.desk import Change, Desk
from tests.page import InspectingClient


def test_without_an_income_account_the_card_leads_to_the_choice(desk: Desk, books: InspectingClient) -> None:
    page = books.page(f"{desk.url}/preview")
    assert "Nothing would be written as it stands" in page.text
    assert "Ensure your default income account is configured" in page.text
    assert "Choose account" in page.text


def test_before_the_start_date_says_why_and_shows_it_all_the_same(
    desk: Desk, change: Change, books: InspectingClient
) -> None:
    change(start_at=clock.now_ms() + clock.DAY)
    desk.made("pay", desk.invoice)
    page = books.page(f"{desk.url}/preview")
    assert "from before the start date" in page.text


def test_a_draft_and_no_connection_have_their_words(desk: Desk, change: Change, books: InspectingClient) -> None:
    draft = desk.made("draft", desk.client)
    assert "drafts never leave" in books.page(f"/kz-admin/invoices/{draft.id}/preview").text
    assert "Preview for the books" in books.page(f"/kz-admin/invoices/{draft.id}").text
    assert "/preview" in books.get(desk.url).text
    change(state="disconnected")
    assert "No accounting connection takes this" in books.page(f"{desk.url}/preview").text
