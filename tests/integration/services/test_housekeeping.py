from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from kz_admin import clock
from kz_admin.models import FailedSignIn, Mail, PasswordLink, SignIn
from kz_admin.models.session import reading, writing
from kz_admin.services import housekeeping, password_links, signin
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.usefixtures("in_app")


def counts() -> dict[str, int]:
    models = (SignIn, FailedSignIn, PasswordLink, Mail)
    with reading() as session:
        return {model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0 for model in models}


@pytest.fixture
def one_of_each(in_app: Flask, cast: Cast) -> None:
    signin.log_in(cast.admin.email, PASSWORD, "")
    password_links.send(cast.admin.email, "")


@pytest.mark.usefixtures("one_of_each")
def test_what_is_young_is_kept() -> None:
    before = counts()
    assert set(housekeeping.sweep().values()) == {0}
    assert counts() == before == {"sign_in": 1, "failed_sign_in": 2, "password_link": 1, "mail": 1}


@pytest.mark.usefixtures("one_of_each")
def test_each_sort_goes_at_its_own_age(at: Callable[[int], None]) -> None:
    with writing() as session:
        session.execute(update(Mail).values(state="sent"))
    at(clock.DAY + clock.MINUTE)
    assert housekeeping.sweep()["failed_sign_in"] == 2
    at(7 * clock.DAY)
    assert housekeeping.sweep()["password_link"] == 1
    at(31 * clock.DAY)
    gone = housekeeping.sweep()
    assert (gone["sign_in"], gone["mail"]) == (1, 1)
    assert set(counts().values()) == {0}


@pytest.mark.usefixtures("one_of_each")
def test_a_mail_that_waits_or_failed_is_never_thrown_away(at: Callable[[int], None]) -> None:
    at(400 * clock.DAY)
    for state in ("waiting", "failed"):
        with writing() as session:
            session.execute(update(Mail).values(state=state))
        assert housekeeping.sweep()["mail"] == 0
