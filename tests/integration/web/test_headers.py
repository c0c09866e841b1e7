"""What every answer carries, whatever kind of answer it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, make_response

from kz_admin.web import headers
from tests.cast import Actor, Cast
from tests.page import InspectingClient

KINDS = {
    "a page": ("GET", "/kz-admin/login", {}, 200),
    "a redirect": ("GET", "/kz-admin/people", {}, 302),
    "an htmx answer": ("GET", "/kz-admin/people", {"HX-Request": "true"}, 401),
    "not found": ("GET", "/nowhere", {}, 404),
    "wrong method": ("DELETE", "/kz-admin/login", {}, 405),
    "refused": ("POST", "/kz-admin/login", {}, 403),
    "another site": ("POST", "/kz-admin/login", {"Sec-Fetch-Site": "cross-site"}, 403),
    "a machine's": ("GET", "/healthz", {}, 200),
    "a machine's refusal": ("POST", "/healthz", {}, 405),
    "metrics": ("GET", "/metrics", {}, 200),
    "a static file": ("GET", "/static/js/app.js", {}, 200),
    "a missing static file": ("GET", "/static/nothing.css", {}, 404),
}


@pytest.fixture
def app(made: Callable[..., Flask], sqlite_url: str) -> Iterator[Flask]:
    return made(sqlite_url)


@pytest.mark.promise("A25")
@pytest.mark.parametrize("kind", KINDS)
def test_security_headers_stand_on_every_kind_of_answer(app: Flask, client: InspectingClient, kind: str) -> None:
    method, path, sent, status = KINDS[kind]
    answer = client.open(path, method=method, headers=sent)
    answer.close()
    assert answer.status_code == status
    for name, value in headers.ALWAYS.items():
        assert answer.headers[name] == value, name
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Request-ID"]
    assert "Strict-Transport-Security" not in answer.headers  # plain http in development


@pytest.mark.promise("A32")
def test_no_page_is_kept_by_a_browser(app: Flask, client: InspectingClient) -> None:
    for kind, (method, path, sent, status) in KINDS.items():
        if "static" not in kind:
            answer = client.open(path, method=method, headers=sent)
            assert "no-store" in answer.headers["Cache-Control"], (kind, status)
            assert {"HX-Request", "Cookie"} <= set(answer.vary)


def test_a_static_file_may_be_kept_for_ever_only_under_its_contents_name(app: Flask, client: InspectingClient) -> None:
    with app.test_request_context():
        kept = headers.asset("js/app.js")
    for path, for_ever in ((kept, True), ("/static/js/app.js", False), ("/static/nothing.js?v=123", False)):
        with client.get(path) as answer:
            assert ("immutable" in answer.headers.get("Cache-Control", "")) is for_ever


def test_a_request_keeps_the_id_its_proxy_gave_it(app: Flask, client: InspectingClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-12345678"}).headers["X-Request-ID"] == "abc-12345678"


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "has space in it", 'quote"quote', "-starts-wrong", "ünïcödé-id"]
)
def test_an_id_that_could_forge_something_is_replaced(app: Flask, client: InspectingClient, given: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": given.encode("utf-8").decode("latin-1")})
    assert headers.REQUEST_ID.fullmatch(answer.headers["X-Request-ID"])
    assert answer.headers["X-Request-ID"] != given


def test_each_request_has_an_id_of_its_own(app: Flask, client: InspectingClient) -> None:
    assert len({client.get("/healthz").headers["X-Request-ID"] for _ in range(5)}) == 5


def test_https_is_remembered_by_browsers(production: Flask) -> None:
    answer = production.test_client().get("/healthz", base_url="https://books.example.com")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.promise("A31")
def test_cookies_in_production_are_held_to_this_host_and_https(production: Flask) -> None:
    client = production.test_client()
    answer = client.get("/kz-admin/login", base_url="https://books.example.com")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    name, *attributes = (part.strip() for part in cookie.split(";"))
    assert name.startswith("__Host-kz_session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)
    assert not any(attribute.startswith("Domain") for attribute in attributes)


@pytest.mark.promise("A31")
def test_the_cookie_in_development_has_the_name_that_plain_http_can_have(app: Flask, client: InspectingClient) -> None:
    cookie = client.get("/kz-admin/login").headers["Set-Cookie"]
    assert cookie.startswith("kz_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.promise("A27")
def test_a_forged_host_leads_nowhere(production: Flask) -> None:
    client = production.test_client()
    for headers_sent in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
        answer = client.get("/kz-admin/people", base_url="https://books.example.com", headers=headers_sent)
        assert answer.status_code == 302
        assert answer.location.startswith("/kz-admin/login")
        assert "evil" not in str(answer.headers)


def test_a_page_may_send_its_form_to_one_more_origin_when_it_says_so(app: Flask) -> None:
    with app.test_request_context("/kz-admin/integrations"):
        app.preprocess_request()
        headers.allow_form_action("https://appcenter.intuit.com")
        answer = app.process_response(make_response("x"))
    assert "form-action 'self' https://appcenter.intuit.com;" in answer.headers["Content-Security-Policy"]


def test_what_is_bound_to_one_request_is_let_go_after_it(
    app: Flask, cast: Cast, signed_in: Callable[[Actor], InspectingClient]
) -> None:
    from kz_admin import logs

    signed_in(cast.admin).get("/kz-admin/people")
    assert logs.bound("request_id") == ""
    assert logs.bound("user_id") == ""
