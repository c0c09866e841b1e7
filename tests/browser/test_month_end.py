"""The last day of a month: forty invoices did not go over, for five causes. Each is mended once, on the board.

What the accountant does in QuickBooks is done on the pages of the simulated books; what the worker does happens here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import fakeredis
import pytest
import requests
from playwright.sync_api import Page, expect
from sqlalchemy import select

from kz_admin import config
from kz_admin.domain import presets
from kz_admin.domain.lists import List
from kz_admin.domain.status import Lane
from kz_admin.models import Connection
from kz_admin.models.session import reading, writing
from kz_admin.services import options
from kz_admin.services.push import drain
from tests.browser import consent
from tests.browser.conftest import Open
from tests.browser.eyes import NARROW, WIDE, judge
from tests.browser.site import Crew, Site
from tests.platform import Platform, body

BOARD = "/kz-admin/integrations/quickbooks/problems"
ADDRESS = "mara@voss.example"
OUT = "Invoiced in euros by the Irish company"
CAUSES = {"no e-mail": 9, "inactive": 7, "closed": 9, "unmapped": 8, "euros": 7}


class Month:
    """Both sides of the connection, and what a platform tells."""

    def __init__(self, site: Site, crew: Crew) -> None:
        self.site, self.tenant_id = site, crew.tenant_id
        with site.app.app_context(), reading() as session:
            mine = select(Connection).where(Connection.tenant_id == crew.tenant_id)
            self.connection = session.scalars(mine).one()
            self.company = self.connection.company or ""
            self.simulator = config.current().quickbooks_at.api.removesuffix("/quickbooks")
        self.platform = Platform.of(site.app, crew.tenant_id)

    def prefer(self, **settings: Any) -> None:
        with self.site.app.app_context(), writing() as session:
            connection = session.get_one(Connection, self.connection.id)
            connection.settings = replace(presets.read(connection.settings), **settings).as_json()

    def work(self) -> None:
        """As the worker does when the bell rings."""
        with self.site.app.app_context():
            for lane in (Lane.INTERACTIVE, Lane.BULK):
                drain.run(self.connection.id, lane)

    def there(self, kind: str) -> list[dict[str, Any]]:
        asked = {"company": self.company}
        state = requests.get(f"{self.simulator}/_sim/state", params=asked, timeout=10).json()
        (found,) = [one for one in state["companies"] if one["company"] == self.company]
        rows: list[dict[str, Any]] = found["objects"].get(kind, [])
        return rows

    def accountant(self, page: Page, deed: str, **filled: str) -> None:
        """Somebody in QuickBooks itself."""
        page.goto(f"{self.simulator}/books/quickbooks/{self.connection.environment}/{self.company}/{deed}")
        for label, value in filled.items():
            page.locator(f"[name={label}]").fill(value)
        page.locator("main form button[type=submit], form button").last.click()

    def paid(self, cause: str, **said: Any) -> None:
        for number in range(1, CAUSES[cause] + 1):
            name = f"{cause}-{number}"
            usual: dict[str, Any] = {"invoice.id": name, "invoice.number": name, "invoice.issued_on": "2026-11-10"}
            usual |= {"payment.paid_at": None, "payment.paid_on": "2026-11-20"}  # told of now
            self.platform.told(body(**{**usual, **said}))


def client(name: str, email: str | None) -> dict[str, Any]:
    return {"client.id": name, "client.name": name, "client.email": email}


def tell_everything(month: Month, away: dict[str, Any]) -> None:
    month.paid("no e-mail", **client("Mara Voss", None))
    month.paid("inactive", **client(away["DisplayName"], away["PrimaryEmailAddr"]["Address"]))
    month.paid("closed", **client("Nordlicht Studio", "books@nordlicht.example"), **{"invoice.issued_on": "2026-10-10"})
    audit = {"description": "Audit", "quantity": "1", "unit_price": "100.00", "amount": "100.00"}
    lines = [{**audit, "service": {"id": "audit", "name": "Audit"}}]
    month.paid("unmapped", **client("Nordlicht Studio", "books@nordlicht.example"), **{"invoice.lines": lines})
    month.paid("euros", **client("Cork Cars", "cars@cork.example"), **{"invoice.currency": "EUR"})


def card(page: Page, words: str) -> Any:
    return page.locator("article.cause", has_text=words)


def look(page: Page, name: str) -> None:
    judge(page)
    page.screenshot(path=f"build/month-end/{name}.png", full_page=True)


@pytest.mark.promise("KZ-37")
def test_forty_failures_of_five_causes_are_mended_one_cause_at_a_time(
    open_as: Open, site: Site, connecting_crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew = connecting_crew
    monkeypatch.setitem(site.app.extensions, "kz_redis", fakeredis.FakeRedis())  # the worker's pace is counted there
    page: Page = open_as(crew.admin, "/kz-admin/integrations")
    consent.connect(page)
    month = Month(site, crew)
    month.prefer(strict_mapping=True)
    away = next(row for row in month.there("Customer") if row.get("PrimaryEmailAddr") and not row.get("Job"))
    theirs = page.context.new_page()
    month.accountant(theirs, f"Customer/{away['Id']}/deactivate")
    month.accountant(theirs, "company/close-books", until="2026-10-31")
    with site.app.app_context():
        options.refresh(month.connection.id, List.ITEMS)
    before = Counter({kind: len(month.there(kind)) for kind in ("Invoice", "Payment", "Customer")})
    tell_everything(month, away)
    month.work()
    assert len(month.there("Invoice")) == before["Invoice"]

    # Bea comes in the morning: one banner, five cards.
    page = open_as(crew.bookkeeper, BOARD)
    expect(page.locator("article.cause")).to_have_count(5)
    look(page, "five-causes")
    page.set_viewport_size(NARROW)
    look(page, "five-causes-narrow")
    page.set_viewport_size(WIDE)

    # An address, written on the card.
    page.get_by_label("E-mail address of Mara Voss").fill(ADDRESS)
    page.get_by_role("button", name="Save and retry").click()
    # A service, mapped at its row.
    card(page, "Audit").get_by_role("link", name="Choose what it is mapped to").click()
    page.get_by_label("for Audit").select_option(index=1)
    page.get_by_role("button", name="Save 1 change").click()
    # Books that the accountant opens again.
    month.accountant(theirs, "company/close-books", until="")
    page.goto(BOARD)
    card(page, "closed").get_by_role("button", name="Retry all 18").click()
    # A customer, made active again from the page of one that waits.
    page.goto(BOARD)
    card(page, "inactive").get_by_role("link", name="Decide on its page").click()
    page.get_by_role("button", name="Reactivate it").click()
    # What belongs elsewhere, left out with its reason.
    page.goto(BOARD)
    card(page, "EUR").get_by_role("link", name="Leave all out").click()
    page.get_by_label("Reason").fill(OUT)
    page.get_by_role("button", name="Leave").click()
    month.work()
    page.goto(BOARD)
    expect(page.get_by_text("Nothing is in the way.")).to_be_visible()
    look(page, "nothing-in-the-way")

    # Each of the others is over there once, paid.
    gone = sum(CAUSES.values()) - CAUSES["euros"]
    ours = [row for row in month.there("Invoice") if "kz:" in row.get("PrivateNote", "")]
    assert len(ours) == gone
    assert {row["Balance"] for row in ours} == {0}
    assert len(month.there("Invoice")) == before["Invoice"] + gone
    assert len(month.there("Payment")) == before["Payment"] + gone
    assert len(month.there("Customer")) == before["Customer"] + 2  # Mara and Nordlicht; the inactive one is itself
    page.goto("/kz-admin/invoices?books=failed")
    expect(page.locator("main")).to_contain_text("No invoices")
