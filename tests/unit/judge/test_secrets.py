"""I23, broken by hand."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.chaos.judge import secrets
from tests.unit.judge.sound import COMPANY, T0, Sound, rules_broken


@pytest.mark.parametrize(
    "secret", ["token-of-the-tests", "access-rotated-1", "rotated-1", "canary-client-secret", COMPANY]
)
@pytest.mark.parametrize("place", ["our tables", "a log"])
def test_i23_sees_a_secret_where_none_may_be(sound: Sound, secret: str, place: str) -> None:
    sound.token_call(at=T0, shown="original", got="rotated-1")
    pair = b64encode(b"client:canary-client-secret").decode()
    sound.journal[-1]["headers"] = {"Authorization": f"Basic {pair}"}
    assert list(secrets.nothing_leaks(sound.evidence())) == []
    if place == "our tables":
        sound.rows.text = f"call 12 {secret} 34"
    else:
        sound.texts[place] = f'{{"event": "oops {secret}"}}'
    found = list(secrets.nothing_leaks(sound.evidence()))
    assert rules_broken(found) == {"I23"}
    assert all(place in violation.what and secret not in violation.what for violation in found)
