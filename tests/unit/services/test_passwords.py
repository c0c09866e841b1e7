from __future__ import annotations

import pytest

from kz_admin.domain.failures import Wrong
from kz_admin.services import passwords


def test_a_short_sentence_is_a_good_password() -> None:
    hashed = passwords.hashed("a cup of tea at four")
    assert passwords.matches("a cup of tea at four", hashed)
    assert not passwords.matches("a cup of tea at five", hashed)
    assert hashed.startswith("$argon2id$")


@pytest.mark.parametrize(
    "password",
    ["", "elevenchars", "x" * 201, "123456789012", "PasswordPassword", "aaaaaaaaaaaaaaaa", "ababababababab"],
)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(Wrong) as refused:
        passwords.hashed(password)
    assert refused.value.field == "password"
    if password:
        assert password not in refused.value.sentence


def test_ones_own_address_is_no_password() -> None:
    with pytest.raises(Wrong):
        passwords.hashed("Ada.Admin@example.com", person="ada.admin@example.com")


def test_a_person_without_password_matches_nothing() -> None:
    assert not passwords.matches("a password that nobody has", None)
    assert not passwords.matches("", None)


def test_a_broken_hash_matches_nothing() -> None:
    assert not passwords.matches("a cup of tea at four", "not a hash")


def test_spaces_at_the_ends_belong_to_the_password() -> None:
    hashed = passwords.hashed(" a cup of tea at four ")
    assert not passwords.matches("a cup of tea at four", hashed)


def test_a_hash_of_other_strength_is_renewed() -> None:
    from argon2 import PasswordHasher

    weaker = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash("short")
    renewed = passwords.renewed("short", weaker)
    assert renewed is not None
    assert passwords.matches("short", renewed)
    assert passwords.renewed("short", renewed) is None
