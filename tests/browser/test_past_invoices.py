"""The tasks of set-up by eye and by axe: compared, confirmed, and confirmed without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from kz_admin.domain.lists import List
from kz_admin.models import Connection
from kz_admin.models.session import reading
from kz_admin.services import mapping_matches, options, past_reading
from tests.browser import consent
from tests.browser.conftest import Open
from tests.browser.eyes import NARROW, WIDE, judge
from tests.browser.site import Crew, Site
from tests.integration.setup.conftest import before

SETUP = "/kz-admin/integrations/quickbooks/setup"


@pytest.fixture
def crew(connecting_crew: Crew) -> Crew:
    return connecting_crew


def look_at(page: Page, *addresses: str) -> None:
    for address in addresses:
        page.goto(f"{SETUP}/{address}")
        for width in (WIDE, NARROW):
            page.set_viewport_size(width)
            judge(page)
    page.set_viewport_size(WIDE)


def test_both_sides_are_compared_and_linked(
    open_as: Open, browser_of: Callable[..., BrowserContext], site: Site, crew: Crew
) -> None:
    before(site.app, crew.tenant_id)
    page: Page = open_as(crew.admin, "/kz-admin/integrations")
    consent.connect(page)
    with site.app.app_context():
        with reading() as session:
            connection = session.query(Connection).filter_by(tenant_id=crew.tenant_id).one()
        options.refresh(connection.id, List.CUSTOMERS)
        mapping_matches.run(connection.id, List.CUSTOMERS)
    page.goto(SETUP)
    page.get_by_role("link", name="Compare customers").click()
    look_at(page, "customers", "customers?show=near", "customers?show=theirs")
    page.goto(f"{SETUP}/past-invoices")
    judge(page)
    page.get_by_role("button", name="Look in QuickBooks").click()
    expect(page.get_by_text("Reading the invoices of")).to_be_visible()
    with site.app.app_context():
        past_reading.go_on(connection.id)
    expect(page.get_by_role("link", name="The same there")).to_be_visible(timeout=15_000)  # the page notices by itself
    look_at(page, *(f"past-invoices?show={show}" for show in ("same", "differs", "ours", "theirs")))
    plain = browser_of(crew.bookkeeper, java_script_enabled=False).new_page()
    plain.goto(f"{SETUP}/past-invoices")
    plain.get_by_role("button", name="Link all 2").click()
    expect(plain.get_by_text("2 invoices linked.")).to_be_visible()
