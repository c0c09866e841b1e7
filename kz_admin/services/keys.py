"""API keys and the secrets their requests are signed with. Both are shown once, when they are made."""

from __future__ import annotations

import secrets
import string
import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kz_admin import clock, crypto
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.models.api_key import ApiKey, SigningSecret
from kz_admin.models.session import reading, writing
from kz_admin.services import audit
from kz_admin.services.audit import Actor

LIVE, PLATFORM = "kz_live_", "kz_platform_"
LETTERS = string.ascii_letters + string.digits
RANDOM_LETTERS, CHECK_LETTERS, SHOWN_LETTERS = 32, 6, 6
LONGEST_NAME = 100
MOST_SECRETS = 2
SIGNING_SECRET = "whsec_"  # noqa: S105 - the prefix that Standard Webhooks gives every secret


@dataclass(frozen=True)
class NewKey:
    """A key in clear, for the one moment in which its maker copies it."""

    key: str
    signing_secret: str
    row: ApiKey


def create(name: str, tenant_id: UUID | None, actor: Actor) -> NewKey:
    """A tenant's key, or without tenant a platform key (operators only)."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise Wrong("name", f"Give the key a name of at most {LONGEST_NAME} characters.")
    prefix = LIVE if tenant_id else PLATFORM
    key = _new_key(prefix)
    row = ApiKey(
        tenant_id=tenant_id,
        name=name,
        prefix=key[: len(prefix) + SHOWN_LETTERS],
        key_hash=crypto.fingerprint(key),
    )
    secret = SIGNING_SECRET + b64encode(secrets.token_bytes(24)).decode()
    signing = SigningSecret(tenant_id=tenant_id, api_key_id=row.id)
    signing.secret = secret
    with writing() as session:
        session.add(row)
        session.flush()
        session.add(signing)
        audit.record(session, actor, "key.created", _subject(row), tenant_id=tenant_id, after={"name": name})
    return NewKey(key, secret, row)


def live_keys(tenant_id: UUID | None) -> Sequence[ApiKey]:
    query = select(ApiKey).where(ApiKey.tenant_id == tenant_id, ApiKey.revoked_at.is_(None))
    with reading() as session:
        return session.scalars(query.order_by(ApiKey.created_at)).all()


def find_key(key_id: UUID, tenant_id: UUID | None) -> ApiKey:
    with reading() as session:
        return _key(session, key_id, tenant_id)


def rotate(key_id: UUID, tenant_id: UUID | None, actor: Actor) -> str:
    """A second signing secret, in clear; both work until the older one is ended."""
    secret = SIGNING_SECRET + b64encode(secrets.token_bytes(24)).decode()
    with writing() as session:
        row = _key(session, key_id, tenant_id, lock=True)
        if len(_live_secrets(session, row)) >= MOST_SECRETS:
            raise Conflict("Two signing secrets are live already. End the older one first.")
        signing = SigningSecret(tenant_id=tenant_id, api_key_id=row.id)
        signing.secret = secret
        session.add(signing)
        audit.record(session, actor, "secret.added", _subject(row), tenant_id=tenant_id)
    return secret


def retire_older(key_id: UUID, tenant_id: UUID | None, actor: Actor) -> None:
    """From now on only the newest secret signs."""
    with writing() as session:
        row = _key(session, key_id, tenant_id, lock=True)
        older = _live_secrets(session, row)[:-1]
        for signing in older:
            signing.retired_at = clock.now_ms()
        if older:
            audit.record(session, actor, "secret.ended", _subject(row), tenant_id=tenant_id)


def secrets_of(tenant_id: UUID | None) -> dict[UUID, int]:
    """How many live secrets each key has."""
    with reading() as session:
        rows = session.execute(
            select(SigningSecret.api_key_id, func.count())
            .where(SigningSecret.tenant_id == tenant_id, SigningSecret.retired_at.is_(None))
            .group_by(SigningSecret.api_key_id)
        )
        return {row[0]: row[1] for row in rows}


def _key(session: Session, key_id: UUID | None, tenant_id: UUID | None, *, lock: bool = False) -> ApiKey:
    query = select(ApiKey).where(ApiKey.id == key_id, ApiKey.tenant_id == tenant_id, ApiKey.revoked_at.is_(None))
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("There is no such key, or it was revoked.")
    return row


def _live_secrets(session: Session, row: ApiKey) -> Sequence[SigningSecret]:
    """Oldest first."""
    query = select(SigningSecret).where(SigningSecret.api_key_id == row.id, SigningSecret.retired_at.is_(None))
    return session.scalars(query.order_by(SigningSecret.created_at, SigningSecret.id)).all()


def revoke(prefix: str, tenant_id: UUID | None, actor: Actor) -> ApiKey:
    """End a key, found by what is shown of it."""
    with writing() as session:
        row = session.scalar(
            select(ApiKey).where(ApiKey.prefix == prefix, ApiKey.tenant_id == tenant_id, ApiKey.revoked_at.is_(None))
        )
        if row is None:
            raise NotFound(f"There is no live key that begins with {prefix}.")
        row.revoked_at = clock.now_ms()
        audit.record(session, actor, "key.revoked", _subject(row), tenant_id=tenant_id, before={"name": row.name})
        return row


def find(session: Session, key: str) -> ApiKey | None:
    """The live key with this text. A mistyped one fails its checksum without a look-up."""
    if not is_well_formed(key):
        return None
    return session.scalar(select(ApiKey).where(ApiKey.key_hash == crypto.fingerprint(key), ApiKey.revoked_at.is_(None)))


def is_well_formed(key: str) -> bool:
    prefix = next((prefix for prefix in (LIVE, PLATFORM) if key.startswith(prefix)), None)
    if prefix is None or len(key) != len(prefix) + RANDOM_LETTERS + CHECK_LETTERS:
        return False
    return crypto.same(_checksum(key[:-CHECK_LETTERS]), key[-CHECK_LETTERS:])


def _new_key(prefix: str) -> str:
    body = prefix + "".join(secrets.choice(LETTERS) for _ in range(RANDOM_LETTERS))
    return body + _checksum(body)


def _checksum(text: str) -> str:
    """CRC-32 in letters and digits: lets scanners and typists tell a key from noise. It keeps no secret."""
    number, letters = zlib.crc32(text.encode()), ""
    for _ in range(CHECK_LETTERS):
        number, rest = divmod(number, len(LETTERS))
        letters += LETTERS[rest]
    return letters


def _subject(row: ApiKey) -> tuple[str, object, str]:
    return ("key", row.id, f"{row.name} ({row.prefix}…)")
