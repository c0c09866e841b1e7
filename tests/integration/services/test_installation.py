from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.models import User
from kz_admin.models.session import reading
from kz_admin.services import installation, password_links, signin
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_app")

PASSWORD = "a cup of tea at four"


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


def test_each_database_has_an_identity_of_its_own_that_stays() -> None:
    assert isinstance(installation.identity(), UUID)
    assert installation.identity() == installation.identity()


def test_the_first_operator_chooses_a_password_by_link() -> None:
    assert not installation.has_operator()
    link = installation.create_operator("olga@example.com", "Olga")
    assert link.startswith("http://localhost/kz-admin/login/reset/")
    assert installation.has_operator()
    olga = signin.whoami(password_links.follow(token_of(link), PASSWORD))
    assert olga is not None
    assert (olga.is_operator, olga.place) == (True, None)


def test_a_person_who_is_there_becomes_an_operator_and_keeps_everything(cast: Cast) -> None:
    installation.create_operator(cast.admin.email.upper(), "Ignored")
    with reading() as session:
        ada = session.scalars(select(User).where(User.id == cast.admin.user_id)).one()
    assert (ada.is_operator, ada.name, ada.email) == (True, "Ada Admin", cast.admin.email)
    assert ada.password_hash


def test_an_operator_who_never_chose_a_password_gets_another_link(at: Callable[[int], None]) -> None:
    first = installation.create_operator("olga@example.com", "Olga")
    at(installation.FIRST_LINK_LASTS + 1)
    with pytest.raises(NotFound):
        password_links.follow(token_of(first), PASSWORD)
    second = installation.create_operator("olga@example.com", "Olga")
    assert password_links.follow(token_of(second), PASSWORD)
    with pytest.raises(Conflict, match="operator already"):
        installation.create_operator("olga@example.com", "Olga")


def test_what_is_no_address_becomes_no_operator() -> None:
    with pytest.raises(Wrong):
        installation.create_operator("olga", "Olga")
    assert installation.create_operator("olga@example.com", "O" * 1000)
