"""An invoice on its way into the books, in every state: what is read, what is pressed, and axe in every look."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from kz_admin.models import SyncRecord
from kz_admin.models.session import reading, writing
from tests.browser.conftest import Open
from tests.browser.eyes import LOOKS, focused, judge
from tests.browser.record_states import STATES, THERE, put
from tests.browser.site import Crew, Site

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


def settle(site: Site, crew: Crew) -> None:
    """The worker comes by: everything of this tenant is over there."""
    with site.app.app_context(), writing() as session:
        done = {**THERE, "state": "done", "problem": None, "cause": None, "problem_facts": None}
        mine = (SyncRecord.tenant_id == crew.tenant_id, SyncRecord.kind == "invoice")
        session.execute(update(SyncRecord).where(*mine).values(**done))


def record_of(site: Site, crew: Crew, kind: str = "invoice") -> SyncRecord:
    with site.app.app_context(), reading() as session:
        query = select(SyncRecord).where(SyncRecord.tenant_id == crew.tenant_id, SyncRecord.kind == kind)
        return session.scalars(query).one()


@pytest.mark.promise("K-QBO-38", "K-QBO-43")
@pytest.mark.parametrize("name", STATES)
def test_a_page_says_where_its_invoice_stands_and_offers_what_helps(
    site: Site, open_as: Open, crew: Crew, name: str
) -> None:
    state = STATES[name]
    page = open_as(crew.bookkeeper, put(site, crew, state))
    pill = page.locator("#record-pill")
    expect(pill.locator(".pill")).to_have_text(state.word)
    expect(pill).to_contain_text(state.hint)
    panel = page.locator("#record")
    for words in state.words:
        expect(panel).to_contain_text(words)
    for words in state.buttons:
        expect(panel.locator(".button").filter(has_text=words).first).to_be_visible()
    assert panel.locator(".button.primary").count() == 0
    judge(page)
    page.emulate_media(color_scheme="dark")
    judge(page)
    page.set_viewport_size(LOOKS["narrow"]["viewport"])
    judge(page)


@pytest.mark.promise("HX-11", "AX-2", "K-QBO-40", "K-QBO-41")
def test_a_pending_pill_becomes_final_by_itself_and_takes_nobodys_focus(site: Site, open_as: Open, crew: Crew) -> None:
    page = open_as(crew.bookkeeper, put(site, crew, STATES["pending"]))
    page.get_by_role("link", name="Mark paid").focus()
    settle(site, crew)
    expect(page.locator("#record-pill .pill")).to_have_text("Success", timeout=8_000)
    expect(page.locator("#record")).to_contain_text("Totals equal")
    assert focused(page) == "Mark paid"
    expect(page.locator("#record-pill")).not_to_have_attribute("hx-get", re.compile(".*"))
    expect(page.locator("#status")).to_have_text("Success")


@pytest.mark.promise("HX-11")
def test_a_list_asks_once_for_all_and_stops(site: Site, open_as: Open, crew: Crew) -> None:
    put(site, crew, STATES["pending"])
    page = open_as(crew.bookkeeper, "/kz-admin/invoices")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/invoices/pills" in request.url else None)
    expect(page.locator("[data-poll]")).to_have_count(1)
    settle(site, crew)
    expect(page.locator("tbody tr").first).to_contain_text("Success", timeout=8_000)
    expect(page.locator("[data-poll]")).to_have_count(0)
    assert len(asked) == 1
    expect(page.locator("#status")).to_have_text("All of them are in the books.")
    judge(page)


@SCRIPTS
@pytest.mark.promise("K-QBO-30", "HX-2")
def test_copy_needs_one_click(site: Site, open_as: Open, crew: Crew, scripts: bool) -> None:
    page = open_as(crew.bookkeeper, put(site, crew, STATES["not-synced"]), java_script_enabled=scripts)
    page.get_by_role("button", name="Copy to QuickBooks").click()
    expect(page.get_by_role("status").filter(has_text="On its way to QuickBooks.")).to_be_visible()
    expect(page.locator("#record-pill .pill")).to_have_text("Pending")
    expect(page.get_by_role("button", name="Copy to QuickBooks")).to_have_count(0)
    assert record_of(site, crew).state == "due"


@SCRIPTS
@pytest.mark.promise("KZ-37", "AX-4")
def test_the_missing_address_is_written_on_the_card(site: Site, open_as: Open, crew: Crew, scripts: bool) -> None:
    page = open_as(crew.bookkeeper, put(site, crew, STATES["no-email"]), java_script_enabled=scripts)
    page.get_by_label("E-mail address of Acme Ltd").fill("nonsense")
    page.get_by_role("button", name="Save and retry").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.get_by_label("E-mail address of Acme Ltd")).to_have_value("nonsense")
    if scripts:
        judge(page)
    page.get_by_label("E-mail address of Acme Ltd").fill("books@acme.example")
    page.get_by_role("button", name="Save and retry").click()
    expect(page.get_by_role("status").filter(has_text="Saved with the client.")).to_be_visible()
    expect(page.locator("#record-pill .pill")).to_have_text("Pending")
    assert record_of(site, crew, "client").state == "due"


@SCRIPTS
def test_a_taken_number_is_answered_with_one_click(site: Site, open_as: Open, crew: Crew, scripts: bool) -> None:
    page = open_as(crew.bookkeeper, put(site, crew, STATES["number-taken"]), java_script_enabled=scripts)
    page.get_by_role("button", name="Push with number INV-104-1").click()
    expect(page.locator("#record-pill .pill")).to_have_text("Pending")
    assert json.loads(record_of(site, crew).choices or "{}") == {"number": "INV-104-1"}


@SCRIPTS
def test_leaving_out_asks_why_and_is_taken_back(site: Site, open_as: Open, crew: Crew, scripts: bool) -> None:
    page = open_as(crew.bookkeeper, put(site, crew, STATES["refused"]), java_script_enabled=scripts)
    page.get_by_role("link", name="Leave it out").click()
    page.get_by_label("Reason").fill("booked by hand")
    if scripts:
        judge(page)
    page.get_by_role("button", name="Leave it out").click()
    expect(page.locator("#record-pill")).to_contain_text("ignored by Bea")
    page.get_by_role("button", name="Take that back").click()
    expect(page.locator("#record-pill")).to_contain_text("goes over when it is paid")


@pytest.mark.promise("K-QBO-44", "AX-1")
def test_retry_needs_only_the_keyboard(site: Site, open_as: Open, crew: Crew) -> None:
    page = open_as(crew.bookkeeper, put(site, crew, STATES["refused"]))
    tab_to(page, "Retry")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Trying again.")).to_be_visible()
    expect(page.locator("#record-title")).to_be_focused()  # the button is gone: the heading of its part
    tab_to(page, "What was tried (1)")
    page.keyboard.press("Enter")
    expect(page.locator("#record-tries")).to_contain_text("Business Validation Error")


def test_details_can_be_copied_for_support(site: Site, open_as: Open, crew: Crew) -> None:
    page = open_as(crew.bookkeeper, put(site, crew, STATES["refused"]))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy details for support").click()
    expect(page.locator("#status")).to_have_text("Details copied.")
    assert "6000" in page.evaluate("navigator.clipboard.readText()")


def test_a_viewer_reads_and_presses_nothing(site: Site, open_as: Open, crew: Crew) -> None:
    page = open_as(crew.viewer, put(site, crew, STATES["number-taken"]))
    expect(page.locator("#record")).to_contain_text("already has an invoice numbered INV-104.")
    assert page.locator("#record form").count() == 0
    judge(page)


def tab_to(page: Page, name: str) -> None:
    page.locator("h1").click()
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    raise AssertionError(f"the keyboard never reaches {name!r}")
