"""Giving consent at the simulated provider, as a person with a browser does."""

from __future__ import annotations

from playwright.sync_api import Page

ADMIN_OF_ALL = "Dana Whitfield"


def go_to_consent(page: Page, which: str = "") -> None:
    page.goto("/kz-admin/integrations")
    page.get_by_role("link", name="Connect QuickBooks").click()
    if which:
        page.get_by_label(which).check()
    page.get_by_role("button", name="Connect to QuickBooks").click()


def give_consent(page: Page) -> None:
    """Sign in there, choose the first company, agree; ends on set-up the first time, on the overview later."""
    page.get_by_role("button", name=ADMIN_OF_ALL).click()
    page.get_by_role("button", name="Company ID").first.click()
    page.get_by_role("button", name="Connect", exact=True).click()
    page.wait_for_url("**/kz-admin/integrations**")


def connect(page: Page, which: str = "") -> None:
    """The whole way, and on to the overview; `which` kind of company, where both are offered."""
    go_to_consent(page, which)
    give_consent(page)
    if page.url.endswith("/setup"):
        page.goto("/kz-admin/integrations")
