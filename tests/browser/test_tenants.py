"""One person, several tenants."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from kz_admin.domain.roles import Role
from tests.browser.conftest import Open
from tests.browser.site import Crew, Site


@pytest.fixture
def other(site: Site, crew: Crew) -> Crew:
    """A second tenant, in which the first one's admin is only a viewer."""
    other = site.crew()
    site.join(crew.admin, other.tenant_id, Role.VIEWER)
    return other


def switch_to(page: Page, crew: Crew) -> None:
    page.locator("details.tenant summary").click()
    page.locator("details.tenant").get_by_role("button", name=crew.tenant_name).click()


def name_shown(page: Page) -> str:
    return page.locator("details.tenant summary .name").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_switching_changes_the_tenant_and_the_rights(open_as: Open, crew: Crew, other: Crew, scripts: bool) -> None:
    page = open_as(crew.admin, "/kz-admin/people", java_script_enabled=scripts)
    here, there = (crew, other) if name_shown(page) == crew.tenant_name else (other, crew)
    switch_to(page, there)
    expect(page.get_by_role("status").filter(has_text=f"You work in {there.tenant_name} now.")).to_be_visible()
    assert name_shown(page) == there.tenant_name
    page.goto("/kz-admin/people")
    expect(page.locator("main")).not_to_contain_text(here.bookkeeper.name)
    assert page.get_by_role("link", name="Invite a person").count() == (1 if there is crew else 0)


def test_a_page_of_the_other_tenant_in_an_older_tab_changes_nothing(
    browser_of: Callable[..., BrowserContext], crew: Crew, other: Crew
) -> None:
    context = browser_of(crew.admin)
    old, new = context.new_page(), context.new_page()
    old.goto("/kz-admin/settings")
    if name_shown(old) != crew.tenant_name:
        switch_to(old, crew)
        old.goto("/kz-admin/settings")
    new.goto("/kz-admin")
    switch_to(new, other)
    expect(new).to_have_url(re.compile("/kz-admin/integrations"))
    old.get_by_label("Name").fill("Written into the wrong tenant")
    old.get_by_role("button", name="Save").click()
    expect(old.get_by_role("heading", level=1)).to_have_text("Someone was faster")
    expect(old.locator("main")).to_contain_text("This page belongs to another tenant")
    new.goto("/kz-admin/settings")
    expect(new.locator("main")).not_to_contain_text("Written into the wrong tenant")
