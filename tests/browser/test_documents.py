"""A bookkeeper's day with invoices: written, paid, found and done several at a time, with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.eyes import judge
from tests.browser.site import Crew

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


def add_client(page: Page, name: str) -> None:
    page.goto("/kz-admin/clients/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def write_invoice(page: Page, client: str, price: str, finish: str = "Save and finalise") -> None:
    page.goto("/kz-admin/invoices/new")
    page.get_by_label("Client", exact=True).fill(client)
    page.get_by_label("Description, line 1").fill("Design")
    page.get_by_label("Price, line 1").fill(price)
    page.get_by_role("button", name=finish).click()
    expect(page.get_by_role("heading", name=re.compile("^(Invoice INV-|Draft invoice)"), level=1)).to_be_visible()


@SCRIPTS
def test_an_invoice_with_two_lines_is_written_finalised_and_marked_paid(
    open_as: Open, crew: Crew, scripts: bool
) -> None:
    page = open_as(crew.bookkeeper, "/kz-admin/invoices", java_script_enabled=scripts)
    add_client(page, "Alder & Finch")
    page.get_by_role("link", name="New invoice").click()
    expect(page.get_by_label("Client", exact=True)).to_have_value("Alder & Finch")
    page.get_by_label("Description, line 1").fill("Design")
    page.get_by_label("Quantity, line 1").fill("1.5")
    page.get_by_label("Price, line 1").fill("80")
    page.get_by_role("button", name="Add a line").click()
    expect(page.get_by_label("Description, line 2")).to_be_focused()
    expect(page.get_by_label("Price, line 1")).to_have_value("80")
    page.get_by_label("Description, line 2").fill("Hosting")
    page.get_by_label("Price, line 2").fill("20")
    page.get_by_role("button", name="Save and finalise").click()
    expect(page.get_by_role("heading", name=re.compile("Invoice INV-"), level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("140.00 USD")

    page.get_by_role("link", name="Mark paid").click()
    expect(page.get_by_label("Amount", exact=True)).to_have_value("140.00")
    page.get_by_label("Amount", exact=True).fill("141")
    page.get_by_role("button", name="Record payment").click()
    expect(page.locator("#error-summary")).to_contain_text("Only 140.00 USD are still open.")
    page.get_by_label("Amount", exact=True).fill("140")
    page.get_by_role("button", name="Record payment").click()
    expect(page.get_by_role("status").filter(has_text="Payment recorded on INV-")).to_be_visible()
    expect(page.locator("main .pill").first).to_have_text("Paid")
    if scripts:
        judge(page)


def test_totals_follow_what_is_typed(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.bookkeeper, "/kz-admin/invoices/new")
    page.get_by_label("Quantity, line 1").fill("3")
    page.get_by_label("Price, line 1").fill("33.33")
    page.get_by_label("Discount").fill("10 %")
    page.get_by_label("Note").focus()
    expect(page.locator("#totals")).to_contain_text("89.99 USD")
    expect(page.locator("#amount-0")).to_have_text("99.99")
    expect(page.get_by_label("Note")).to_be_focused()
    judge(page)


def test_mark_paid_opens_in_place_with_the_focus_on_it(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.bookkeeper, "/kz-admin/clients")
    add_client(page, "Bluebird Bakery")
    write_invoice(page, "Bluebird Bakery", "50")
    address = page.url
    page.get_by_role("link", name="Mark paid").click()
    expect(page.get_by_role("heading", name=re.compile("^Mark INV-"))).to_be_focused()
    expect(page).to_have_url(address)
    judge(page)


@SCRIPTS
def test_drafts_are_found_by_their_tab_and_finalised_together(open_as: Open, crew: Crew, scripts: bool) -> None:
    page = open_as(crew.bookkeeper, "/kz-admin/clients", java_script_enabled=scripts)
    add_client(page, "Cascade Gear")
    for price in ("10", "20"):
        write_invoice(page, "Cascade Gear", price, "Save draft")
    page.goto("/kz-admin/invoices")
    page.get_by_label("Invoices by state").get_by_role("link", name="Draft").click()
    expect(page).to_have_url(re.compile("state=draft"))
    if scripts:
        page.get_by_label("Select 2 on this page").check()
        expect(page.get_by_text("2 selected")).to_be_visible()
    else:
        for tick in page.get_by_label("Select Draft of Cascade Gear").all():
            tick.check()
    page.get_by_role("button", name="Finalise").click()
    expect(page.get_by_role("status").filter(has_text="2 invoices finalised.")).to_be_visible()
    if scripts:
        judge(page)
