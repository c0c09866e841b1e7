"""What a browser test sees besides what it looks for: axe's judgement, console errors, pages that are too wide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.site import Site, Someone

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
# How a page is looked at: name → options of the browser.
# A colour on its way from one look to the other has a contrast that nobody sees.
STILL = {"reduced_motion": "reduce"}
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": WIDE},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "narrow": {"viewport": NARROW},
    "narrow-dark": {"viewport": NARROW, "color_scheme": "dark"},
}
# A refused form answers 4xx on purpose, and Chromium writes that into its console.
EXPECTED = "Failed to load resource: the server responded with a status of "


@contextmanager
def someones_browser(
    browser: Browser, site: Site, someone: Someone | None = None, tolerated: str = EXPECTED, **options: Any
) -> Iterator[BrowserContext]:
    """A browser of its own; errors in its console fail the test that used it, unless they begin with `tolerated`."""
    context = browser.new_context(**{"viewport": WIDE, "base_url": site.address, **STILL, **options})
    context.set_default_timeout(10_000)
    complaints: list[str] = []
    context.on("console", lambda message: _note(message, complaints, tolerated))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    if someone is not None:
        context.add_cookies([site.cookie(someone)])  # type: ignore[list-item]  # a plain dict is what it takes
    yield context
    context.close()
    assert not complaints, "the browser complained: " + "; ".join(complaints)


def _note(message: ConsoleMessage, complaints: list[str], tolerated: str) -> None:
    if message.type in ("error", "warning") and not message.text.startswith(tolerated):
        complaints.append(message.text)


def judge(page: Page) -> None:
    """No violation that axe knows, and nothing to scroll sideways."""
    found = violations(page)
    assert not found, "\n".join(found)
    width, inside = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    assert inside <= width, f"{page.url} is {inside} px wide in a window of {width}"


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['help']} at {node['html'][:160]}" for one in found for node in one["nodes"]]


NAME_OF_FOCUS = """
(() => {
  const one = document.activeElement;
  const words = one.getAttribute("aria-label") || one.textContent || one.name || one.tagName;
  return words.trim().replace(/\\s+/g, " ");
})()
"""
FOCUS_RING = """
(() => {
  const look = getComputedStyle(document.activeElement);
  return [look.outlineStyle, look.outlineWidth];
})()
"""


def focused(page: Page) -> str:
    """What has the focus, in words: what it says, else its name, else its tag."""
    return str(page.evaluate(NAME_OF_FOCUS))
