"""How often somebody may guess: failed tries are counted by person and by address, for a while."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin import clock, config, crypto
from kz_admin.domain.failures import Throttled
from kz_admin.models.session import writing
from kz_admin.models.sign_in import FailedSignIn

WINDOW = 15 * clock.MINUTE
MOST_PER_PERSON, MOST_PER_ADDRESS = 10, 40

Keys = tuple[str, str]  # of the person, of the address


def keys(what: str, person: str, address: str) -> Keys:
    return _key(f"{what} person", person), _key(f"{what} address", address)


def _key(kind: str, value: str) -> str:
    return crypto.fingerprint(f"{kind}|{value}|{config.current().secret_key}")


def refuse_when_throttled(session: Session, keys: Keys) -> None:
    since = clock.now_ms() - WINDOW
    for key, most in zip(keys, (MOST_PER_PERSON, MOST_PER_ADDRESS), strict=True):
        tries = session.scalars(
            select(FailedSignIn.at)
            .where(FailedSignIn.key == key, FailedSignIn.at > since)
            .order_by(FailedSignIn.at.desc())
            .limit(most)
        ).all()
        if len(tries) >= most:
            wait_s = max(1, (tries[-1] + WINDOW - clock.now_ms()) // clock.SECOND)
            minutes = -(-wait_s // 60)
            raise Throttled(
                f"Too many tries. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again.", wait_s
            )


def count(keys: Keys) -> None:
    with writing() as session:
        session.add_all(FailedSignIn(key=key, at=clock.now_ms()) for key in keys)
