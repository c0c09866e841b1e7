"""Passwords: argon2id, and a rule people can meet with a sentence."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from kz_admin.domain.failures import Wrong

LEAST, MOST = 12, 200
# The first that attackers try, of those that are long enough.
COMMON = frozenset(
    (
        "123456789012",
        "1234567890123",
        "password1234",
        "passwordpassword",
        "qwertyuiopas",
        "qwertyuiop123",
        "administrator",
        "letmeinletmein",
        "iloveyouiloveyou",
        "abcdefghijkl",
        "changemechangeme",
    )
)

_hasher = PasswordHasher()


@cache
def _nobodys() -> str:
    """Verified for people we do not know, so that the answer takes the same time. Slow, so made at the first log-in."""
    return _hasher.hash("a password that nobody has")


def hashed(password: str, *, person: str = "") -> str:
    if len(password) < LEAST:
        raise Wrong("password", f"Use at least {LEAST} characters. A short sentence works well.")
    if len(password) > MOST:
        raise Wrong("password", f"Use at most {MOST} characters.")
    if password.casefold() in COMMON or len(set(password)) < 4:
        raise Wrong("password", "This password is among the first that attackers try. Choose another.")
    if person and password.casefold() == person.casefold():
        raise Wrong("password", "Your e-mail address cannot be your password.")
    return _hasher.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    nobodys = _nobodys()  # made for known people too, or the first answer would tell who is unknown
    try:
        return _hasher.verify(password_hash or nobodys, password) and password_hash is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def renewed(password: str, password_hash: str) -> str | None:
    """A hash of today's strength for a password that just matched one of less; the rules of today do not apply."""
    return _hasher.hash(password) if _hasher.check_needs_rehash(password_hash) else None
