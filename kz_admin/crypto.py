"""Secrets at rest: AES-256-GCM, bound to the row they belong to, with the key's id in the ciphertext.

A sealed value reads `kz1.<key id>.<nonce and ciphertext>`. Its context (table, column, tenant, row) is authenticated
but not stored: moved to another row or tenant, it cannot be opened.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "kz1"
NONCE_BYTES = 12


class CannotOpen(Exception):
    """The key is not in KZ_ENCRYPTION_KEYS, or the value was changed or moved."""


@dataclass(frozen=True)
class _Key:
    id: str
    cipher: AESGCM

    @classmethod
    def derive(cls, secret: str) -> _Key:
        raw = HKDF(SHA256(), 32, salt=None, info=b"kz-admin sealed column").derive(secret.encode())
        return cls(hashlib.sha256(b"key id" + raw).hexdigest()[:8], AESGCM(raw))


class Keyring:
    """Seals with the newest key, opens with any."""

    def __init__(self, secrets_newest_first: Sequence[str]) -> None:
        keys = [_Key.derive(secret) for secret in secrets_newest_first]
        self._newest = keys[0]
        self._by_id = {key.id: key for key in keys}

    @property
    def newest_id(self) -> str:
        return self._newest.id

    def seal(self, plain: str, context: str) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._newest.cipher.encrypt(nonce, plain.encode(), context.encode())
        return f"{VERSION}.{self._newest.id}.{_encode(nonce + sealed)}"

    def open(self, sealed: str, context: str) -> str:
        version, key_id, payload = _parts(sealed)
        key = self._by_id.get(key_id)
        if version != VERSION or key is None:
            raise CannotOpen(f"key {key_id} is not in KZ_ENCRYPTION_KEYS")
        raw = _decode(payload)
        try:
            return key.cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
            # `from None`: the cause carries nothing but could drag the ciphertext into a log.
            raise CannotOpen("the value was changed or belongs to another row") from None

    def knows(self, key_id: str) -> bool:
        return key_id in self._by_id


def key_id_of(sealed: str) -> str:
    return _parts(sealed)[1]


def token(prefix: str = "", size: int = 24) -> str:
    """A fresh secret for links, keys and sessions."""
    return prefix + secrets.token_urlsafe(size)


def fingerprint(secret: str) -> str:
    """What is stored of a secret with enough randomness of its own: enough to recognise it, not to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(a: str, b: str) -> bool:
    return hmac.compare_digest(a.encode(), b.encode())


def _parts(sealed: str) -> tuple[str, str, str]:
    parts = sealed.split(".", 2)
    if len(parts) != 3:
        raise CannotOpen("not a sealed value")
    return parts[0], parts[1], parts[2]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise CannotOpen("not a sealed value") from None
