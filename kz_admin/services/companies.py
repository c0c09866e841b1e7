"""How a company is recognised without its id standing anywhere in clear."""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import update

from kz_admin import crypto
from kz_admin.models.installation import Installation
from kz_admin.models.sealed import context_of, keyring
from kz_admin.models.session import reading, writing


def company_key(provider: str, environment: str, company: str) -> str:
    """A keyed hash: equal for equal companies, useless to whoever reads the table."""
    return hmac.new(_hash_key().encode(), f"{provider}|{environment}|{company}".encode(), hashlib.sha256).hexdigest()


def _hash_key() -> str:
    """Random, kept sealed, never changed by key rotation: the unique indexes depend on it."""
    with reading() as session:
        found = session.get_one(Installation, 1).hash_key
    return found or _make_hash_key()


def _make_hash_key() -> str:
    sealed = keyring().seal(crypto.token(size=32), context_of("installation", "hash_key_sealed", None, 1))
    with writing() as session:
        # Two processes may both get here; the first one's key stays.
        session.execute(
            update(Installation)
            .where(Installation.id == 1, Installation.hash_key_sealed.is_(None))
            .values(hash_key_sealed=sealed)
        )
    with reading() as session:
        made = session.get_one(Installation, 1).hash_key
    assert made
    return made
