"""What people see when something went wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.cast import Actor, Cast
from tests.page import InspectingClient, Page


def break_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(_token: str) -> None:
        raise OperationalError("SELECT", {}, Exception("could not connect to 10.0.0.1 with password hunter2"))

    monkeypatch.setattr(app.login_manager, "_user_callback", unreachable)  # type: ignore[attr-defined]


def test_a_page_without_the_database_is_503_in_our_words_and_without_its_address(
    app: Flask, signed_in: Callable[[Actor], InspectingClient], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(cast.admin)
    break_database(app, monkeypatch)
    answer = browser.get("/kz-admin/people")
    page = Page(answer.text)
    assert answer.status_code == 503
    assert page.headings[0] == (1, "Not reachable just now")
    assert answer.headers["X-Request-ID"] in page.text
    assert "hunter2" not in answer.text


def test_a_page_that_does_not_exist_keeps_the_frame_for_people_who_are_signed_in(
    signed_in: Callable[[Actor], InspectingClient], cast: Cast
) -> None:
    answer = signed_in(cast.viewer).get("/kz-admin/nowhere")
    assert answer.status_code == 404
    assert "/kz-admin/activity" in Page(answer.text).links


def test_a_stale_form_gets_419_and_a_way_back_to_its_page(
    signed_in: Callable[[Actor], InspectingClient], cast: Cast
) -> None:
    browser = signed_in(cast.admin)
    browser.get("/kz-admin/settings")
    answer = browser.post(
        "/kz-admin/settings",
        data={"csrf_token": "of-an-earlier-session"},
        headers={"Referer": "http://localhost/kz-admin/settings?x=1"},
    )
    assert answer.status_code == 419
    assert "/kz-admin/settings" in Page(answer.text).links


@pytest.mark.parametrize(
    "referrer", ["https://evil.example/kz-admin/settings", "javascript:alert(1)", "http://localhost//evil"]
)
def test_the_way_back_never_leads_to_another_site(
    signed_in: Callable[[Actor], InspectingClient], cast: Cast, referrer: str
) -> None:
    browser = signed_in(cast.admin)
    answer = browser.post("/kz-admin/settings", data={"csrf_token": "wrong"}, headers={"Referer": referrer})
    assert not any("evil" in link or "javascript" in link for link in Page(answer.text).links)


def test_a_fragment_gets_the_same_words_without_a_page(
    signed_in: Callable[[Actor], InspectingClient], cast: Cast
) -> None:
    answer = signed_in(cast.viewer).get("/kz-admin/people/invite", headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert "<html" not in answer.text
    assert "This needs admin rights." in answer.text
