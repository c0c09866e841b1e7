"""What can be said about an API key without any look-up."""

from __future__ import annotations

import pytest

from kz_admin.services import keys


@pytest.mark.parametrize("prefix", [keys.LIVE, keys.PLATFORM])
def test_a_new_key_is_well_formed_and_never_the_same(prefix: str) -> None:
    made = {keys._new_key(prefix) for _ in range(100)}
    assert len(made) == 100
    assert all(key.startswith(prefix) and keys.is_well_formed(key) for key in made)


def test_one_mistyped_letter_is_noticed_without_a_look_up() -> None:
    key = keys._new_key(keys.LIVE)
    for place in range(len(keys.LIVE), len(key)):
        other = "x" if key[place] != "x" else "y"
        assert not keys.is_well_formed(key[:place] + other + key[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "kz_live_", "kz_test_" + "a" * 38, "Bearer kz_live_" + "a" * 38, "kz_live_" + "ä" * 38]
)
def test_other_text_is_no_key(text: str) -> None:
    assert not keys.is_well_formed(text)


def test_a_key_of_one_sort_is_not_one_of_the_other() -> None:
    key = keys._new_key(keys.LIVE)
    assert not keys.is_well_formed(key.replace(keys.LIVE, keys.PLATFORM, 1))
