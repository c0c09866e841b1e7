from __future__ import annotations

import pytest

from kz_admin.domain.roles import Role


@pytest.mark.parametrize(
    ("role", "covered"),
    [
        (Role.VIEWER, {Role.VIEWER}),
        (Role.BOOKKEEPER, {Role.VIEWER, Role.BOOKKEEPER}),
        (Role.ADMIN, {Role.VIEWER, Role.BOOKKEEPER, Role.ADMIN}),
    ],
)
def test_each_role_covers_the_ones_below_it(role: Role, covered: set[Role]) -> None:
    assert {needed for needed in Role if role.covers(needed)} == covered


def test_every_role_says_what_it_may() -> None:
    assert all(role.label.istitle() and role.may.endswith(".") for role in Role)


def test_a_role_is_stored_as_its_word() -> None:
    assert [role.value for role in Role] == ["viewer", "bookkeeper", "admin"]
    assert Role("admin") is Role.ADMIN
