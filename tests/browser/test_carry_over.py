"""Another company: what was chosen for the first one is offered by evidence, by eye and by axe."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from kz_admin.domain.lists import List
from kz_admin.models import Connection
from kz_admin.models.session import reading
from kz_admin.services import mapping_matches, options
from tests.browser import consent
from tests.browser.conftest import Open
from tests.browser.eyes import NARROW, WIDE, judge
from tests.browser.site import Crew, Site
from tests.integration.setup.conftest import before

COMPANY = "Nordlicht Studio"  # of the same name in both worlds
QUICKBOOKS = "/kz-admin/integrations/quickbooks"


@pytest.fixture
def crew(connecting_crew: Crew) -> Crew:
    return connecting_crew


def customers_are_read(app: Flask, crew: Crew) -> None:
    with app.app_context():
        with reading() as session:
            live = session.query(Connection).filter_by(tenant_id=crew.tenant_id, state="connected").one()
        options.refresh(live.id, List.CUSTOMERS)
        mapping_matches.run(live.id, List.CUSTOMERS)


def looked_at(page: Page) -> None:
    for width in (WIDE, NARROW):
        page.set_viewport_size(width)
        judge(page)
    page.set_viewport_size(WIDE)


@pytest.mark.promise("PLAT-33")
def test_choices_of_the_sandbox_are_offered_for_the_real_company(open_as: Open, site: Site, crew: Crew) -> None:
    before(site.app, crew.tenant_id)
    page = open_as(crew.admin, "/kz-admin/integrations")
    consent.connect(page, "A sandbox company")
    customers_are_read(site.app, crew)
    page.goto(f"{QUICKBOOKS}/setup/customers")
    page.get_by_role("button", name="Link all").click()
    page.goto(f"{QUICKBOOKS}/disconnect")
    page.get_by_role("button", name="Disconnect").click()
    consent.connect(page, "My real company")
    customers_are_read(site.app, crew)

    page.goto(f"{QUICKBOOKS}/setup")
    page.get_by_role("link", name="Look at them").click()
    expect(page.get_by_role("heading", name="Carry choices over")).to_be_visible()
    expect(page.get_by_text(f"What was chosen for {COMPANY} (sandbox)")).to_be_visible()
    looked_at(page)
    page.get_by_role("link", name="Look").first.click()
    looked_at(page)
    page.get_by_role("button", name="Carry over all").click()
    expect(page.get_by_text("Everything is chosen here")).to_be_visible()
    looked_at(page)
