"""The judge itself: what the inspecting client finds on a page, and what it lets pass."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.page import InspectingClient, Page

WHOLE = "<!doctype html><html lang=en><head><title>Invoices</title></head><body><h1>Invoices</h1>{}</body></html>"


def problems(inside: str) -> list[str]:
    return Page(WHOLE.format(inside)).problems


def test_a_page_in_order_has_no_problems() -> None:
    page = Page(
        WHOLE.format(
            '<h2 id="a">Due</h2><a href="/x">Open <b>one</b></a><button type="button" aria-label="Close"></button>'
            '<label for="n">Name</label><input id="n" name="n"><label>Role <select name="r"></select></label>'
            '<input type="hidden" name="t"><svg><title>A chart</title><path d="M0 0"/></svg>'
            '<img src="/x.png" alt=""><details><summary>More</summary></details>'
        )
    )
    assert page.problems == []
    assert page.title == "Invoices"
    assert page.links == ["/x"]
    assert [level for level, _ in page.headings] == [1, 2]
    assert "Open one" in page.text


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        ("<p id=a></p><p id=a></p>", "stands 2 times"),
        ('<input name="email">', "without a label: email"),
        ("<textarea name=note></textarea>", "without a label: note"),
        ("<button></button>", "<button> without a name"),
        ("<a href=/x><svg><path d='M0'/></svg></a>", "<a> without a name"),
        ("<details><summary> </summary></details>", "<summary> without a name"),
        ("<h3>Too deep</h3>", "jumps from 1 to 3"),
        ("<h1>Another</h1>", "2 first headings"),
        ("<img src=/x.png>", "without alt"),
        ("<p style='color:red'>x</p>", "inline style="),
        ("<p onclick='x()'>x</p>", "inline onclick="),
        ("<script>alert(1)</script>", "inline <script>"),
        ("<style>p{}</style>", "inline <style>"),
        ("<a href=' JavaScript:alert(1)'>x</a>", "javascript: in href"),
        ("<div><p>x</div></p>", "closes"),
        ("<div>", "never closed"),
        ("<p>Please try again</p>", "'Please' on screen"),
        ("<p>Sorry!</p>", "'Sorry' on screen"),
        ("<p>An invalid date</p>", "'invalid' on screen"),
        ("<p>Sent to QBO</p>", "'QBO' on screen"),
        ("<p>Sent to QB</p>", "'QB' on screen"),
    ],
)
def test_each_fault_is_found_and_named(inside: str, problem: str) -> None:
    assert any(problem in found for found in problems(inside)), problems(inside)


def test_a_page_needs_a_title_and_a_first_heading() -> None:
    bare = Page("<html><body><p>x</p></body></html>").problems
    assert "no title" in bare
    assert any("0 first headings" in found for found in bare)


def test_a_fragment_needs_neither() -> None:
    assert Page("<tr><td>x</td></tr>").problems == []


def test_the_title_of_a_picture_is_not_the_pages() -> None:
    assert Page(WHOLE.format("<svg><title>A chart</title></svg>")).title == "Invoices"


@pytest.fixture
def two_pages() -> InspectingClient:
    app = Flask(__name__)
    app.test_client_class = InspectingClient
    app.add_url_rule("/good", view_func=lambda: WHOLE.format(""), endpoint="good")
    app.add_url_rule("/bad", view_func=lambda: WHOLE.format("<button></button>"), endpoint="bad")
    app.add_url_rule("/data", view_func=lambda: {"button": "<button></button>"}, endpoint="data")
    client = app.test_client()
    assert isinstance(client, InspectingClient)
    return client


def test_the_client_fails_on_a_page_with_a_fault(two_pages: InspectingClient) -> None:
    two_pages.get("/good")
    two_pages.get("/data")
    with pytest.raises(AssertionError, match=r"/bad: a <button> without a name"):
        two_pages.get("/bad")


def test_the_client_can_be_told_to_look_away(two_pages: InspectingClient) -> None:
    two_pages.inspects = False
    assert two_pages.get("/bad").status_code == 200
