"""Pictures of every page in every look: `make screenshots` writes them to build/screenshots.

python -m tests.browser.screenshots [part of a name]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from kz_admin.services import demo
from tests.browser import card_states, consent, problem_states, record_states
from tests.browser.eyes import LOOKS, someones_browser
from tests.browser.site import Site, Someone, serving
from tests.fixtures import chromium

TARGET = Path(__file__).resolve().parents[2] / "build" / "screenshots"


def enter(page: Page) -> None:
    page.goto("/kz-admin/login")
    page.get_by_label("E-mail address").fill("dana@demo.test")
    page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/integrations*")


def wrong_password(page: Page) -> None:
    page.get_by_label("E-mail address").fill("dana@demo.test")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in").click()


def invite(page: Page) -> None:
    page.get_by_label("E-mail address").fill("noor@example.com")
    page.get_by_role("button", name="Send invitation").click()
    page.wait_for_url("**/people*")


def row(name: str) -> Callable[[Page], None]:
    def open_row(page: Page) -> None:
        page.locator("tr", has_text="Sam Okafor").locator("details.menu summary").click()
        page.locator("tr", has_text="Sam Okafor").get_by_role("link", name=name).click()
        page.locator("tr.editing").wait_for()

    return open_row


def change_role(page: Page) -> None:
    page.locator("tr", has_text="Sam Okafor").get_by_role("link", name="Change role").click()
    page.locator("tr.editing").wait_for()


def conflict(page: Page) -> None:
    """Another tab saves first, then this one; the tenant gets its name back afterwards."""
    other = page.context.new_page()
    other.goto("/kz-admin/settings")
    name = other.get_by_label("Name").input_value()
    for words in (f"{name} Ltd", name):
        other.get_by_label("Name").fill(words)
        other.get_by_role("button", name="Save").click()
        other.get_by_role("status").filter(has_text="Saved.").wait_for()
    other.close()
    page.get_by_label("Name").fill(f"{name} Partners")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("meanwhile").first.wait_for()


def first_mail(page: Page) -> None:
    page.locator("tbody a").first.click()
    page.locator(".letter").wait_for()


def first_document(page: Page) -> None:
    page.locator("tbody a").first.click()
    page.get_by_role("heading", level=1).wait_for()


def menu(name: str) -> Callable[[Page], None]:
    return lambda page: page.locator(name).first.click()


def connected(page: Page) -> None:
    """Connect unless an earlier look did; a look after the first finds the connection."""
    if page.get_by_role("link", name="Connect QuickBooks").count():
        consent.connect(page)


def tested(page: Page) -> None:
    page.get_by_role("button", name="Test Connection").click()
    page.locator(".checkup").wait_for()


def asked(name: str) -> Callable[[Page], None]:
    def ask(page: Page) -> None:
        page.locator(".provider details.menu summary").click()
        page.locator(".provider").get_by_role("link", name=name).click()
        page.locator(".confirmation").wait_for()

    return ask


NOUNS = ("invoices", "payments", "credit-notes", "clients", "projects", "services", "members", "time", "expenses")
QUICKBOOKS = "/kz-admin/integrations/quickbooks"

# name of the picture, address, what to do there, signed in or not
SCENES: tuple[tuple[str, str, Callable[[Page], None] | None, bool], ...] = (
    ("login", "/kz-admin/login", None, False),
    ("login-wrong", "/kz-admin/login", wrong_password, False),
    ("forgot", "/kz-admin/login/forgot", None, False),
    ("link-gone", "/kz-admin/login/reset", None, False),
    ("integrations", "/kz-admin/integrations", None, True),
    ("tenant-switcher", "/kz-admin/integrations", menu("details.tenant summary"), True),
    ("settings-menu", "/kz-admin/integrations", menu("nav.menus summary"), True),
    ("people", "/kz-admin/people", None, True),
    ("people-invited", "/kz-admin/people/invite", invite, True),
    ("people-role", "/kz-admin/people", change_role, True),
    ("people-remove", "/kz-admin/people", row("Remove"), True),
    ("invite", "/kz-admin/people/invite", None, True),
    ("settings", "/kz-admin/settings", None, True),
    ("settings-conflict", "/kz-admin/settings", conflict, True),
    ("connect", f"{QUICKBOOKS}/connect", None, True),
    ("connected", "/kz-admin/integrations", connected, True),
    ("connection-tested", "/kz-admin/integrations", tested, True),
    ("connection-reset", "/kz-admin/integrations", asked("Reset connection"), True),
    ("connection-disconnect", "/kz-admin/integrations", asked("Disconnect"), True),
    ("connection-settings", f"{QUICKBOOKS}/settings", None, True),
    ("connection-setup", f"{QUICKBOOKS}/setup", None, True),
    ("setup-customers", f"{QUICKBOOKS}/setup/customers", None, True),
    ("setup-past-invoices", f"{QUICKBOOKS}/setup/past-invoices", None, True),
    ("connection-setpreset", f"{QUICKBOOKS}/settings?preset=on_save", None, True),
    ("default-accounts", f"{QUICKBOOKS}/mappings/accounts", None, True),
    ("learn-more", "/quickbooks/learn-more", None, False),
    ("disconnected", "/quickbooks/disconnected", None, False),
    ("billing", "/kz-admin/billing", None, True),
    ("mails", "/kz-admin/mails", None, True),
    ("mail", "/kz-admin/mails", first_mail, True),
    ("activity", "/kz-admin/activity", None, True),
    ("activity-nothing-found", "/kz-admin/activity?subject=nobody", None, True),
    *((f"{noun}-list", f"/kz-admin/{noun}", None, True) for noun in NOUNS),
    ("invoice", "/kz-admin/invoices", first_document, True),
    ("invoice-new", "/kz-admin/invoices/new", None, True),
    ("platform", "/kz-admin/platform", None, True),
    ("not-found", "/kz-admin/nowhere", None, True),
    ("design", "/kz-admin/design", None, True),
    *((f"error-{status}", f"/kz-admin/design/errors/{status}", None, True) for status in (403, 409, 419, 429, 500)),
    ("error-500-signed-out", "/kz-admin/design/errors/500", None, False),
)


def photograph(browser: Browser, site: Site, look: str, wanted: str) -> None:
    with (
        someones_browser(browser, site, tolerated="", **LOOKS[look]) as signed_in,
        someones_browser(browser, site, tolerated="", **LOOKS[look]) as signed_out,
    ):
        inside, outside = signed_in.new_page(), signed_out.new_page()
        enter(inside)
        for name, path, act, is_inside in SCENES:
            if wanted in name:
                page = inside if is_inside else outside
                page.goto(path)
                if act:
                    act(page)
                page.evaluate("document.fonts.ready")
                page.screenshot(path=TARGET / f"{name}-{look}.png", full_page=True, animations="disabled")


def photograph_states(browser: Browser, site: Site, look: str, wanted: str) -> None:
    """The card of a provider in each state, every one in a tenant of its own."""
    for name, state in card_states.STATES.items():
        if wanted in f"card-{name}":
            crew = site.crew(name="Harbour Lane Design")
            card_states.put(site, crew, state)
            with someones_browser(browser, site, crew.admin, tolerated="", **LOOKS[look]) as context:
                page = context.new_page()
                page.goto("/kz-admin/integrations")
                page.locator("#provider-quickbooks").screenshot(path=TARGET / f"card-{name}-{look}.png")


def photograph_records(browser: Browser, site: Site, look: str, wanted: str) -> None:
    """An invoice in each state of its way into the books."""
    for name, state in record_states.STATES.items():
        if wanted in f"record-{name}":
            crew = site.crew(name="Harbour Lane Design")
            path = record_states.put(site, crew, state)
            with someones_browser(browser, site, crew.bookkeeper, tolerated="", **LOOKS[look]) as context:
                page = context.new_page()
                page.goto(path)
                page.screenshot(path=TARGET / f"record-{name}-{look}.png", full_page=True, animations="disabled")


def photograph_problems(browser: Browser, site: Site, wanted: str) -> None:
    """Every card that can stand in the way of a document, the panel alone: one page load, then every look of it."""
    for name, state in problem_states.CARDS.items():
        if wanted in name:
            crew = site.crew(name="Harbour Lane Design")
            path = record_states.put(site, crew, state)
            in_every_look(browser, site, crew.bookkeeper, path, name, "#record")


def photograph_guides(browser: Browser, site: Site, wanted: str) -> None:
    """The page that a card leads to, and the list of all of them."""
    for name, path in (("guides", "/kz-admin/help/problems"), ("guide", "/kz-admin/help/problems/bank_matched")):
        if wanted in name:
            in_every_look(browser, site, site.crew().viewer, path, name, "main")


def in_every_look(browser: Browser, site: Site, who: Someone, path: str, name: str, part: str) -> None:
    with someones_browser(browser, site, who, tolerated="") as context:
        page = context.new_page()
        page.goto(path)
        for look, how in LOOKS.items():
            page.emulate_media(color_scheme=how.get("color_scheme", "light"))
            page.set_viewport_size(how["viewport"])
            page.locator(part).screenshot(path=TARGET / f"{name}-{look}.png", animations="disabled")


def main(wanted: str = "") -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    path = chromium.ensure()  # before Playwright runs here: it may start one of its own
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as site, sync_playwright() as playwright:
        with site.app.app_context():
            demo.load()
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        for look in LOOKS:
            photograph(browser, site, look, wanted)
            photograph_states(browser, site, look, wanted)
            photograph_records(browser, site, look, wanted)
        photograph_problems(browser, site, wanted)
        photograph_guides(browser, site, wanted)
        browser.close()
    print(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
