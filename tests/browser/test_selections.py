"""Several payments at once: found by how they stand, ticked, asked about, left out; with scripts and without."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from kz_admin import clock
from kz_admin.models import SyncRecord
from kz_admin.models.session import reading, writing
from tests.browser.conftest import Open
from tests.browser.eyes import LOOKS, judge
from tests.browser.record_states import STATES, put
from tests.browser.site import Crew, Site
from tests.browser.test_record_panel import SCRIPTS
from tests.integration.documents.agency import Agency

REFUSED = {
    "state": "failed",
    "reason": None,
    "problem": "unknown",
    "cause": "unknown:6000",
    "problem_facts": json.dumps({"words": "no", "code": "6000"}),
    "problem_at": 1,
}


@pytest.fixture
def refused(site: Site, crew: Crew) -> None:
    """Two payments that QuickBooks refused, and one that waits for its invoice."""
    put(site, crew, STATES["pending"])
    with site.app.app_context():
        agency = Agency(crew.tenant_id)
        client = agency.client("Alder & Finch")
        made = [agency.pay(agency.invoice(client), 10_00) for _ in range(3)]
        with writing() as session:
            some = SyncRecord.local_id.in_([one.id for one in made[:2]])
            values = {**REFUSED, "problem_at": clock.now_ms()}
            session.execute(update(SyncRecord).where(SyncRecord.kind == "payment", some).values(**values))


def states(site: Site, crew: Crew) -> list[str]:
    with site.app.app_context(), reading() as session:
        mine = (SyncRecord.tenant_id == crew.tenant_id, SyncRecord.kind == "payment")
        return sorted(
            f"{one.state} {one.reason or ''}".strip() for one in session.scalars(select(SyncRecord).where(*mine))
        )


@SCRIPTS
def test_payments_that_failed_are_tried_again_and_left_out(
    site: Site, open_as: Open, crew: Crew, refused: None, scripts: bool
) -> None:
    page = open_as(crew.bookkeeper, "/kz-admin/payments", java_script_enabled=scripts)
    page.get_by_label("Books", exact=True).select_option("failed")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    if scripts:
        judge(page)
        page.set_viewport_size(LOOKS["narrow"]["viewport"])
        judge(page)
    boxes = page.get_by_role("checkbox", name="Select payment of Alder & Finch")
    boxes.first.check()
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("status").filter(has_text="Trying 1 payment again.")).to_be_visible()
    assert states(site, crew) == ["due", "failed", "idle waits_for_partner"]

    for number in range(3):
        boxes.nth(number).check()
    page.get_by_role("button", name="Leave out…").click()
    expect(page.get_by_role("heading", name="Leave 3 payments out of QuickBooks?")).to_be_visible()
    expect(page.locator("#becomes")).to_contain_text("Are left out")
    if scripts:
        judge(page)
    page.get_by_role("button", name="Leave 3 payments out").click()
    expect(page.locator("#error-summary")).to_contain_text("Enter a reason.")
    page.get_by_label("Reason").fill("Entered by hand")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="payments stay here")).to_be_visible()
    assert set(states(site, crew)) == {"idle ignored"}
