"""Set-up: each task says how it stands, from how things are and not from ticks."""

from __future__ import annotations

import re

from tests.cast import Cast
from tests.integration.web.desk import Change, Desk, SignIn
from tests.page import InspectingClient

PAGE = "/kz-admin/integrations/quickbooks/setup"


def stands(client: InspectingClient) -> dict[str, str]:
    """Task → how it stands."""
    found = re.findall(r'class="task (\w+)" id="task-(\w+)"', client.get(PAGE).text)
    return {key: stand for stand, key in found}


def test_each_task_follows_what_is_there(desk: Desk, books: InspectingClient) -> None:
    before = stands(books)
    assert before["accounts"] == "missing"  # nobody read them here
    assert before["start"] == "done"
    assert (before["customers"], before["items"], before["taxes"]) == ("optional", "done", "done")
    assert (before["past"], before["push"]) == ("optional", "optional")
    desk.made("tax_rate")
    desk.made("service")
    desk.put("client", state="done", remote_id="7", remote_type="Customer", linked_by="match")
    desk.succeed()
    after = stands(books)
    assert (after["customers"], after["items"], after["taxes"]) == ("done", "optional", "optional")
    assert (after["past"], after["push"]) == ("done", "done")


def test_what_is_missing_is_said_and_leads_to_its_page(desk: Desk, books: InspectingClient) -> None:
    page = books.page(PAGE)
    assert "One thing is missing" in page.text
    assert "0 of 1 clients are tied to a customer." in page.text
    assert "1 invoice is not in QuickBooks." in page.text
    assert "/kz-admin/integrations/quickbooks/mappings/accounts" in page.links
    assert any(link.startswith(desk.url) for link in page.links)  # the invoice to try with


def test_the_start_date_is_the_admins(desk: Desk, signed_in: SignIn, cast: Cast, change: Change) -> None:
    change(start_at=None)
    link = "/kz-admin/integrations/quickbooks/settings#start"
    assert link in signed_in(cast.admin).page(PAGE).links
    page = signed_in(cast.viewer).page(PAGE)
    assert link not in page.links
    assert "Choose from when on invoices go over." in page.text


def test_the_card_leads_to_it_until_it_is_done(desk: Desk, books: InspectingClient) -> None:
    assert PAGE in books.page("/kz-admin/integrations").links
    assert PAGE in books.page("/kz-admin/integrations/quickbooks/settings").links
