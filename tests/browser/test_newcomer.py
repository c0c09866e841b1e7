"""What a newcomer does first: `make run`, sign in, connect, mark an invoice paid, and find it in the books, paid."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kz_admin.services.demo import PASSWORD
from tests.browser.consent import give_consent, go_to_consent
from tests.fixtures.processes import Running, bare_environment, free_port, python

AT_MOST_S = 120
AT_MOST_CLICKS = 12  # from the overview to the first paid invoice in the books, with nothing but the defaults
COUNT_CLICKS = 'addEventListener("click", event => { if (event.isTrusted && event.detail) clicked(); }, true);'


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Running, str]]:
    """Everything that `make run` starts, in a folder of its own."""
    port = free_port()
    started = Running(python("-m", "kz_admin.dev", "--folder", str(tmp_path / "var")), bare_environment(PORT=str(port)))
    try:
        started.wait_for_output("kz-admin is ready at", seconds=60)
        address = re.search(r"kz-admin is ready at (\S+?)/?\s", started.output())
        assert address is not None
        yield started, address[1].removesuffix("/kz-admin")
    finally:
        started.clean_up()


@pytest.fixture
def page(browser: Browser, house: tuple[Running, str]) -> Iterator[Page]:
    context = browser.new_context(base_url=house[1])
    yield context.new_page()
    context.close()


def sign_in(page: Page, printed: str) -> None:
    email = re.search(r"\S+@\S+", printed.partition("kz-admin is ready at")[2])
    assert email is not None
    page.goto("/kz-admin/login")
    page.get_by_label("E-mail").fill(email[0])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/kz-admin/**")


@pytest.mark.promise("KZ-01", "K-QBO-01", "KZ-03", "KZ-16", "KZ-17", "PLAT-22", "K-QBO-41", "K-QBO-19")
def test_from_make_run_to_a_paid_invoice_in_the_books(house: tuple[Running, str], page: Page) -> None:
    began = time.monotonic()
    sign_in(page, house[0].output())
    clicks: list[str] = []
    page.expose_function("clicked", lambda: clicks.append(page.url))  # on their consent pages too
    page.add_init_script(COUNT_CLICKS)
    go_to_consent(page)
    give_consent(page)
    expect(page.locator(".page-head .pill")).to_have_text("QuickBooks connected")
    expect(page.locator("#corner").get_by_role("status")).to_contain_text("QuickBooks connected")
    expect(page.get_by_text("Ready. Automatic push is on (when it is paid).")).to_be_visible()
    page.goto("/kz-admin/invoices?state=open")
    in_dollars = page.locator("#invoice-list tbody tr").filter(has_text="USD")
    in_dollars.locator("th a").first.click()
    number = page.get_by_role("heading", level=1).inner_text().removeprefix("Invoice ")
    page.get_by_role("link", name="Mark paid").click()
    page.get_by_role("button", name="Record payment").click()
    expect(page.locator("#record-pill .pill")).to_have_text("Success", timeout=60_000)
    assert len(clicks) >= 8  # three of them at Intuit
    assert len(clicks) + 2 <= AT_MOST_CLICKS, clicks  # the list of open invoices is two clicks away in the menu
    assert time.monotonic() - began < AT_MOST_S
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open in QuickBooks").click()
    books = opened.value
    books.wait_for_load_state()
    assert number in books.content()  # its own, or in the note where the company counts by itself
    assert "Paid" in books.content()
    assert time.monotonic() - began < AT_MOST_S
