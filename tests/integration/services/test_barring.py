"""What an operator can do for and against a person on the command line."""

from __future__ import annotations

import pytest
from flask import Flask

from kz_admin import sentry
from kz_admin.domain.failures import NotFound, Wrong
from kz_admin.services import installation, password_links, signin
from tests import cast as people
from tests.cast import Cast


def test_a_barred_person_is_out_everywhere_and_can_be_admitted_again(app: Flask, cast: Cast) -> None:
    browser = people.sign_in(app, cast.admin, cast.tenant_id)
    with app.app_context():
        installation.bar(cast.admin.email)
        with pytest.raises(Wrong):
            signin.log_in(cast.admin.email, people.PASSWORD, "192.0.2.1")
    assert browser.get("/kz-admin/people").status_code == 302
    with app.app_context():
        installation.admit(cast.admin.email)
        assert signin.log_in(cast.admin.email, people.PASSWORD, "192.0.2.1")
    assert browser.get("/kz-admin/people").status_code == 302  # the old sign-in stays ended


def test_a_password_link_from_the_command_line_lets_its_owner_choose(app: Flask, cast: Cast) -> None:
    with app.app_context():
        link = installation.password_link(cast.viewer.email)
        assert password_links.owner_of(link.rpartition("/")[2]) == cast.viewer.email


@pytest.mark.parametrize("act", [installation.bar, installation.admit, installation.password_link])
def test_somebody_unknown_is_named_as_such(app: Flask, act) -> None:
    with app.app_context(), pytest.raises(NotFound, match=r"nobody@example\.com"):
        act("nobody@example.com")


def test_the_commands_say_what_they_did(app: Flask, cast: Cast) -> None:
    runner = app.test_cli_runner()
    assert "shut out" in runner.invoke(args=["kz", "user", "bar", cast.viewer.email]).output
    assert "may sign in" in runner.invoke(args=["kz", "user", "admit", cast.viewer.email]).output
    assert "/login/reset/" in runner.invoke(args=["kz", "user", "password-link", cast.viewer.email]).output
    assert runner.invoke(args=["kz", "user", "bar", "nobody@example.com"]).exit_code == 1


def test_what_goes_to_sentry_holds_no_secret() -> None:
    event = {
        "request": {"url": "https://x.test/kz-admin", "cookies": {"kz_session": "s"}, "headers": {"Cookie": "s"}},
        "exception": {"values": [{"value": "Bearer abcdefghijklmnop refused"}]},
        "extra": {"access_token": "t-secret"},
    }
    sent = str(sentry.without_secrets(event, {}))  # type: ignore[arg-type]
    assert "abcdefghijklmnop" not in sent
    assert "t-secret" not in sent
    assert "cookies" not in sent
