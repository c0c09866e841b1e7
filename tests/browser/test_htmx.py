"""What htmx and app.js add: polls that rest, errors that show, addresses that stay true."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.site import Crew

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.promise("HX-11")
def test_a_poll_rests_in_a_hidden_tab_goes_on_when_someone_looks_and_ends_by_itself(open_as: Open) -> None:
    page = open_as(None, "/kz-admin/design")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/design/pill" in request.url else None)
    pill = page.locator("#sample-pill")
    page.evaluate(HIDE, True)
    expect(pill).to_have_attribute("data-poll", "resting")
    assert asked == []
    page.evaluate(HIDE, False)
    expect(pill).to_contain_text("Success", timeout=8_000)
    expect(pill).not_to_have_attribute("hx-get", re.compile(".*"))
    assert len(asked) == 2


def open_role(page: Page, crew: Crew) -> None:
    page.locator("tr", has_text=crew.viewer.name).get_by_role("link", name="Change role").click()


def test_a_server_that_does_not_answer_is_said_and_nothing_is_lost(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people", tolerated="")
    page.route("**/role", lambda route: route.fulfill(status=503, headers={"X-Request-ID": "ref-42"}, body=""))
    open_role(page, crew)
    expect(page.locator("#banner [role=alert]")).to_contain_text("That did not work")
    expect(page.locator("#banner")).to_contain_text("ref-42")
    expect(page.locator("tr", has_text=crew.viewer.name)).to_contain_text("Viewer")


def test_filters_are_in_the_address_and_back_takes_them_away(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/activity")
    page.get_by_label("Who", exact=True).fill("nobody at all")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("heading", name="No entries match")).to_be_visible()
    expect(page).to_have_url(re.compile("actor=nobody"))
    page.reload()
    expect(page.get_by_role("heading", name="No entries match")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("/kz-admin/activity$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Activity")
    expect(page.get_by_label("Who", exact=True)).to_have_value("")


@pytest.mark.promise("HX-16")
def test_nothing_of_a_page_stays_in_the_browsers_storage(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people")
    open_role(page, crew)
    page.get_by_role("heading", name="Role of").wait_for()
    assert page.evaluate("Object.entries(localStorage)") == []
    kept = page.evaluate("Object.entries(sessionStorage)")
    assert kept in ([], [["htmx-current-path-for-history", "/kz-admin/people"]])
