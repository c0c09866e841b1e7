"""Where a person may be sent, and what a policy asks for."""

from __future__ import annotations

import pytest

from kz_admin.web import access
from kz_admin.web.access import Policy

HOME = "/kz-admin"


@pytest.mark.promise("A26")
@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\\/evil.example",
        "https://evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/%2f%2fevil.example",
        "/%2F/evil.example",
        "/%5cevil.example",
        "/%5Cevil.example",
        "/\t/evil.example",
        "/%09/evil.example",
        "/\n/evil.example",
        "/%0d%0a/evil.example",
        "/\r\nLocation: https://evil.example",
        " //evil.example",
        "/\u2028/evil.example",
        "/\u0000/evil.example",
        "/ok?next=https://evil.example",
        "",
        None,
    ],
)
def test_an_address_that_might_lead_away_leads_home(target: str | None) -> None:
    assert access.safe_next(target, HOME) == HOME


@pytest.mark.parametrize(
    "target", ["/kz-admin/people", "/kz-admin/activity?action=key.created&before=50", "/kz-admin/settings/"]
)
def test_an_address_on_this_site_is_kept(target: str) -> None:
    assert access.safe_next(target, HOME) == target


def test_reading_and_changing_can_need_different_rights() -> None:
    policy = Policy("viewer", "admin")
    assert [policy.needs(method) for method in ("GET", "HEAD", "OPTIONS")] == ["viewer"] * 3
    assert [policy.needs(method) for method in ("POST", "PUT", "PATCH", "DELETE", "ANYTHING")] == ["admin"] * 5


def test_without_a_second_word_both_need_the_same() -> None:
    assert Policy("bookkeeper", None).needs("POST") == "bookkeeper"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://books.example.com/kz-admin/people?x=1#top", "/kz-admin/people?x=1"),
        ("", None),
        ("https://books.example.com", None),
        ("http://[broken", None),
        ("http://[::1", None),
    ],
)
def test_the_page_a_fragment_belongs_to_is_read_from_its_address(url: str, path: str | None) -> None:
    assert access._path_of(url) == path
