"""Inviting, changing and removing people, in the row itself and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.eyes import judge
from tests.browser.site import Crew


def row_of(page: Page, name: str) -> Locator:
    return page.locator("tr").filter(has_text=name)


def mailed_link(page: Page, address: str) -> str:
    page.goto("/kz-admin/mails")
    row_of(page, address).get_by_role("link").first.click()
    return page.locator(".letter a").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_invited_person_joins_with_a_name_and_a_password(open_as: Open, crew: Crew, scripts: bool) -> None:
    page = open_as(crew.admin, "/kz-admin/people", java_script_enabled=scripts)
    address = f"new.{crew.admin.user_id.hex[-8:]}@example.com"
    page.get_by_role("link", name="Invite a person").click()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Viewer").check()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("status").filter(has_text="Invitation sent to")).to_be_visible()
    expect(page.locator("#invitations")).to_contain_text(address)

    guest = open_as(None, mailed_link(page, address), java_script_enabled=scripts)
    expect(guest).to_have_url(re.compile("/kz-admin/login/invitation$"))
    guest.get_by_label("Your name").fill("Nora New")
    guest.get_by_label("New password").fill("a sentence nobody guesses")
    guest.get_by_role("button", name="Join").click()
    expect(guest).to_have_url(re.compile("/kz-admin/integrations"))
    page.goto("/kz-admin/people")
    expect(row_of(page, "Nora New")).to_contain_text("Viewer")
    expect(page.locator("#invitations")).not_to_contain_text(address)


def test_a_role_is_changed_in_the_row_and_the_focus_stays_there(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people")
    row_of(page, crew.viewer.name).get_by_role("link", name="Change role").click()
    expect(page.get_by_role("heading", name=f"Role of {crew.viewer.name}")).to_be_focused()
    page.get_by_label("Bookkeeper", exact=True).check()
    page.get_by_role("button", name="Save role").click()
    expect(row_of(page, crew.viewer.name)).to_contain_text("Bookkeeper")
    expect(page.get_by_role("link", name=f"Change role of {crew.viewer.name}")).to_be_focused()
    expect(page.locator("#status")).to_have_text(f"{crew.viewer.name} is a bookkeeper now.")
    expect(page).to_have_url(re.compile("/kz-admin/people$"))


def test_a_person_is_removed_only_after_a_second_click_and_the_focus_moves_on(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people")
    menu = row_of(page, crew.bookkeeper.name).locator("details.menu")
    menu.locator("summary").click()
    menu.get_by_role("link", name="Remove").click()
    expect(page.get_by_role("heading", name=f"Remove {crew.bookkeeper.name}?")).to_be_focused()
    judge(page)
    page.get_by_role("link", name="Cancel").click()
    expect(row_of(page, crew.bookkeeper.name)).to_contain_text("Active")
    menu = row_of(page, crew.bookkeeper.name).locator("details.menu")
    menu.locator("summary").click()
    menu.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(row_of(page, crew.bookkeeper.name)).to_have_count(0)
    expect(page.get_by_role("link", name=f"Change role of {crew.viewer.name}")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_last_admin_cannot_step_down(open_as: Open, crew: Crew, scripts: bool) -> None:
    page = open_as(crew.admin, f"/kz-admin/people/{crew.admin.membership_id}/role", java_script_enabled=scripts)
    page.get_by_label("Viewer", exact=True).check()
    page.get_by_role("button", name="Save role").click()
    expect(page.locator("#error-summary")).to_contain_text("This is the last admin")
    expect(page.get_by_label("Viewer", exact=True)).to_be_checked()


def test_disabling_and_enabling_work_as_pages_without_scripts(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people", java_script_enabled=False)
    for word, state in (("Disable", "Disabled"), ("Enable", "Active")):
        row = row_of(page, crew.viewer.name)
        row.locator("details.menu summary").click()
        row.get_by_role("link", name=word).click()
        page.get_by_role("button", name=word).click()
        expect(row_of(page, crew.viewer.name)).to_contain_text(state)


def test_two_admins_changing_one_person_see_each_other(browser_of: Callable[..., BrowserContext], crew: Crew) -> None:
    context = browser_of(crew.admin)
    slow, fast = context.new_page(), context.new_page()
    for page in (slow, fast):
        page.goto("/kz-admin/people")
        row_of(page, crew.viewer.name).get_by_role("link", name="Change role").click()
    fast.get_by_label("Bookkeeper", exact=True).check()
    fast.get_by_role("button", name="Save role").click()
    expect(row_of(fast, crew.viewer.name)).to_contain_text("Bookkeeper")
    slow.get_by_label("Admin", exact=True).check()
    slow.get_by_role("button", name="Save role").click()
    expect(slow.locator("#error-summary")).to_contain_text("Somebody else changed this person meanwhile")
    slow.get_by_role("button", name="Save role").click()
    expect(row_of(slow, crew.viewer.name)).to_contain_text("Admin")


def test_an_invitation_is_sent_again_and_withdrawn_in_place(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people/invite")
    address = f"late.{crew.admin.user_id.hex[-8:]}@example.com"
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Send invitation").click()
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("#invitations .saved")).to_have_text("Invitation sent again. The earlier link stopped working.")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("#invitations")).not_to_contain_text(address)
    expect(page.get_by_role("heading", name="Pending invitations")).to_be_focused()
