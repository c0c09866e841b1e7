"""Two people saving the same page, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Open
from tests.browser.eyes import judge
from tests.browser.site import Crew


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_whoever_saves_second_sees_both_versions_and_decides(
    browser_of: Callable[..., BrowserContext], crew: Crew, scripts: bool
) -> None:
    context = browser_of(crew.admin, java_script_enabled=scripts)
    slow, fast = context.new_page(), context.new_page()
    slow.goto("/kz-admin/settings")
    fast.goto("/kz-admin/settings")
    fast.get_by_label("Name").fill("Faster Ltd")
    fast.get_by_role("button", name="Save").click()
    expect(fast.get_by_role("status").filter(has_text="Saved.")).to_be_visible()

    slow.get_by_label("Name").fill("Slower Ltd")
    slow.get_by_label("Currency").select_option("CAD")
    slow.get_by_role("button", name="Save").click()
    expect(slow.get_by_text("Somebody else saved these settings meanwhile")).to_be_visible()
    expect(slow.get_by_role("row", name="Name")).to_contain_text("Faster Ltd")
    expect(slow.get_by_role("row", name="Name")).to_contain_text("Slower Ltd")
    expect(slow.get_by_label("Name")).to_have_value("Slower Ltd")
    slow.get_by_role("button", name="Save mine over it").click()
    expect(slow.get_by_label("Name")).to_have_value("Slower Ltd")
    expect(slow.get_by_label("Currency")).to_have_value("CAD")


def test_a_name_that_is_too_long_is_refused_at_its_field_and_kept(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/settings")
    page.get_by_label("Name").evaluate(
        "(one, text) => { one.removeAttribute('maxlength'); one.value = text; }", "x" * 10_000
    )
    page.get_by_role("button", name="Save").click()
    expect(page.locator(":focus")).to_contain_text("There is a problem")
    expect(page.locator("#name-error")).to_contain_text("at most 200 characters")
    expect(page.get_by_label("Name")).to_have_value("x" * 10_000)
    judge(page)


def test_the_external_id_is_copied_by_a_button_that_says_so(
    browser_of: Callable[..., BrowserContext], crew: Crew
) -> None:
    context = browser_of(crew.admin, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto("/kz-admin/settings")
    page.get_by_role("button", name="Copy External id").click()
    expect(page.locator("#status")).to_have_text("External id copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#external-id").inner_text()


def test_without_scripts_there_is_no_button_that_needs_one(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/settings", java_script_enabled=False)
    assert page.get_by_role("button", name="Copy").count() == 0
