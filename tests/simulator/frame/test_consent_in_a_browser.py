"""The consent pages in Chromium: without scripts, narrow, dark, accessible, and never inside another page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.simulator.machine import Machine

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parents[2] / "browser" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def app_site() -> Iterator[str]:
    """The app the person comes from and goes back to; at / it tries to frame whatever `?frame=` says."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            frame = self.path.partition("frame=")[2]
            body = f'<iframe src="{frame}"></iframe>' if frame else "back at the app"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


def test_the_walk_works_without_scripts_and_ends_at_the_app(machine: Machine, browser: Browser, app_site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(machine.authorize_url(redirect_uri=f"{app_site}/back"))
    page.get_by_role("button", name="Dana Whitfield").click()
    page.get_by_role("button", name="Harbour Lane Works").click()
    page.get_by_role("link", name="Choose another").click()
    page.get_by_role("button", name="Nordlicht Studio").click()
    page.get_by_role("link", name="Use another person").click()
    page.get_by_role("button", name="Tom Okafor").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    page.wait_for_url(f"{app_site}/back?*")
    assert "code=" in page.url
    assert "realmId=" in page.url
    context.close()


def test_cancelling_ends_at_the_app_too(machine: Machine, browser: Browser, app_site: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(machine.authorize_url(redirect_uri=f"{app_site}/back"))
        page.get_by_role("button", name="Cancel and go back").click()
        page.wait_for_url(f"{app_site}/back?error=access_denied*")


def test_no_other_page_can_frame_it(machine: Machine, browser: Browser, app_site: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{app_site}/?frame={machine.authorize_url()}")
        page.wait_for_timeout(300)
        [inside] = page.frames[1:]
        assert "Sign in" not in inside.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_step_fits_and_is_accessible(machine: Machine, browser: Browser, scheme: Any, width: int) -> None:
    with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto(machine.authorize_url())
        for press in ("Priya Natarajan", None, "Wattle Street Media"):
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width
            assert violations(page) == []
            if press:
                page.get_by_role("button", name=press).click()
        assert page.get_by_role("heading", level=1).inner_text() == "Connect to Wattle Street Media?"
        assert violations(page) == []
        page.goto(machine.authorize_url(state=""))
        assert violations(page) == []
