"""The pages before sign-in, through the client that looks at each page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from kz_admin import clock
from kz_admin.domain.roles import Role
from kz_admin.services import invitations, people
from kz_admin.services.audit import Actor as Author
from kz_admin.services.sign_in_tries import MOST_PER_PERSON
from tests.cast import PASSWORD, Actor, Cast
from tests.page import InspectingClient

LOGIN = "/kz-admin/login"


def enter(client: InspectingClient, email: str, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.submit(LOGIN, {"email": email, "password": password, **more})


def test_the_right_password_opens_the_overview(client: InspectingClient, cast: Cast) -> None:
    answer = enter(client, cast.admin.email)
    assert (answer.status_code, answer.location) == (303, "/kz-admin")
    assert client.get("/kz-admin/integrations").status_code == 200


def test_case_and_outer_space_of_the_address_do_not_matter(client: InspectingClient, cast: Cast) -> None:
    assert enter(client, f"  {cast.admin.email.upper()} ").status_code == 303


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "/%2f/evil.example"])
def test_signing_in_never_leads_to_another_site(client: InspectingClient, cast: Cast, target: str) -> None:
    assert enter(client, cast.admin.email, next=target).location == "/kz-admin"


def test_known_and_unknown_people_get_the_same_answer(client: InspectingClient, cast: Cast) -> None:
    known = enter(client, cast.admin.email, "not the password")
    unknown = enter(client, "nobody@example.com", "not the password")
    disabled = enter(client, cast.loner.email, "not the password")
    assert known.status_code == unknown.status_code == disabled.status_code == 422
    sentence = "This e-mail address and password do not belong together."
    assert all(answer.text.count(sentence) == 2 for answer in (known, unknown, disabled))


def test_too_many_tries_are_answered_429_with_the_time_to_wait(client: InspectingClient, cast: Cast) -> None:
    for _ in range(MOST_PER_PERSON):
        enter(client, cast.admin.email, "not the password")
    answer = enter(client, cast.admin.email)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert "Too many tries. Wait" in answer.text


def test_a_password_field_never_comes_back_filled(client: InspectingClient, cast: Cast) -> None:
    assert "not the password" not in enter(client, cast.admin.email, "not the password").text


def test_the_session_of_before_does_not_survive_signing_in(client: InspectingClient, cast: Cast) -> None:
    with client.session_transaction() as browser:
        browser["planted"] = "by somebody else"
    enter(client, cast.admin.email)
    with client.session_transaction() as browser:
        assert "planted" not in browser


def test_whoever_is_signed_in_already_goes_where_they_wanted(
    signed_in: Callable[[Actor], InspectingClient], cast: Cast
) -> None:
    answer = signed_in(cast.admin).get(f"{LOGIN}?next=/kz-admin/people")
    assert (answer.status_code, answer.location) == (302, "/kz-admin/people")


def test_asking_for_a_link_shows_the_same_page_to_strangers(client: InspectingClient, cast: Cast) -> None:
    forgot = "/kz-admin/login/forgot"
    known, unknown = (client.submit(forgot, {"email": email}) for email in (cast.admin.email, "nobody@example.com"))
    assert known.status_code == unknown.status_code == 200
    assert known.text.count("a link is on its way") == unknown.text.count("a link is on its way") == 1


def test_an_invitation_survives_the_sign_in_it_asks_for(app: Flask, client: InspectingClient, cast: Cast) -> None:
    with app.app_context():
        link = invitations.invite(cast.other_tenant_id, cast.admin.email, Role.VIEWER, Author(None, "Sid"))
    page = client.get(client.get(link.removeprefix("http://localhost")).location)
    assert "You have a password here already." in page.text
    answer = enter(client, cast.admin.email, next="/kz-admin/login/invitation")
    assert answer.location == "/kz-admin/login/invitation"
    joined = client.submit("/kz-admin/login/invitation")
    assert (joined.status_code, joined.location) == (303, "/kz-admin")
    assert "You joined Beta." in client.get("/kz-admin", follow_redirects=True).text


def test_an_invitation_for_somebody_else_cannot_be_taken(
    app: Flask, signed_in: Callable[[Actor], InspectingClient], cast: Cast
) -> None:
    with app.app_context():
        link = invitations.invite(cast.tenant_id, "new@example.com", Role.ADMIN, Author(None, "Ada"))
    browser = signed_in(cast.loner)
    browser.get(link.removeprefix("http://localhost"))
    assert "You are signed in as" in browser.page("/kz-admin/login/invitation").text
    browser.submit("/kz-admin/login/invitation")
    with app.app_context():
        names = [member.user.email for member in people.list_people(cast.tenant_id)]
    assert cast.loner.email not in names


def test_a_link_that_is_too_old_says_so_and_offers_a_new_one(
    client: InspectingClient, cast: Cast, at: Callable[[int], None], app: Flask
) -> None:
    from kz_admin.models import User
    from kz_admin.models.session import writing
    from kz_admin.services import password_links

    with app.app_context(), writing() as session:
        link = password_links.make(session, session.get_one(User, cast.admin.user_id), password_links.LASTS)
    client.get(link.removeprefix("http://localhost"))
    assert client.get("/kz-admin/login/reset").status_code == 200
    at(password_links.LASTS + clock.SECOND)
    gone = client.get("/kz-admin/login/reset")
    assert gone.status_code == 404
    assert "This link no longer works" in gone.text
    assert "Ask for a new link" in gone.text
