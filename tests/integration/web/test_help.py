"""The pages that cards lead to."""

from __future__ import annotations

import pytest

from kz_admin.domain.problems import Slug
from kz_admin.services import guides
from tests.cast import Cast
from tests.integration.web.desk import Desk, SignIn
from tests.page import InspectingClient


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is shown here does not hang on the database."""
    return sqlite_url


def test_each_problem_has_a_page_that_everybody_of_the_tenant_may_read(signed_in: SignIn, cast: Cast) -> None:
    viewer = signed_in(cast.viewer)
    listed = viewer.page("/kz-admin/help/problems")
    for slug in guides.all_slugs():
        address = f"/kz-admin/help/problems/{slug}"
        assert address in listed.links
        page = viewer.page(address)
        assert "What to do" in page.text
        assert not {"*", "#", "`"} & set(page.text.partition("What cards say")[2].partition("Each document")[0]), slug
    for nowhere in ("nothing", "../../architecture", "UNKNOWN"):
        assert viewer.get(f"/kz-admin/help/problems/{nowhere}").status_code == 404


def test_a_card_leads_to_its_page(desk: Desk, books: InspectingClient) -> None:
    desk.fail(Slug.UNKNOWN, words="no")
    assert "/kz-admin/help/problems/unknown" in books.page(desk.url).links
