"""The overview before anything is connected, and the note about the plan."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.eyes import judge
from tests.browser.site import Crew, Site


@pytest.mark.promise("KZ-11", "PLAT-04")
def test_the_settings_menu_leads_to_the_integrations(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.viewer, "/kz-admin/activity")
    menu = page.locator("nav.menus details").first
    menu.locator("summary").click()
    menu.get_by_role("link", name="Integrations").click()
    expect(page).to_have_url(re.compile("/kz-admin/integrations/?$"))
    breadcrumb = page.get_by_role("navigation", name="Breadcrumb")
    expect(breadcrumb.get_by_role("listitem")).to_have_text(["Settings", "Integrations"])


def test_a_provider_that_is_only_announced_offers_nothing_to_press(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/integrations")
    xero = page.locator("#provider-xero")
    expect(xero).to_contain_text("Not available in this version yet")
    assert xero.locator("button, a").count() == 0


def test_only_an_admin_is_offered_to_connect(open_as: Open, crew: Crew) -> None:
    for someone, links in ((crew.admin, 1), (crew.bookkeeper, 0), (crew.viewer, 0)):
        page = open_as(someone, "/kz-admin/integrations")
        expect(page.locator("#provider-quickbooks")).to_contain_text("Not connected")
        assert page.get_by_role("link", name="Connect QuickBooks").count() == links


@pytest.mark.promise("PLAT-38")
def test_a_plan_without_integrations_shows_no_card_but_a_way_to_billing(site: Site, open_as: Open) -> None:
    crew = site.crew(plan="free")
    page = open_as(crew.admin, "/kz-admin/integrations")
    assert page.locator(".provider").count() == 0
    judge(page)
    page.get_by_role("link", name="Go to Billing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Billing")
    expect(page.locator("main")).to_contain_text("Not included")
    expect(page.locator("main")).to_contain_text("standard, Professional")
    judge(page)
