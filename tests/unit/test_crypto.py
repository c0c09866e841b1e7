"""Sealed values: only the right key, for the right row, untouched, opens them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kz_admin import crypto
from kz_admin.crypto import CannotOpen, Keyring

OLD, NEW = "the old key, long enough 1234567890", "the new key, long enough 0987654321"
HERE = "connection.token_sealed|tenant-1|row-1"


@given(st.text())
def test_what_was_sealed_opens_again(plain: str) -> None:
    ring = Keyring([OLD])
    assert ring.open(ring.seal(plain, HERE), HERE) == plain


def test_the_same_text_never_looks_the_same_twice() -> None:
    ring = Keyring([OLD])
    assert ring.seal("secret", HERE) != ring.seal("secret", HERE)


def test_the_text_does_not_show_through() -> None:
    sealed = Keyring([OLD]).seal("canary-canary", HERE)
    assert "canary" not in sealed
    assert b"canary" not in base64.urlsafe_b64decode(sealed.split(".")[2] + "==")


@pytest.mark.promise("A63")
@pytest.mark.parametrize(
    "elsewhere",
    [
        "connection.token_sealed|tenant-2|row-1",
        "connection.token_sealed|tenant-1|row-2",
        "connection.other_sealed|tenant-1|row-1",
        "mail.token_sealed|tenant-1|row-1",
        "",
    ],
)
def test_a_value_moved_elsewhere_stays_closed(elsewhere: str) -> None:
    ring = Keyring([OLD])
    with pytest.raises(CannotOpen):
        ring.open(ring.seal("secret", HERE), elsewhere)


def test_every_changed_byte_is_noticed() -> None:
    ring = Keyring([OLD])
    head, key_id, payload = ring.seal("secret", HERE).split(".")
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        text = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
        with pytest.raises(CannotOpen):
            ring.open(f"{head}.{key_id}.{text}", HERE)


def test_an_unknown_key_is_named_and_nothing_else_is() -> None:
    sealed = Keyring([OLD]).seal("secret", HERE)
    with pytest.raises(CannotOpen, match=crypto.key_id_of(sealed)) as refused:
        Keyring([NEW]).open(sealed, HERE)
    assert sealed not in str(refused.value)


@pytest.mark.parametrize(
    "broken",
    ["", "kz1", "kz1.", "kz1..", "not sealed at all", "kz1.{id}.", "kz1.{id}.AAAA", "kz1.{id}.A", "kz1.{id}.äöü"],
)
def test_what_is_no_sealed_value_cannot_be_opened(broken: str) -> None:
    ring = Keyring([OLD])
    with pytest.raises(CannotOpen):
        ring.open(broken.format(id=ring.newest_id), HERE)


def test_another_version_of_the_format_cannot_be_opened() -> None:
    ring = Keyring([OLD])
    with pytest.raises(CannotOpen):
        ring.open(ring.seal("secret", HERE).replace("kz1.", "kz2.", 1), HERE)


def test_a_new_key_seals_while_the_old_one_still_opens() -> None:
    before = Keyring([OLD]).seal("secret", HERE)
    both = Keyring([NEW, OLD])
    assert both.open(before, HERE) == "secret"
    after = both.seal("secret", HERE)
    assert crypto.key_id_of(after) == both.newest_id != crypto.key_id_of(before)
    assert Keyring([NEW]).open(after, HERE) == "secret"


def test_the_ring_knows_its_keys_by_id() -> None:
    both = Keyring([NEW, OLD])
    assert both.newest_id == Keyring([NEW]).newest_id
    assert both.knows(Keyring([OLD]).newest_id)
    assert not Keyring([NEW]).knows(Keyring([OLD]).newest_id)


def test_tokens_are_long_and_never_repeat() -> None:
    made = {crypto.token("kz_") for _ in range(200)}
    assert len(made) == 200
    assert all(token.startswith("kz_") and len(token) >= 3 + 32 for token in made)


def test_a_fingerprint_recognises_without_revealing() -> None:
    assert crypto.fingerprint("secret") == crypto.fingerprint("secret")
    assert crypto.fingerprint("secret") != crypto.fingerprint("secret ")
    assert len(crypto.fingerprint("secret")) == 64
    assert "secret" not in crypto.fingerprint("secret")


def test_comparing_takes_any_text() -> None:
    assert crypto.same("straße", "straße")
    assert not crypto.same("straße", "strasse")
