"""Every page in every look passes axe and fits its window (AX-13, AX-14)."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open
from tests.browser.eyes import LOOKS, judge
from tests.browser.site import Crew

# Every width and every theme once: what is too wide does not depend on its colours.
BOTH_ENDS = ("wide", "narrow-dark")
PAGES = (
    "/kz-admin/integrations",
    "/kz-admin/people",
    "/kz-admin/people/invite",
    "/kz-admin/settings",
    "/kz-admin/settings/notifications",
    "/kz-admin/health",
    "/kz-admin/billing",
    "/kz-admin/mails",
    "/kz-admin/activity",
    "/kz-admin/activity?subject=nobody",
    "/kz-admin/nowhere",
    "/kz-admin/platform",  # an admin gets the page that says why not
    "/kz-admin/design",
    *(f"/kz-admin/design/errors/{status}" for status in (403, 409, 419, 429, 500)),
)
DOCUMENTS = tuple(
    f"/kz-admin/{noun}{form}"
    for noun in (
        "invoices",
        "payments",
        "credit-notes",
        "clients",
        "projects",
        "services",
        "members",
        "time",
        "expenses",
    )
    for form in ("", "/new")
)
SIGNED_OUT = (
    "/kz-admin/login",
    "/kz-admin/login/forgot",
    "/kz-admin/login/reset",
    "/kz-admin/login/invitation",
    "/kz-admin/mails",
)


@pytest.mark.parametrize("look", BOTH_ENDS)
def test_pages_of_an_admin_pass_axe_and_fit(open_as: Open, crew: Crew, look: str) -> None:
    page = open_as(crew.admin, "/kz-admin", **LOOKS[look])
    for path in PAGES:
        page.goto(path)
        judge(page)


@pytest.mark.parametrize("look", BOTH_ENDS)
def test_lists_without_a_document_and_their_forms_pass_axe_and_fit(open_as: Open, crew: Crew, look: str) -> None:
    page = open_as(crew.admin, "/kz-admin", **LOOKS[look])
    for path in DOCUMENTS:
        answer = page.goto(path)
        assert answer
        assert answer.status == 200, path
        judge(page)


@pytest.mark.parametrize("look", BOTH_ENDS)
def test_pages_before_sign_in_pass_axe_and_fit(open_as: Open, look: str) -> None:
    page = open_as(None, "/kz-admin/login", **LOOKS[look])
    for path in SIGNED_OUT:
        page.goto(path)
        judge(page)


@pytest.mark.parametrize("look", BOTH_ENDS)
def test_open_menus_and_rows_being_edited_pass_axe(open_as: Open, crew: Crew, look: str) -> None:
    page = open_as(crew.admin, "/kz-admin/people", **LOOKS[look])
    page.locator("nav.menus summary").first.click()
    judge(page)
    page.keyboard.press("Escape")
    row = page.locator("tr", has_text=crew.viewer.name)
    row.get_by_role("link", name="Change role").click()
    page.get_by_role("heading", name="Role of").wait_for()
    judge(page)


@pytest.mark.parametrize("look", ["wide", "narrow"])
def test_a_viewer_sees_the_same_pages_without_what_they_may_not_do(open_as: Open, crew: Crew, look: str) -> None:
    page = open_as(crew.viewer, "/kz-admin/people", **LOOKS[look])
    judge(page)
    assert page.get_by_role("link", name="Invite a person").count() == 0
    assert page.get_by_role("link", name="Change role").count() == 0
    page.goto("/kz-admin/settings")
    judge(page)
    assert page.get_by_role("button", name="Save").count() == 0


@pytest.mark.parametrize("look", ["wide", "narrow"])
def test_names_without_a_space_break_inside_their_box(site, open_as: Open, look: str) -> None:  # type: ignore[no-untyped-def]
    crew = site.crew(name="W" * 200)
    page = open_as(crew.admin, "/kz-admin/integrations", **LOOKS[look])
    for path in ("/kz-admin/integrations", "/kz-admin/people", "/kz-admin/settings", "/kz-admin/billing"):
        page.goto(path)
        judge(page)


def test_forced_colours_keep_every_control_visible(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people", forced_colors="active")
    edges = page.locator(".button, .pill, .card").evaluate_all(
        "all => all.filter(one => one.offsetParent && getComputedStyle(one).borderTopStyle === 'none').length"
    )
    assert edges == 0
    judge(page)


def test_on_paper_there_is_no_navigation(open_as: Open, crew: Crew) -> None:
    page = open_as(crew.admin, "/kz-admin/people")
    page.emulate_media(media="print")
    assert not page.locator("header.side").is_visible()
    assert page.get_by_role("heading", name="People", exact=True).is_visible()
