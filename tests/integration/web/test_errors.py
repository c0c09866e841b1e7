"""What people see when something went wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadGateway, ImATeapot, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.test import TestResponse

from kz_admin import logs
from kz_admin.domain import failures
from kz_admin.web import access
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


MACHINE = {"/healthz": 405, "/api/v1/nothing": 404, "/hooks/nothing": 404}


@pytest.mark.parametrize("path", MACHINE)
def test_machines_get_problem_json(client: InspectingClient, path: str) -> None:
    answer = client.post(path, data="x")
    problem = answer.get_json(force=True)
    assert answer.status_code == problem["status"] == MACHINE[path]
    assert answer.mimetype == "application/problem+json"
    assert problem["reference"] == answer.headers["X-Request-ID"]
    assert set(problem) == {"type", "title", "status", "detail", "reference"}
    assert not any(word in problem["detail"] for word in ("button", "page", "overview"))
    assert ("Allow" in answer.headers) == (answer.status_code == 405)


def test_a_wrong_method_says_which_are_right(client: InspectingClient) -> None:
    answer = client.delete("/kz-admin/login")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= {word.strip() for word in answer.headers["Allow"].split(",")}


class Breaking:
    """An application with two addresses, a page and a machine's, that end with the exception one asks for."""

    def __init__(self, app: Flask) -> None:
        app.add_url_rule("/ends", "ends", self._end)
        app.add_url_rule("/api/ends", "api_ends", self._end)
        self.client = app.test_client()
        self._error: Exception = RuntimeError()

    @access.allow("public")
    def _end(self) -> str:
        raise self._error

    def get(self, path: str, error: Exception, **sent: str) -> TestResponse:
        self._error = error
        return self.client.get(path, headers=sent)


@pytest.fixture
def breaking(made: Callable[..., Flask], sqlite_url: str) -> Breaking:
    return Breaking(made(sqlite_url))


REFUSALS = [
    (failures.NotFound(), 404, "There is nothing here"),
    (failures.Forbidden("Only admins may do this."), 403, "Only admins may do this."),
    (failures.Conflict("Ada was faster."), 409, "Ada was faster."),
    (failures.Throttled("Wait a little.", 90), 429, "Wait a little."),
    (failures.Wrong("name", "Enter a name."), 422, "Enter a name."),
    (StaleDataError(), 409, "Your change was not saved."),
    (OperationalError("SELECT", {}, Exception("hunter2")), 503, "Not reachable just now"),
    (PoolTimeout("hunter2"), 503, "Not reachable just now"),
    (DataError("INSERT", {}, Exception("hunter2")), 400, "Nothing was changed."),
    (RuntimeError("hunter2"), 500, "Something broke on our side"),
    (RequestEntityTooLarge(), 413, "This is too large"),
    (UnsupportedMediaType(), 415, "This format is not accepted"),
    (ImATeapot(), 418, "Nothing was changed."),
    (BadGateway(), 502, "Something broke on our side"),
]


@pytest.mark.parametrize(("error", "status", "words"), REFUSALS, ids=lambda value: type(value).__name__)
def test_each_failure_says_what_happened_as_page_fragment_and_json(
    breaking: Breaking, error: Exception, status: int, words: str
) -> None:
    page, fragment = breaking.get("/ends", error), breaking.get("/ends", error, **{"HX-Request": "true"})
    problem = breaking.get("/api/ends", error)
    assert [answer.status_code for answer in (page, fragment, problem)] == [status] * 3
    for answer in (page, fragment, problem):
        assert "hunter2" not in answer.text
        assert answer.headers["X-Request-ID"] in answer.text
    assert "<html" in page.text
    assert "<html" not in fragment.text
    assert words in Page(page.text).text
    assert words in Page(fragment.text).text
    assert problem.mimetype == "application/problem+json"
    assert ("Retry-After" in page.headers) is isinstance(error, failures.Throttled)


def test_what_was_not_foreseen_is_in_the_log_with_its_reference_and_without_secrets(
    breaking: Breaking, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(readable=False)
    answer = breaking.get("/ends", RuntimeError("Bearer abcdefghijkl"))
    written = capsys.readouterr().out
    assert answer.headers["X-Request-ID"] in written
    assert "Traceback" in written
    assert "abcdefghijkl" not in written


@pytest.mark.promise("A24")
@pytest.mark.parametrize(
    "path",
    [
        "/kz-admin/activity?actor=%00",
        "/kz-admin/activity?subject=a%00b&action=%00",
        "/kz-admin/activity?before=99999999999999999999999999",
        "/kz-admin/activity?before=-1",
        "/kz-admin/activity?before=%00",
        "/kz-admin/activity/download?actor=%00",
        "/kz-admin/people?x=%00",
        "/kz-admin/people/%00",
        "/kz-admin/login/reset/%00",
        "/kz-admin/login?next=%00",
    ],
)
def test_no_address_breaks_the_server(
    app: Flask, signed_in: Callable[[Actor], InspectingClient], cast: Cast, path: str
) -> None:
    assert signed_in(cast.admin).get(path).status_code < 500


@pytest.mark.promise("A24")
def test_no_form_breaks_the_server(
    app: Flask, signed_in: Callable[[Actor], InspectingClient], cast: Cast, client: InspectingClient
) -> None:
    admin = signed_in(cast.admin)
    for value in ("\x00", "x" * 10_240, "\u202egnp.exe", "9" * 40, "\ud83d", "{{7*7}}", "-1"):
        forms = {
            "/kz-admin/settings": dict.fromkeys(("name", "currency", "time_zone", "country", "version"), value),
            "/kz-admin/people/invite": {"email": value, "role": value},
            f"/kz-admin/people/{cast.viewer.membership_id}/role": {"role": "admin", "version": value},
            f"/kz-admin/people/{cast.viewer.membership_id}/remove": {"version": value},
            "/kz-admin/tenants/switch": {"tenant": value},
        }
        for path, data in forms.items():
            answer = admin.submit(path, {name: text.encode("utf-8", "surrogatepass") for name, text in data.items()})
            assert 400 <= answer.status_code < 500, (path, value, answer.status_code)
        typed = dict.fromkeys(("email", "password", "next"), value.encode("utf-8", "surrogatepass"))
        answer = client.submit("/kz-admin/login", typed)
        assert answer.status_code in (400, 422, 429), (value, Page(answer.text).text)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: InspectingClient) -> None:
    assert client.post("/kz-admin/login", data={"email": "x" * 3 * 1024 * 1024}).status_code == 413
