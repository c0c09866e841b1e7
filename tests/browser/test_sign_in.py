"""Signing in and out as people do it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Open
from tests.browser.eyes import judge
from tests.browser.site import Crew
from tests.cast import PASSWORD


def fill_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_the_right_password_leads_to_the_page_that_was_asked_for(open_as: Open, crew: Crew) -> None:
    page = open_as(None, "/kz-admin/activity?actor=Ada")
    expect(page).to_have_url(re.compile("/kz-admin/login"))
    fill_in(page, crew.admin.email, PASSWORD)
    expect(page).to_have_url(re.compile(r"/kz-admin/activity\?actor=Ada$"))


def test_a_wrong_password_says_so_once_keeps_the_address_and_focuses_the_summary(open_as: Open, crew: Crew) -> None:
    page = open_as(None, "/kz-admin/login")
    fill_in(page, crew.admin.email, "not the password")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(":focus")).to_contain_text("There is a problem")  # the script may take a moment
    expect(page.get_by_label("E-mail address")).to_have_value(crew.admin.email)
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
    judge(page)


def test_signing_out_ends_the_session_for_the_back_button_too(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people")
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status").filter(has_text="You are signed out")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("/kz-admin/login"))


def test_a_fragment_asked_for_after_the_sign_in_ended_leads_to_sign_in(
    browser_of: Callable[..., BrowserContext], crew: Crew
) -> None:
    context = browser_of(crew.admin)
    page = context.new_page()
    page.goto("/kz-admin/people")
    context.clear_cookies()
    page.locator("tr", has_text=crew.viewer.name).get_by_role("link", name="Change role").click()
    expect(page).to_have_url(re.compile(r"/kz-admin/login\?next=.*people"))


def test_a_new_password_is_chosen_by_a_link_that_works_once(open_as: Open, crew: Crew) -> None:
    page = open_as(None, "/kz-admin/login/forgot")
    page.get_by_label("E-mail address").fill(crew.viewer.email)
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("link", name="the mail is here").click()
    page.locator("tr", has_text=crew.viewer.email).get_by_role("link").click()
    link = page.locator(".letter a").inner_text()
    page.goto(link)
    expect(page).to_have_url(re.compile("/kz-admin/login/reset$"))
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.locator("#error-summary")).to_contain_text("Use at least 12 characters")
    page.get_by_label("New password").fill("a sentence nobody guesses")
    page.get_by_role("button", name="Save and sign in").click()
    expect(page).to_have_url(re.compile("/kz-admin/integrations"))
    again = open_as(None, link)
    expect(again.get_by_role("heading", name="This link no longer works")).to_be_visible()


@pytest.mark.promise("INT-S21")
def test_an_address_with_a_secret_never_answers_with_a_page(open_as: Open) -> None:
    page = open_as(None, "/kz-admin/login")
    for path in ("/kz-admin/login/reset/secret-of-a-mail", "/kz-admin/login/invitation/secret-of-a-mail"):
        answer = page.request.get(path, max_redirects=0)
        assert answer.status == 302
        assert "secret" not in answer.headers["location"]
