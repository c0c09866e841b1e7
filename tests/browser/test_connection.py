"""Connecting, testing, resetting and disconnecting against the simulator, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.consent import connect, give_consent, go_to_consent
from tests.browser.eyes import LOOKS, judge
from tests.browser.site import Crew

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@pytest.fixture
def crew(connecting_crew: Crew) -> Crew:
    return connecting_crew


def card_of(page: Page):  # type: ignore[no-untyped-def]
    return page.locator("#provider-quickbooks")


def choose_in_menu(page: Page, name: str) -> None:
    card_of(page).locator("details.menu summary").click()
    card_of(page).get_by_role("link", name=name).click()


@SCRIPTS
@pytest.mark.promise("K-QBO-14", "KZ-16", "INT-T1.1")
def test_consent_leads_back_to_a_green_pill_the_company_and_no_connect_button(
    open_as: Open, crew: Crew, scripts: bool
) -> None:
    page = open_as(crew.admin, "/kz-admin", java_script_enabled=scripts)
    connect(page)
    pill = card_of(page).locator(".pill.green")
    expect(pill).to_have_text("QuickBooks connected")
    expect(card_of(page)).to_contain_text("Nordlicht Studio")
    assert card_of(page).get_by_role("link", name="Connect QuickBooks").count() == 0
    card_of(page).locator("details.menu summary").click()
    expect(card_of(page).get_by_role("link", name="Disconnect from QuickBooks")).to_be_visible()
    assert "code=" not in page.url
    assert "realmId" not in page.url


def test_the_confirmation_in_the_corner_is_shown_once_and_can_be_dismissed(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin")
    go_to_consent(page)
    give_consent(page)
    expect(page.locator(".page-head .pill.green, .provider .pill.green")).to_have_text("QuickBooks connected")
    corner = page.locator("#corner").get_by_role("status")
    expect(corner).to_contain_text("QuickBooks connected")
    box, window = corner.bounding_box(), page.viewport_size
    assert box
    assert window
    assert box["x"] > window["width"] / 2
    assert box["y"] > window["height"] / 2
    corner.get_by_role("button", name="Dismiss").click()
    expect(corner).to_have_count(0)
    page.reload()
    expect(page.locator("#corner").get_by_role("status")).to_have_count(0)


def test_a_refused_consent_says_so_and_changes_nothing(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin")
    go_to_consent(page)
    page.get_by_role("button", name="Cancel and go back").click()
    page.wait_for_url("**/kz-admin/integrations*")
    expect(page.locator("#banner").get_by_role("status")).to_be_visible()
    assert page.locator("#provider-quickbooks .pill.green").count() == 0


@SCRIPTS
@pytest.mark.promise("PLAT-24")
def test_the_button_test_connection_shows_each_check(open_as: Open, crew: Crew, scripts: bool) -> None:
    page = open_as(crew.admin, "/kz-admin", java_script_enabled=scripts)
    connect(page)
    page.get_by_role("button", name="Test Connection").click()
    result = page.locator(".checkup")
    expect(result).to_contain_text("6 of 6 passed")
    if scripts:
        expect(result).to_be_focused()
        expect(page).to_have_url(page.url.split("?")[0])
    judge(page) if scripts else None


@SCRIPTS
@pytest.mark.promise("PLAT-29")
def test_disconnect_asks_first_and_cancel_does_nothing(open_as: Open, crew: Crew, scripts: bool) -> None:
    page = open_as(crew.admin, "/kz-admin", java_script_enabled=scripts)
    connect(page)
    choose_in_menu(page, "Disconnect")
    question = page.locator(".confirmation")
    expect(question).to_contain_text("Disconnect Nordlicht Studio?")
    if scripts:
        expect(question).to_be_focused()
        judge(page)
    question.get_by_role("link", name="Cancel").click()
    expect(question).to_have_count(0)
    expect(card_of(page).locator(".pill.green")).to_have_text("QuickBooks connected")

    choose_in_menu(page, "Disconnect")
    page.locator(".confirmation").get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("status").filter(has_text="Disconnected from Nordlicht Studio")).to_be_visible()
    expect(card_of(page).locator(".pill")).to_have_text("Not connected")


@SCRIPTS
def test_reset_says_what_freezes_and_keeps_the_connection(open_as: Open, crew: Crew, scripts: bool) -> None:
    page = open_as(crew.admin, "/kz-admin", java_script_enabled=scripts)
    connect(page)
    choose_in_menu(page, "Reset connection")
    expect(page.locator(".confirmation")).to_contain_text("will no longer be updated")
    page.locator(".confirmation").get_by_role("button", name="Reset connection").click()
    expect(page.get_by_role("status").filter(has_text="Connection reset.")).to_be_visible()
    expect(card_of(page).locator(".pill.green")).to_have_text("QuickBooks connected")
    expect(card_of(page)).to_contain_text("invoices created before are no longer updated")


@SCRIPTS
def test_a_default_account_is_chosen_from_the_live_list(open_as: Open, crew: Crew, scripts: bool) -> None:
    page = open_as(crew.admin, "/kz-admin", java_script_enabled=scripts)
    connect(page)
    page.goto("/kz-admin/integrations/quickbooks/mappings/accounts")
    choice = page.get_by_label("Deposit account", exact=True)
    name = choice.locator("optgroup option").first.inner_text()
    choice.select_option(label=name)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#banner")).to_contain_text("changed")
    page.goto("/kz-admin/integrations")
    expect(card_of(page)).to_contain_text(name)


def test_everything_about_a_connection_passes_axe_in_every_look(open_as: Open, crew: Crew) -> None:
    connect(open_as(crew.admin, "/kz-admin"))
    for look in LOOKS.values():
        page = open_as(crew.admin, "/kz-admin/integrations", **look)
        judge(page)
        for path in ("/settings", "/mappings/accounts", "/connect", "/reset", "/disconnect"):
            page.goto(f"/kz-admin/integrations/quickbooks{path}")
            judge(page)
        for path in ("/quickbooks/disconnected", "/quickbooks/learn-more"):
            page.goto(path)
            judge(page)


def test_a_viewer_sees_the_connection_and_may_do_nothing_about_it(open_as: Open, crew: Crew) -> None:
    connect(open_as(crew.admin, "/kz-admin"))
    page = open_as(crew.viewer, "/kz-admin/integrations")
    expect(card_of(page).locator(".pill.green")).to_have_text("QuickBooks connected")
    assert card_of(page).locator("form, details.menu").count() == 0
    page.goto("/kz-admin/integrations/quickbooks/settings")
    assert page.locator("main form").count() == 0


def test_the_whole_way_works_at_320_pixels(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin", **LOOKS["narrow"])
    connect(page)
    expect(card_of(page).locator(".pill.green")).to_have_text("QuickBooks connected")
    judge(page)
    page.reload()  # the confirmation in the corner was said once
    page.get_by_role("button", name="Test Connection").click()
    expect(page.locator(".checkup")).to_contain_text("6 of 6 passed")
    judge(page)
    choose_in_menu(page, "Disconnect")
    page.locator(".confirmation").get_by_role("button", name="Disconnect").click()
    expect(card_of(page).locator(".pill")).to_have_text("Not connected")
    judge(page)


def test_connecting_needs_only_the_keyboard(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/integrations")
    page.get_by_role("link", name="Connect QuickBooks").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/quickbooks/connect")
    page.get_by_label("My real company").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Connect to QuickBooks")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Dana Whitfield").wait_for()
