"""A wrong link is taken back and another one named, with scripts, without them, and by the keyboard alone."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.eyes import judge
from tests.browser.record_states import THERE, RecordState, put
from tests.browser.site import Crew, Site
from tests.browser.test_record_panel import SCRIPTS, record_of, tab_to

LINKED = RecordState("Success", row={**THERE, "state": "done", "linked_by": "match", "remote_number": "INV-9"})


@SCRIPTS
def test_unlink_says_what_happens_and_another_one_is_named(
    site: Site, open_as: Open, crew: Crew, scripts: bool
) -> None:
    page = open_as(crew.bookkeeper, put(site, crew, LINKED), java_script_enabled=scripts)
    page.get_by_role("link", name="Unlink…").click()
    expect(page.get_by_role("heading", name="Unlink this invoice from INV-9 in QuickBooks?")).to_be_visible()
    expect(page.locator("#record-confirmation")).to_contain_text("Nothing is touched.")
    if scripts:
        expect(page.locator("#record-confirmation")).to_be_focused()
        judge(page)
    page.get_by_role("button", name="Unlink", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Unlinked. Nothing was changed over there.")).to_be_visible()
    expect(page.locator("#record-pill .pill")).to_have_text("Not synced")
    assert record_of(site, crew).remote_id is None

    page.get_by_role("link", name="Link it to one that is there…").click()
    page.get_by_role("button", name="Find and link").click()
    expect(page.locator("#error-summary")).to_contain_text("Enter a number or id.")
    if scripts:
        judge(page)
    page.get_by_label("Number or id").fill("INV-204")
    page.get_by_role("button", name="Find and link").click()
    expect(page.locator("#record-pill .pill")).to_have_text("Pending")
    said = json.loads(record_of(site, crew).choices or "{}")
    assert said == {"sought": "INV-204", "unlinked": "266"}


@pytest.mark.promise("AX-1")
def test_unlink_needs_only_the_keyboard(site: Site, open_as: Open, crew: Crew) -> None:
    page = open_as(crew.bookkeeper, put(site, crew, LINKED))
    tab_to(page, "Unlink…")
    page.keyboard.press("Enter")
    expect(page.locator("#record-confirmation")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#record-pill .pill")).to_have_text("Not synced")
    expect(page.locator("#record-title")).to_be_focused()
