"""One server and one Chromium for all browser tests; every test gets a tenant and browsers of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from kz_admin.domain.failures import Conflict, NotFound
from kz_admin.services import disconnect
from kz_admin.services.audit import SYSTEM
from tests.browser.eyes import someones_browser
from tests.browser.site import Crew, Site, Someone, serving

Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def crew(site: Site) -> Crew:
    return site.crew()


@pytest.fixture
def connecting_crew(site: Site) -> Iterator[Crew]:
    """A company belongs to one tenant at a time, so every test gives it back."""
    crew = site.crew()
    yield crew
    with site.app.app_context(), suppress(NotFound, Conflict):  # the test ended it itself
        disconnect.disconnect(crew.tenant_id, "quickbooks", SYSTEM)


@pytest.fixture
def browser_of(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """`browser_of(crew.admin, java_script_enabled=False)`: a signed-in browser; nobody = signed out."""
    with ExitStack() as stack:

        def make(someone: Someone | None = None, **options: Any) -> BrowserContext:
            return stack.enter_context(someones_browser(browser, site, someone, **options))

        yield make


@pytest.fixture
def open_as(browser_of: Callable[..., BrowserContext]) -> Open:
    """`open_as(crew.admin, "/kz-admin/people")`: a page in a browser of its own."""

    def open_(someone: Someone | None, path: str, **options: Any) -> Page:
        page = browser_of(someone, **options).new_page()
        page.goto(path)
        return page

    return open_
