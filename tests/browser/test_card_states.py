"""Each state of a provider's card: pill, words, what can be pressed, and axe in every look."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.card_states import COMPANY, STATES, put
from tests.browser.conftest import Open
from tests.browser.eyes import LOOKS, judge
from tests.browser.site import Crew, Site


@pytest.mark.parametrize("name", STATES)
def test_a_card_says_where_it_stands_and_offers_what_helps(site: Site, open_as: Open, crew: Crew, name: str) -> None:
    state = STATES[name]
    put(site, crew, state)
    page = open_as(crew.admin, "/kz-admin/integrations")
    card = page.locator("#provider-quickbooks")
    expect(card.locator("header .pill")).to_have_text(state.word)
    expect(card.locator(f"header .pill.{state.tone}")).to_have_count(1)
    for words in state.words:
        expect(card).to_contain_text(words)
    for words in state.buttons:
        expect(card.locator(".button").filter(has_text=words).first).to_be_visible()
    assert card.locator(".button.primary").count() <= 1
    judge(page)
    page.emulate_media(color_scheme="dark")
    judge(page)
    page.set_viewport_size(LOOKS["narrow"]["viewport"])
    judge(page)


@pytest.mark.parametrize("name", ["paused", "reconnect-needed", "no-income-account", "disconnected"])
def test_a_bookkeeper_and_a_viewer_get_no_button_they_may_not_press(
    site: Site, open_as: Open, crew: Crew, name: str
) -> None:
    put(site, crew, STATES[name])
    for someone, allowed in ((crew.bookkeeper, {"Test Connection"}), (crew.viewer, set())):
        page = open_as(someone, "/kz-admin/integrations")
        card = page.locator("#provider-quickbooks")
        pressed = {words.strip().split("\n")[0] for words in card.locator("form button").all_inner_texts()}
        assert pressed <= allowed, (someone.name, pressed)
        assert card.locator("details.menu").count() == 0
        assert card.get_by_role("link", name="Connect QuickBooks").count() == 0


def test_pausing_and_resuming_need_only_the_keyboard(site: Site, open_as: Open, crew: Crew) -> None:
    put(site, crew, STATES["paused"])
    page = open_as(crew.admin, "/kz-admin/integrations")
    page.get_by_role("button", name="Resume").focus()
    page.keyboard.press("Enter")
    card = page.locator("#provider-quickbooks")
    expect(card.locator("header .pill")).to_have_text("QuickBooks connected")
    expect(card).to_be_focused()
    expect(card.get_by_role("status")).to_contain_text("Resumed")


def test_disconnecting_needs_only_the_keyboard(site: Site, open_as: Open, crew: Crew) -> None:
    put(site, crew, STATES["connected"])
    page = open_as(crew.admin, "/kz-admin/integrations")
    page.locator("#provider-quickbooks details.menu summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Disconnect from QuickBooks")).to_be_focused()
    page.keyboard.press("Enter")
    question = page.locator(".confirmation")
    expect(question).to_be_focused()
    expect(question).to_contain_text(f"Disconnect {COMPANY}?")
    page.keyboard.press("Tab")
    expect(question.get_by_role("button", name="Disconnect")).to_be_focused()
    page.keyboard.press("Tab")
    expect(question.get_by_role("link", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_have_count(0)
    expect(page.locator("#provider-quickbooks header .pill")).to_have_text("QuickBooks connected")
