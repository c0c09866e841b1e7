"""Connect, test, reset, lose access, reconnect, disconnect, connect again: one sitting, by every kind of hand."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.consent import ADMIN_OF_ALL
from tests.browser.eyes import LOOKS, judge
from tests.browser.site import Crew, Site

MOST_TABS = 90  # no control is further away than this


@dataclass
class Hand:
    """How somebody presses things: with a mouse, or with Tab and Enter alone."""

    page: Page
    keyboard: bool
    scripts: bool

    def press(self, control: Locator) -> None:
        control.wait_for()
        if not self.keyboard:
            control.click()
            return
        for _ in range(MOST_TABS):
            if control.evaluate("element => element === document.activeElement"):
                self.page.keyboard.press("Enter")
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{control} is not reached by Tab")

    def open_menu(self, name: str) -> None:
        self.press(self.card.locator("details.menu summary"))
        self.press(self.card.get_by_role("link", name=name))

    @property
    def card(self) -> Locator:
        return self.page.locator("#provider-quickbooks")

    def consent(self) -> None:
        self.press(self.page.get_by_role("button", name=ADMIN_OF_ALL))
        self.press(self.page.get_by_role("button", name="Company ID").first)
        self.press(self.page.get_by_role("button", name="Connect", exact=True))
        self.page.wait_for_url("**/kz-admin/integrations**")
        if self.page.url.endswith("/setup"):  # the first time
            self.page.goto("/kz-admin/integrations")

    def connect(self) -> None:
        self.press(self.card.get_by_role("link", name="Connect QuickBooks"))
        self.press(self.page.get_by_role("button", name="Connect to QuickBooks"))
        self.consent()

    def confirm(self, name: str) -> None:
        question = self.page.locator(".confirmation")
        question.wait_for()
        if self.scripts:
            expect(question).to_be_focused()  # AX-1: the swap brings the focus along
        self.press(question.get_by_role("button", name=name))
        question.wait_for(state="detached")
        if self.scripts:
            expect(self.page.locator(":focus")).to_have_count(1)  # and the swap back does not drop it

    def sees(self, word: str) -> None:
        expect(self.card.locator(".pill")).to_have_text(word)
        if self.scripts:  # axe is a script
            judge(self.page)


HANDS = {
    "mouse": ({}, False),
    "keyboard": ({}, True),
    "narrow-dark": (LOOKS["narrow-dark"], False),
    "without-scripts": ({"java_script_enabled": False}, False),
}


@pytest.fixture
def crew(connecting_crew: Crew) -> Crew:
    return connecting_crew


def somebody_disconnects_over_there(site: Site) -> None:
    simulator = site.app.config["KZ"].quickbooks_at.api.removesuffix("/quickbooks")
    requests.post(f"{simulator}/_sim/disconnects", json={"company": "US"}, timeout=5).raise_for_status()


@pytest.mark.parametrize("kind", HANDS)
@pytest.mark.promise("K-QBO-55", "K-QBO-58", "KZ-30", "KZ-32", "PLAT-32", "AX-1")
def test_the_whole_life_of_a_connection(site: Site, open_as: Open, crew: Crew, kind: str) -> None:
    options, keyboard = HANDS[kind]
    page = open_as(crew.admin, "/kz-admin/integrations", **options)
    hand = Hand(page, keyboard, scripts=options.get("java_script_enabled", True))
    hand.sees("Not connected")
    hand.connect()
    hand.sees("QuickBooks connected")

    hand.press(hand.card.get_by_role("button", name="Test Connection"))
    expect(page.locator(".checkup")).to_contain_text("6 of 6 passed")
    page.goto("/kz-admin/integrations")
    hand.open_menu("Reset connection")
    hand.confirm("Reset connection")
    hand.sees("QuickBooks connected")

    somebody_disconnects_over_there(site)
    page.goto("/kz-admin/integrations")
    hand.press(hand.card.get_by_role("button", name="Test Connection"))
    expect(page.locator(".checkup")).to_contain_text("Reconnect to QuickBooks")
    page.goto("/kz-admin/integrations")
    hand.sees("Reconnect needed")
    expect(hand.card).to_contain_text("QuickBooks token expired")
    hand.press(hand.card.get_by_role("button", name="Reconnect"))
    hand.consent()
    hand.sees("QuickBooks connected")

    hand.open_menu("Disconnect")
    hand.confirm("Disconnect")
    hand.sees("Not connected")
    page.goto("/kz-admin/integrations")
    hand.connect()
    hand.sees("QuickBooks connected")
    expect(hand.card).to_contain_text("Nordlicht Studio")
