"""Mapping by eye: suggestions accepted with a click, one choice by hand, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select

from kz_admin.domain.lists import List
from kz_admin.models import Connection, Option
from kz_admin.models.session import reading, writing
from kz_admin.services import options
from kz_admin.services.documents.sales import Line
from tests.browser import consent
from tests.browser.conftest import Open
from tests.browser.eyes import NARROW, WIDE, judge
from tests.browser.site import Crew, Site
from tests.integration.documents.agency import Agency

ITEMS = "/kz-admin/integrations/quickbooks/mappings/items"
CUSTOMERS = "/kz-admin/integrations/quickbooks/mappings/customers"


@pytest.fixture
def crew(connecting_crew: Crew) -> Crew:
    return connecting_crew


def prepare(site: Site, crew: Crew) -> tuple[str, str]:
    """Lists read, an agency with some services; returns the names of one item that matches and of another."""
    with site.app.app_context():
        with reading() as session:
            connection = session.scalars(select(Connection).where(Connection.tenant_id == crew.tenant_id)).one()
        for which in (List.ITEMS, List.CUSTOMERS):
            options.refresh(connection.id, which)
        with reading() as session:
            of = (Option.connection_id == connection.id, Option.list == "items", Option.active)
            same, other = [option.name for option in session.scalars(select(Option).where(*of).order_by(Option.name))][
                :2
            ]
        agency = Agency(crew.tenant_id)
        design = agency.service(same.upper())
        agency.service("Something of our own")
        client = agency.client("Nobody There Ltd", email="nobody@there.example")
        line = Line("Work", Decimal(10), Decimal(120), service_id=design.id)
        agency.invoice(client, line, number="M-1", issued_on="2026-11-02")
        with writing() as session:
            lot = {"tenant_id": crew.tenant_id, "connection_id": connection.id, "list": "customers", "active": True}
            session.add_all(Option(**lot, remote_id=f"x{n}", name=f"Customer {n:03}", read_at=1) for n in range(160))
    return same, other


def look(page: Page, name: str) -> None:
    judge(page)
    for width, looks in ((WIDE, "wide"), (NARROW, "narrow")):
        page.set_viewport_size(width)
        page.screenshot(path=f"build/mappings/{name}-{looks}.png", full_page=True)
        if width is NARROW:
            judge(page)
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=f"build/mappings/{name}-dark.png", full_page=True)
    page.emulate_media(color_scheme="light")


def row(page: Page, name: str) -> Locator:
    return page.locator("tr", has=page.get_by_role("rowheader", name=re.compile(f"^{re.escape(name)}")))


def test_services_find_their_items(
    open_as: Open, browser_of: Callable[..., BrowserContext], site: Site, crew: Crew
) -> None:
    page: Page = open_as(crew.admin, "/kz-admin/integrations")
    consent.connect(page)
    same, other = prepare(site, crew)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Mappings").click()
    look(page, "overview")
    page.get_by_role("link", name="Items", exact=True).click()
    page.get_by_role("button", name="Auto-Match").click()
    expect(page.get_by_role("status").first).to_contain_text("1 exact match")
    look(page, "items")
    page.get_by_role("button", name="Accept 1 exact").click()
    expect(row(page, same.upper())).to_contain_text("Mapped")
    page.get_by_label("for Something of our own").select_option(label=other)
    expect(page.get_by_role("button", name="Save 1 change")).to_be_visible()
    page.get_by_role("button", name="Save 1 change").click()
    expect(row(page, "Something of our own")).to_contain_text("Mapped")
    expect(page.get_by_text("100 % of")).to_be_visible()

    page.goto(CUSTOMERS)
    page.get_by_label("Search customers for Nobody There Ltd").fill("customer 07")
    expect(page.locator("option", has_text="Customer 075")).to_have_count(1)
    look(page, "customers")
    page.get_by_label("Customer for Nobody There Ltd").select_option(label="Customer 075")
    page.get_by_role("button", name="Save 1 change").click()
    expect(row(page, "Nobody There Ltd")).to_contain_text("Mapped")
    search_without_scripts(browser_of(crew.bookkeeper, java_script_enabled=False).new_page())


def search_without_scripts(page: Page) -> None:
    page.goto(CUSTOMERS)
    page.get_by_role("link", name="Search for Nobody There Ltd").click()
    page.get_by_label("Search customers", exact=True).fill("customer 08")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_label("Customer", exact=True).select_option(label="Customer 085")
    page.screenshot(path="build/mappings/picking.png", full_page=True)
    page.get_by_role("button", name="Save this one").click()
    expect(row(page, "Nobody There Ltd")).to_contain_text("Mapped")
