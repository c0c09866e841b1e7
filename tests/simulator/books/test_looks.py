"""The books in a real browser: axe finds nothing, nothing scrolls sideways, the keyboard gets everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

import tests.browser
from tests.fixtures import chromium
from tests.simulator.machine import Machine, running

pytestmark = pytest.mark.browser
AXE = (Path(tests.browser.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": WIDE},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "narrow": {"viewport": NARROW},
    "narrow-dark": {"viewport": NARROW, "color_scheme": "dark"},
}
Look = Callable[[Callable[[Page], Any]], Any]


class Viewer:
    """A browser in a thread of its own: Playwright allows one per thread, and other suites have theirs."""

    def __init__(self) -> None:
        self.machine: Machine
        self._thread = ThreadPoolExecutor(1)
        self._thread.submit(self._start).result()

    def _start(self) -> None:
        path = chromium.find()
        assert path, "no Chromium: run `make test`, or `python -m tests.fixtures.chromium` once"
        self._playwright = sync_playwright().start()
        self._browser: Browser = self._playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)

    def see(self, path: str, look: Callable[[Page], Any], **options: Any) -> Any:
        return self._thread.submit(self._see, path, look, options).result(timeout=60)

    def _see(self, path: str, look: Callable[[Page], Any], options: dict[str, Any]) -> Any:
        context = self._browser.new_context(base_url=self.machine.base, **options)
        complaints: list[str] = []
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if _bad(message) else None)
        try:
            page.goto(path)
            return look(page)
        finally:
            context.close()
            assert complaints == []

    def close(self) -> None:
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._playwright.stop).result()
        self._thread.shutdown()


@pytest.fixture(scope="module")
def viewer() -> Iterator[Viewer]:
    made = Viewer()
    with running() as machine:
        made.machine = machine
        machine.grant("US")
        yield made
    made.close()


def _bad(message: ConsoleMessage) -> bool:
    """A refused form answers 400 on purpose, and Chromium writes that into its console."""
    return message.type == "error" and "responded with a status of 400" not in message.text


def judged(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    wide, inside = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    said = [f"{one['id']}: {one['help']} at {node['html'][:160]}" for one in found for node in one["nodes"]]
    return said + ([f"{inside} px in a window of {wide}"] if inside > wide else [])


def addresses(machine: Machine) -> list[str]:
    slot = machine.world.slot("quickbooks", "production", "US")
    assert slot is not None
    books = f"/books/quickbooks/production/{slot.id}/"
    rows = {kind: slot.company.table(kind).all() for kind in ("Invoice", "Customer", "Payment", "Item")}
    open_one = next(row["Id"] for row in rows["Invoice"] if row["Balance"])
    return [
        "/books/",
        books,
        f"{books}Customer?show=all",
        f"{books}Account",
        f"{books}Invoice/{open_one}",
        f"{books}Invoice/{open_one}/edit",
        f"{books}Invoice/{open_one}/pay",
        f"{books}Customer/{rows['Customer'][0]['Id']}",
        f"{books}Customer/{rows['Customer'][0]['Id']}/merge",
        f"{books}Payment/-/deposit",
        f"{books}trial-balance",
        f"{books}search?q=zzz",
        f"{books}company",
        f"{books}company/close-books",
    ]


@pytest.mark.parametrize("look", ["wide", "narrow-dark"])  # every width and every theme once
def test_every_kind_of_page_passes_axe_and_fits_its_window(viewer: Viewer, look: str) -> None:
    for path in addresses(viewer.machine):
        assert viewer.see(path, judged, **LOOKS[look]) == [], path


def test_a_refusal_passes_axe_too(viewer: Viewer) -> None:
    def refused(page: Page) -> list[str]:
        page.get_by_label("Amount").fill("many")
        page.get_by_role("button", name="Receive payment").click()
        assert page.get_by_role("alert").inner_text().startswith("QuickBooks refuses this.")
        return judged(page)

    path = next(each for each in addresses(viewer.machine) if each.endswith("/pay"))
    assert viewer.see(path, refused, viewport=WIDE) == []


def test_an_invoice_is_paid_with_the_keyboard_and_without_scripts(viewer: Viewer) -> None:
    def pay(page: Page) -> str:
        page.get_by_role("link", name="Receive payment").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Amount").focus()
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type("10")
        page.keyboard.press("Enter")
        return page.get_by_role("status").inner_text()

    path = next(each for each in addresses(viewer.machine) if each.endswith("/pay")).removesuffix("/pay")
    said = viewer.see(path, pay, java_script_enabled=False, viewport=WIDE)
    assert said.startswith("Payment of 10.00 received.")


def test_the_first_stop_of_the_keyboard_skips_to_the_content(viewer: Viewer) -> None:
    def skip(page: Page) -> str:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to content"
        page.keyboard.press("Enter")
        return str(page.evaluate("document.activeElement.id"))

    assert viewer.see(addresses(viewer.machine)[1], skip, viewport=WIDE) == "main"


def test_the_menu_opens_on_a_narrow_screen_without_scripts(viewer: Viewer) -> None:
    def menu(page: Page) -> bool:
        link = page.get_by_role("link", name="Bills").first
        assert not link.is_visible()
        page.get_by_text("Menu", exact=True).click()
        return link.is_visible()

    assert viewer.see(addresses(viewer.machine)[1], menu, java_script_enabled=False, viewport=NARROW)
