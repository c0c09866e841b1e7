"""Who gets where, and what they are told when they do not. The sweep over all routes is tests/sweeps/test_routes.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, session
from sqlalchemy import select

from kz_admin.models import Membership, SignIn
from kz_admin.models.session import reading, writing
from kz_admin.web import access
from tests.cast import PASSWORD, Actor, Cast
from tests.page import InspectingClient, Page

SignedIn = Callable[[Actor], InspectingClient]


@pytest.fixture
def app(made: Callable[..., Flask], sqlite_url: str) -> Iterator[Flask]:
    return made(sqlite_url)


def enter(client: InspectingClient, actor: Actor, **more: str):
    return client.submit("/kz-admin/login", {"email": actor.email, "password": PASSWORD, **more})


def cookie(client: InspectingClient) -> str:
    found = client.get_cookie("kz_session")
    assert found is not None
    return found.value


@pytest.mark.promise("A26")
@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "/%2f%2fevil.example", "https://evil.example"])
def test_signing_in_never_leads_to_another_site(client: InspectingClient, cast: Cast, target: str) -> None:
    assert enter(client, cast.admin, next=target).location == "/kz-admin"
    assert client.get("/kz-admin/login", query_string={"next": target}).location == "/kz-admin"


def test_signing_in_leads_to_the_page_one_wanted(client: InspectingClient, cast: Cast) -> None:
    asked = client.get("/kz-admin/activity?action=x.y")
    assert asked.location == "/kz-admin/login?next=/kz-admin/activity?action%3Dx.y"
    assert enter(client, cast.admin, next="/kz-admin/activity?action=x.y").location == "/kz-admin/activity?action=x.y"


@pytest.mark.promise("A28")
def test_nothing_of_the_session_before_signing_in_survives_it(client: InspectingClient, cast: Cast) -> None:
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
        before["_user_id"] = "chosen by somebody else"
    token = client.csrf_token()
    planted = cookie(client)
    enter(client, cast.admin)
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after["_user_id"] != "chosen by somebody else"
    assert cookie(client) != planted
    # a token from before is worth nothing afterwards
    answer = client.post("/kz-admin/logout", data={"csrf_token": token})
    assert answer.status_code == 419


@pytest.mark.promise("A29")
def test_a_copied_cookie_is_dead_after_signing_out(app: Flask, client: InspectingClient, cast: Cast) -> None:
    enter(client, cast.admin)
    thief = app.test_client()
    thief.set_cookie("kz_session", cookie(client))
    assert thief.get("/kz-admin/people").status_code == 200
    assert client.submit("/kz-admin/logout").status_code == 303
    assert thief.get("/kz-admin/people").status_code == 302
    assert client.get("/kz-admin/people").status_code == 302


@pytest.mark.promise("A30")
def test_too_many_tries_are_429_alike_for_known_and_unknown_people(client: InspectingClient, cast: Cast) -> None:
    texts = []
    for email in (cast.admin.email, "nobody@example.com"):
        for _ in range(10):
            answer = client.submit("/kz-admin/login", {"email": email, "password": "wrong wrong wrong"})
            assert answer.status_code == 422
        answer = client.submit("/kz-admin/login", {"email": email, "password": PASSWORD})
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        texts.append(Page(answer.text).text.replace(answer.headers["X-Request-ID"], ""))
    assert texts[0] == texts[1]


def test_an_htmx_request_of_nobody_is_sent_to_sign_in_and_back_to_its_page(client: InspectingClient) -> None:
    sent = {"HX-Request": "true", "HX-Current-URL": "http://localhost/kz-admin/people?x=1#top"}
    answer = client.get("/kz-admin/activity", headers=sent)
    assert (answer.status_code, answer.text) == (401, "")
    assert answer.headers["HX-Redirect"] == "/kz-admin/login?next=/kz-admin/people?x%3D1"


@pytest.mark.parametrize("url", ["http://[", "", "javascript:alert(1)", "//evil.example/x", "http://evil.example"])
def test_whatever_a_browser_claims_to_show_it_is_sent_to_our_sign_in(client: InspectingClient, url: str) -> None:
    answer = client.get("/kz-admin/activity", headers={"HX-Request": "true", "HX-Current-URL": url})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/kz-admin/login")


def test_a_form_sent_by_nobody_leads_to_the_sign_in_without_repeating_it(client: InspectingClient) -> None:
    answer = client.submit("/kz-admin/settings", {"name": "x"})
    assert (answer.status_code, answer.location) == (303, "/kz-admin/login")


@pytest.mark.promise("A15")
@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-origin", 422), ("none", 422), (None, 422)])
def test_a_form_on_another_site_is_refused(client: InspectingClient, site: str | None, status: int) -> None:
    sent = {"Sec-Fetch-Site": site} if site else {}
    answer = client.submit("/kz-admin/login", {"email": "x", "password": "y"}, headers=sent)
    assert answer.status_code == status


def test_following_a_link_from_another_site_is_fine(client: InspectingClient) -> None:
    assert client.get("/kz-admin/login", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def in_two_tenants(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing() as session_:
        session_.add(Membership(tenant_id=cast.other_tenant_id, user_id=cast.admin.user_id, role="admin"))


def switch(client: InspectingClient, tenant_id: object, **more: str):
    return client.submit("/kz-admin/tenants/switch", {"tenant": str(tenant_id), **more})


@pytest.fixture
def switched(app: Flask, cast: Cast, signed_in: SignedIn) -> InspectingClient:
    """A browser whose open page belongs to the first tenant, after a switch to the other in a second tab."""
    in_two_tenants(app, cast)
    client = signed_in(cast.admin)
    assert switch(client, cast.other_tenant_id).status_code == 303
    return client


def test_a_page_of_another_tenant_changes_nothing(switched: InspectingClient, cast: Cast) -> None:
    old_page = {"_tenant": str(cast.tenant_id), "name": "Changed", "version": "1"}
    answer = switched.submit("/kz-admin/settings", old_page)
    assert answer.status_code == 409
    assert "you switched to Beta meanwhile" in Page(answer.text).text
    fragment = switched.submit(
        "/kz-admin/settings", {}, headers={"KZ-Tenant": str(cast.tenant_id), "HX-Request": "true"}
    )
    assert fragment.status_code == 409
    assert "<html" not in fragment.text


def test_a_page_of_this_tenant_works(switched: InspectingClient, cast: Cast) -> None:
    answer = switched.submit("/kz-admin/settings", {"_tenant": str(cast.other_tenant_id), "name": "", "version": "1"})
    assert answer.status_code == 422  # read, and found wanting


def test_signing_out_works_from_every_page(switched: InspectingClient, cast: Cast) -> None:
    assert switched.submit("/kz-admin/logout", {"_tenant": str(cast.tenant_id)}).status_code == 303
    assert switched.get("/kz-admin/people").status_code == 302


def test_switching_works_from_every_page(switched: InspectingClient, cast: Cast) -> None:
    answer = switch(switched, cast.tenant_id, _tenant=str(cast.tenant_id))
    assert answer.status_code == 303


@pytest.mark.promise("A4")
def test_fields_that_name_a_tenant_or_role_are_ignored(app: Flask, cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.viewer)
    more = {"tenant_id": str(cast.other_tenant_id), "role": "admin", "is_operator": "1"}
    assert client.get("/kz-admin/people", query_string=more).status_code == 200
    assert "sid.stranger" not in client.get("/kz-admin/people", query_string=more).text
    assert client.submit("/kz-admin/people/invite", {"email": "x@example.com", **more}).status_code == 403
    with app.app_context(), reading() as session_:
        assert session_.get_one(Membership, cast.viewer.membership_id).role == "viewer"


def test_switching_to_a_foreign_or_broken_tenant_is_not_found(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)
    for tenant in (cast.other_tenant_id, "", "x", "\x00"):
        assert switch(client, tenant).status_code == 404


def test_a_machine_address_asks_nobody_and_looks_nobody_up(app: Flask, cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)
    app.login_manager.user_loader(lambda _token: pytest.fail("a probe looked somebody up"))  # type: ignore[attr-defined]
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path).status_code == 200


def test_beginning_a_session_keeps_nothing_of_the_one_before(app: Flask) -> None:
    with app.test_request_context():
        session["x"] = 1
        access.begin("token")
        assert dict(session) == {"_user_id": "token", "_fresh": True}
        access.forget()
        assert not session


def test_each_sign_in_is_one_row_that_ends(app: Flask, client: InspectingClient, cast: Cast) -> None:
    enter(client, cast.admin)
    client.submit("/kz-admin/logout")
    with app.app_context(), reading() as session_:
        (row,) = session_.scalars(select(SignIn)).all()
    assert row.ended_at is not None
