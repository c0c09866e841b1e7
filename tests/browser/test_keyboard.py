"""Everything without a mouse."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.eyes import FOCUS_RING, focused
from tests.browser.site import Crew
from tests.cast import PASSWORD


def tab_to(page: Page, words: str, most: int = 40) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page) == words:
            return
    raise AssertionError(f"no tab stop called {words!r}; the last was {focused(page)!r}")


def test_signing_in_needs_only_the_keyboard(open_as: Open, crew: Crew) -> None:
    page = open_as(None, "/kz-admin/login")
    tab_to(page, "email")
    page.keyboard.type(crew.admin.email)
    tab_to(page, "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/kz-admin/integrations"))


def test_the_first_tab_stop_skips_the_navigation(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "Invite a person"


def test_menus_open_with_enter_and_close_with_escape_giving_the_focus_back(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/integrations")
    tab_to(page, "Settings", most=12)  # the entry of the navigation
    tab_to(page, "Settings", most=12)  # the menu
    page.keyboard.press("Enter")
    menu = page.locator("nav.menus details").first
    expect(menu.get_by_role("link", name="People")).to_be_visible()
    tab_to(page, "People", most=5)
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="People")).to_be_hidden()
    assert focused(page) == "Settings"


def test_leaving_a_menu_with_tab_closes_it(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people")
    menu = page.locator("tr", has_text=crew.bookkeeper.name).locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="Remove")).to_be_hidden()


def test_a_role_is_changed_by_keyboard_alone(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people")
    tab_to(page, f"Change role of {crew.viewer.name}", most=60)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"Role of {crew.viewer.name}")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    tab_to(page, "Save role", most=3)
    page.keyboard.press("Enter")
    expect(page.locator("tr", has_text=crew.viewer.name)).to_contain_text("Bookkeeper")
    expect(page.get_by_role("link", name=f"Change role of {crew.viewer.name}")).to_be_focused()


def test_whatever_has_the_focus_shows_it(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people")
    for _ in range(18):
        page.keyboard.press("Tab")
        style, width = page.evaluate(FOCUS_RING)
        assert (style, width) == ("solid", "2px"), focused(page)
